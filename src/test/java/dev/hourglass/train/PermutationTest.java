package dev.hourglass.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.batch.DeviceData;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of an epoch: every row once, another one every epoch and seed, and all orders equally often. */
class PermutationTest {
    /** Rows on both sides of the four words that a block of random numbers holds. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 9, 128, 1001})
    void everyRowComesOnce(int rows) {
        for (int epoch = 0; epoch < 20; epoch++) {
            int[] order = Trainer.permutation(rows, 42, epoch);
            Arrays.sort(order);
            assertArrayEquals(DeviceData.inOrder(rows), order);
        }
    }

    @Test
    void epochsAndSeedsHaveOrdersOfTheirOwn() {
        Set<String> orders = new HashSet<>();
        for (long seed : new long[] {0, 1, 2, -1, 1L << 32, Long.MAX_VALUE}) {
            for (int epoch = 0; epoch < 200; epoch++) {
                orders.add(Arrays.toString(Trainer.permutation(50, seed, epoch)));
            }
        }
        assertEquals(6 * 200, orders.size());
        assertArrayEquals(Trainer.permutation(50, 7, 3), Trainer.permutation(50, 7, 3));
    }

    /** Pearson's statistic over the 24 orders of four rows: 23 degrees of freedom, 49.7 is passed once in a thousand. */
    @Test
    void allOrdersOfFourRowsAreEquallyFrequent() {
        Map<String, Integer> counts = new HashMap<>();
        for (int epoch = 0; epoch < 24_000; epoch++) {
            counts.merge(Arrays.toString(Trainer.permutation(4, 5, epoch)), 1, Integer::sum);
        }
        assertEquals(24, counts.size());
        double statistic = counts.values().stream().mapToDouble(count -> Math.pow(count - 1000, 2) / 1000).sum();
        assertTrue(statistic > 5 && statistic < 49.7, () -> "chi-square " + statistic);
    }

    /**
     * How often each of eleven rows stands at each place. Rows and columns of the table of counts sum to the number of epochs, which leaves 100 degrees of
     * freedom and a statistic (n - 1) / n times Pearson's: 149.4 is passed once in a thousand.
     */
    @Test
    void everyRowStandsAtEveryPlaceEquallyOften() {
        int rows = 11;
        int epochs = 11_000;
        int[][] counts = new int[rows][rows];
        for (int epoch = 0; epoch < epochs; epoch++) {
            int[] order = Trainer.permutation(rows, 3, epoch);
            for (int place = 0; place < rows; place++) {
                counts[order[place]][place]++;
            }
        }
        double expected = (double) epochs / rows;
        double statistic = 0;
        for (int[] row : counts) {
            for (int count : row) {
                statistic += Math.pow(count - expected, 2) / expected * (rows - 1) / rows;
            }
        }
        double found = statistic;
        assertTrue(found > 58 && found < 149.4, () -> "chi-square " + found);
    }
}
