package dev.hourglass.model.prior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hourglass.model.prior.KlWeight.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every schedule of the KL weight at named moments of training, from its definition. */
class KlWeightTest {
    private static final double EXACT = 1e-15;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 3, 1000})
    void aConstantWeightStays(double progress) {
        assertEquals(4, KlWeight.constant(4).at(progress), 0);
    }

    /** From 0 to 4 over five epochs, then 4. */
    @ParameterizedTest
    @CsvSource({"0, 0", "0.25, 0.2", "1, 0.8", "2.5, 2", "4.5, 3.6", "5, 4", "5.1, 4", "50, 4"})
    void aLinearWarmUpEndsAtBeta(double progress, double expected) {
        assertEquals(expected, KlWeight.linear(4, 5).at(progress), EXACT);
    }

    /** Cycles of four epochs: from 0 to 3 over the first two, 3 over the others, then 0 again. */
    @ParameterizedTest
    @CsvSource({"0, 0", "0.5, 0.75", "1, 1.5", "1.5, 2.25", "2, 3", "3, 3", "3.75, 3", "4, 0", "4.5, 0.75", "5, 1.5", "6, 3", "7.75, 3",
        "8, 0",
        "41, 1.5"})
    void aCycleRisesOverItsFirstHalf(double progress, double expected) {
        assertEquals(expected, KlWeight.cyclical(3, 4).at(progress), EXACT);
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        for (double beta : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> KlWeight.constant(beta));
        }
        for (double epochs : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> KlWeight.linear(1, epochs));
            assertThrows(IllegalArgumentException.class, () -> KlWeight.cyclical(1, epochs));
            assertEquals(1, new KlWeight(Kind.CONSTANT, 1, epochs).at(7));
        }
        assertEquals(0, KlWeight.constant(0).at(1));
    }
}
