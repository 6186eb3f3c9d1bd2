package dev.hourglass.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.optim.LearningRate.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every schedule at named moments of training, from its definition. */
class LearningRateTest {
    private static final double EXACT = 1e-15;

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-9, 3.7, 10, 25})
    void aConstantRateStays(double progress) {
        assertEquals(0.02, LearningRate.constant(0.02).at(progress, 10), 0);
    }

    /** 0.8 before epoch 2, half of it from there on, a quarter from epoch 5 on. */
    @ParameterizedTest
    @CsvSource({"0, 0.8", "1.999, 0.8", "2, 0.4", "2.001, 0.4", "4.999, 0.4", "5, 0.2", "9.5, 0.2", "40, 0.2"})
    void stepsMultiplyFromTheirEpochOn(double progress, double expected) {
        assertEquals(expected, LearningRate.step(0.8, List.of(2.0, 5.0), 0.5).at(progress, 10), EXACT);
        assertEquals(expected, LearningRate.step(0.8, List.of(5.0, 2.0), 0.5).at(progress, 10), EXACT);
    }

    /** Half a cosine over 8 epochs: cos at 0, 45, 60, 90, 120, 135 and 180 degrees. */
    @Test
    void aCosineFallsFromTheBaseToZero() {
        LearningRate rate = LearningRate.cosine(0.5);
        double diagonal = Math.sqrt(0.5);
        assertEquals(0.5, rate.at(0, 8), 0);
        assertEquals(0.5 * (1 + diagonal) / 2, rate.at(2, 8), EXACT);
        assertEquals(0.5 * 0.75, rate.at(8 / 3.0, 8), EXACT);
        assertEquals(0.25, rate.at(4, 8), EXACT);
        assertEquals(0.5 * 0.25, rate.at(16 / 3.0, 8), EXACT);
        assertEquals(0.5 * (1 - diagonal) / 2, rate.at(6, 8), EXACT);
        assertEquals(0, rate.at(8, 8), EXACT);
        assertEquals(0, rate.at(11, 8), EXACT);
    }

    /** Four epochs of warm-up multiply whatever the kind says by progress / 4, and end at 4 exactly. */
    @ParameterizedTest
    @EnumSource
    void aWarmUpRisesFromZero(Kind kind) {
        LearningRate cold = new LearningRate(kind, 0.3, 0, List.of(3.0), 0.5);
        LearningRate warm = new LearningRate(kind, 0.3, 4, List.of(3.0), 0.5);
        assertEquals(0, warm.at(0, 10), 0);
        for (double progress : new double[] {0.5, 1, 2, 3, 3.5}) {
            assertEquals(cold.at(progress, 10) * progress / 4, warm.at(progress, 10), EXACT);
        }
        for (double progress : new double[] {4, 4.5, 10}) {
            assertEquals(cold.at(progress, 10), warm.at(progress, 10), 0);
        }
        assertTrue(warm.at(4, 10) > 0);
    }

    @Test
    void theKindsAreNotEachOther() {
        List<Double> rates = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            rates.add(new LearningRate(kind, 0.3, 0, List.of(3.0), 0.5).at(4, 10));
        }
        assertEquals(List.of(0.3, 0.15), rates.subList(0, 2));
        assertEquals(0.15 * (1 + Math.cos(0.4 * Math.PI)), rates.get(2), EXACT);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "-0.1, 0, 1", "NaN, 0, 1", "Infinity, 0, 1", "0.1, -1, 1", "0.1, NaN, 1", "0.1, 0, 0", "0.1, 0, 1.001"})
    void whatIsOutOfRangeIsRefused(double base, double warmup, double factor) {
        assertThrows(IllegalArgumentException.class, () -> new LearningRate(Kind.STEP, base, warmup, List.of(), factor));
    }

    @Test
    void theListOfStepsIsACopy() {
        List<Double> steps = new ArrayList<>(List.of(1.0));
        LearningRate rate = LearningRate.step(1, steps, 0.5);
        steps.clear();
        assertEquals(List.of(1.0), rate.steps());
    }
}
