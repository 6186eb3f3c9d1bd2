package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ThresholdTest {
    @Test
    void contaminationIsTheShareAboveTheThreshold() {
        double[] scores = new Random(1).doubles(1000).toArray();
        int above = 0;
        for (boolean label : Threshold.byContamination(scores, 0.05).labels(scores)) {
            above += label ? 1 : 0;
        }
        assertEquals(50, above);
        assertEquals(3, Threshold.byQuantile(new double[] {5, 1, 3, 4, 2}, 0.6).value());
        assertArrayEquals(new boolean[] {false, true},
                Threshold.byQuantile(new double[] {5, 1, 3, 4, 2}, 0.6).labels(new double[] {3, 3.5}));
    }

    @Test
    void probabilityIsTheConformalRank() {
        Threshold threshold = Threshold.byQuantile(new double[] {4, 2, 2, 8}, 0.5);
        assertEquals(0, threshold.probability(2));
        assertEquals(2 / 5.0, threshold.probability(3));
        assertEquals(4 / 5.0, threshold.probability(100));
        assertThrows(IllegalArgumentException.class, () -> Threshold.byContamination(new double[] {1, 2}, 0));
        assertThrows(IllegalArgumentException.class, () -> Threshold.byQuantile(new double[] {1, Double.NaN}, 0.5));
    }

    @Test
    void areaUnderTheCurveIsTheShareOfPairsInOrder() {
        Random random = new Random(4);
        double[] scores = random.ints(200, 0, 30).asDoubleStream().toArray();
        boolean[] anomalous = new boolean[200];
        for (int i = 0; i < 200; i++) {
            anomalous[i] = random.nextInt(4) == 0;
            scores[i] += anomalous[i] ? 5 : 0;
        }
        double inOrder = 0;
        int pairs = 0;
        for (int i = 0; i < 200; i++) {
            for (int j = 0; j < 200; j++) {
                if (anomalous[i] && !anomalous[j]) {
                    pairs++;
                    inOrder += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }
        assertEquals(inOrder / pairs, Roc.areaUnderCurve(scores, anomalous), 1e-12);
        assertEquals(1, Roc.areaUnderCurve(new double[] {1, 2, 3}, new boolean[] {false, false, true}));
        assertThrows(IllegalArgumentException.class, () -> Roc.areaUnderCurve(new double[] {1, 2}, new boolean[2]));
    }

    @Test
    void aScoreWithoutEndIsAnAnomalyWhateverTheThreshold() {
        double infinite = Double.POSITIVE_INFINITY;
        Threshold threshold = Threshold.byQuantile(new double[] {1, infinite, infinite}, 0.9);
        assertEquals(infinite, threshold.value());
        org.junit.jupiter.api.Assertions.assertArrayEquals(new boolean[] {false, true}, threshold.labels(new double[] {5, infinite}));
    }
}
