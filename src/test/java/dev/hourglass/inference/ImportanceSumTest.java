package dev.hourglass.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights 1, 4 and 2, one that is no number and one of 0, in any order and at any scale. */
class ImportanceSumTest {
    private static final double[] WEIGHTS = {1, 4, 2};
    private static final double[][] VECTORS = {{10, -1}, {20, 0}, {40, 7}};

    @ParameterizedTest
    @CsvSource({"0, 1, 2, 0", "2, 1, 0, 0", "1, 0, 2, 0", "0, 2, 1, 900", "1, 2, 0, -900", "2, 0, 1, 5"})
    void sumsAreThoseOfTheWeights(int first, int second, int third, double shift) {
        ImportanceSum sum = new ImportanceSum(2);
        sum.addWeighted(0, sum.add(Double.NEGATIVE_INFINITY));
        for (int i : new int[] {first, second, third}) {
            double factor = sum.add(shift + Math.log(WEIGHTS[i]));
            sum.addWeighted(0, factor * VECTORS[i][0]);
            sum.addWeighted(1, factor * VECTORS[i][1]);
        }
        assertEquals(0, sum.add(Double.NaN), 0);
        assertEquals(5, sum.count());
        assertEquals(shift + Math.log(7 / 5.0), sum.logMean(), 1e-12);
        assertArrayEquals(new double[] {(10 + 80 + 80) / 7.0, (-1 + 14) / 7.0}, sum.weightedMean(), 1e-12);
        // 7^2 / (1 + 16 + 4).
        assertEquals(49 / 21.0, sum.effectiveSampleSize(), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"0", "-3", "700"})
    void oneWeightIsTheMean(double logWeight) {
        ImportanceSum sum = new ImportanceSum(0);
        assertEquals(1, sum.add(logWeight), 0);
        assertEquals(logWeight, sum.logMean(), 0);
        assertEquals(1, sum.effectiveSampleSize(), 0);
    }
}
