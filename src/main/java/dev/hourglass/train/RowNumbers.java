package dev.hourglass.train;

import dev.hourglass.data.Dataset;

/**
 * The numbers, from 1, that rows have in the data they were read from. Rows that were held out at random stood among those to learn from; messages name both as
 * the user's file has them.
 */
public final class RowNumbers {
    private final int rows;
    private final double fraction;
    private final long seed;
    private Dataset.Split places;

    private RowNumbers(int rows, double fraction, long seed) {
        this.rows = rows;
        this.fraction = fraction;
        this.seed = seed;
    }

    /** Rows of two sets that are numbered each for itself. */
    public static RowNumbers apart() {
        return new RowNumbers(0, 0, 0);
    }

    /** Rows of one set of so many, split as {@link dev.hourglass.data.Examples#split} does. */
    public static RowNumbers ofSplit(int rows, double fraction, long seed) {
        return new RowNumbers(rows, fraction, seed);
    }

    /** Returns the number of a row to learn from. */
    public int training(int row) {
        return rows == 0 ? row + 1 : number(places().train(), row);
    }

    /** Returns the number of a row to judge by. */
    public int validation(int row) {
        return rows == 0 ? row + 1 : number(places().validation(), row);
    }

    /** The same split of a set whose rows hold their places, in two floats so that every place is exact. */
    private synchronized Dataset.Split places() {
        if (places == null) {
            float[] values = new float[2 * rows];
            for (int i = 0; i < rows; i++) {
                values[2 * i] = i >>> 12;
                values[2 * i + 1] = i & 0xfff;
            }
            places = Dataset.of(2, values).split(fraction, seed);
        }
        return places;
    }

    private static int number(Dataset places, int row) {
        return ((int) places.value(row, 0) << 12) + (int) places.value(row, 1) + 1;
    }
}
