package dev.hourglass.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Names as they are written and read back, and the form of a refusal. */
class LabelTest {
    private enum Dish {
        SOUP, ICE_CREAM
    }

    private record FriedEgg() {
    }

    @Test
    void aNameIsWrittenOneWayAndReadBack() {
        for (Dish dish : Dish.values()) {
            assertSame(dish, Label.find(Dish.class, Label.of(dish)).orElseThrow());
        }
        assertEquals(Optional.empty(), Label.find(Dish.class, "ICE_CREAM"));
        assertEquals(List.of("soup", "ice-cream"), Label.all(Dish.class));
        assertEquals("ice cream", Label.words(Dish.ICE_CREAM));
        FriedEgg egg = new FriedEgg();
        assertSame(egg, Label.find(List.of("text", egg), "fried-egg").orElseThrow());
        assertEquals(List.of("string", "fried-egg"), Label.all(List.of("text", egg)));
    }

    @Test
    void anUnknownWordIsToldWhatIsExpectedAndWhatIsNear() {
        assertEquals("soup or ice-cream", Suggestion.among("bread", Label.all(Dish.class)));
        assertEquals("soup or ice-cream; did you mean 'soup'?", Suggestion.among("soap", Label.all(Dish.class)));
        assertEquals("a, b or cde", Suggestion.among("xyz", List.of("a", "b", "cde")));
        assertEquals("alone", Suggestion.among("xyz", List.of("alone")));
    }

    @Test
    void aRefusalIsOneLineOfOneForm() {
        Require.that(true, "oven", "too hot", "degrees", 1000, "at most 300");
        assertEquals("oven: too hot: degrees=1000, expected at most 300", assertThrows(IllegalArgumentException.class,
                () -> Require.that(false, "oven", "too hot", "degrees", 1000, "at most 300")).getMessage());
        assertEquals("oven: too hot: degrees=0.1, expected 0", assertThrows(IllegalArgumentException.class,
                () -> Require.that(false, "oven", "too hot", "degrees", 0.1f, "0")).getMessage());
        assertEquals("oven: it is off: oven=off, expected on", assertThrows(IllegalStateException.class,
                () -> Require.state(false, "oven", "it is off", "oven", "off", "on")).getMessage());
        assertEquals("soup", Require.given("soup", "oven", "dish", "something to cook"));
        assertEquals("oven: nothing is given: dish=null, expected something to cook", assertThrows(IllegalArgumentException.class,
                () -> Require.given(null, "oven", "dish", "something to cook")).getMessage());
    }
}
