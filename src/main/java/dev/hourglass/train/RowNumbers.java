package dev.hourglass.train;

import dev.hourglass.data.RowSplit;

/**
 * The numbers, from 1, that rows have in the data they were read from. Rows that were held out at random stood among those to learn from; messages name both as
 * the user's file has them.
 */
public final class RowNumbers {
    private static final RowNumbers APART = new RowNumbers(null);

    private final RowSplit split;

    private RowNumbers(RowSplit split) {
        this.split = split;
    }

    /** Rows of two sets that are numbered each for itself. */
    public static RowNumbers apart() {
        return APART;
    }

    /** Rows of one set of so many, split as {@link dev.hourglass.data.Examples#split} does. */
    public static RowNumbers ofSplit(int rows, double fraction, long seed) {
        return new RowNumbers(RowSplit.of(rows, fraction, seed));
    }

    /** Returns the number of a row to learn from. */
    public int training(int row) {
        return (split == null ? row : split.training()[row]) + 1;
    }

    /** Returns the number of a row to judge by. */
    public int validation(int row) {
        return (split == null ? row : split.validation()[row]) + 1;
    }
}
