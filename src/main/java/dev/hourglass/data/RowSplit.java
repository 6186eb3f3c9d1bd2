package dev.hourglass.data;

import dev.hourglass.message.Require;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which rows of a table are held out: round(rows * fraction) of them, at least one, and the rest to learn from; both keep the order of the whole. The rows are
 * the first of a Fisher-Yates shuffle (from the last place down) of 0..rows-1 drawn from SplitMix64 with the given seed, so the same seed and row count always
 * give the same rows.
 *
 * @param training rows to learn from, from 0, ascending
 * @param validation rows held out, from 0, ascending
 */
public record RowSplit(int[] training, int[] validation) {
    /**
     * Draws them.
     *
     * @param fraction between 0 and 1, neither included
     * @throws IllegalArgumentException for another fraction or fewer than 2 rows
     */
    public static RowSplit of(int rows, double fraction, long seed) {
        Require.that(fraction > 0 && fraction < 1, "split", "fraction out of range", "fraction", fraction, "0 < fraction < 1");
        Require.that(rows >= 2, "split", "too few rows", "rows", rows, "at least 2");
        int[] order = IntStream.range(0, rows).toArray();
        SeededRandom random = new SeededRandom(seed);
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.below(i + 1);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        int validation = (int) Math.max(1, Math.min(rows - 1, Math.round(rows * fraction)));
        Arrays.sort(order, 0, validation);
        Arrays.sort(order, validation, order.length);
        return new RowSplit(Arrays.copyOfRange(order, validation, order.length), Arrays.copyOf(order, validation));
    }

    /** Returns how many rows each part has, in one line. */
    @Override
    public String toString() {
        return "RowSplit[" + training.length + " rows to learn from, " + validation.length + " held out]";
    }
}
