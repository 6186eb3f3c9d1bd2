package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The area under the curve by its meaning: the share of pairs of an anomaly and a normal example in which the anomaly scores higher, ties half. */
class RocTest {
    private static final boolean[] LABELS = {true, false, true, false, false};

    private static double pairs(double[] scores, boolean[] anomalous) {
        double won = 0;
        int count = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (anomalous[i] && !anomalous[j]) {
                    won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                    count++;
                }
            }
        }
        return won / count;
    }

    /** So many different scores among 60: many ties, some, next to none. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 30, 1_000_000})
    void isTheShareOfPairsWon(int different) {
        Random random = new Random(different);
        for (int repeat = 0; repeat < 20; repeat++) {
            double[] scores = random.ints(60, 0, different).asDoubleStream().toArray();
            boolean[] anomalous = new boolean[60];
            for (int i = 0; i < 60; i++) {
                anomalous[i] = i == 0 || i > 1 && random.nextInt(4) == 0;
            }
            assertEquals(pairs(scores, anomalous), Roc.areaUnderCurve(scores, anomalous), 1e-12);
        }
    }

    @Test
    void endsAreOneAndZero() {
        assertEquals(1, Roc.areaUnderCurve(new double[] {3, 1, Double.POSITIVE_INFINITY, 2, 0}, LABELS));
        assertEquals(0, Roc.areaUnderCurve(new double[] {-3, 1, Double.NEGATIVE_INFINITY, 2, 0}, LABELS));
    }

    @Test
    void whatHasNoAreaIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Roc.areaUnderCurve(new double[4], LABELS));
        assertThrows(IllegalArgumentException.class, () -> Roc.areaUnderCurve(new double[] {1, 2, Double.NaN, 3, 4}, LABELS));
        assertThrows(IllegalArgumentException.class, () -> Roc.areaUnderCurve(new double[2], new boolean[2]));
        assertThrows(IllegalArgumentException.class, () -> Roc.areaUnderCurve(new double[2], new boolean[] {true, true}));
    }
}
