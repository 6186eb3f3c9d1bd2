package dev.hourglass.testkit;

/**
 * What a primitive should write, summed in double precision, and how far a float32 computation may be from it: every result is a sum of terms,
 * so its error is bounded by a number of roundings (units of 2^-24) times the sum of the magnitudes of the terms.
 */
public final class Terms {
    private final int rows;
    private final int columns;
    private final double roundings;
    private final double[] sums;
    private final double[] magnitudes;

    /**
     * All zero.
     *
     * @param roundings of the longest chain of float operations that a result goes through
     */
    public Terms(int rows, int columns, double roundings) {
        this.rows = rows;
        this.columns = columns;
        this.roundings = roundings;
        sums = new double[rows * columns];
        magnitudes = new double[rows * columns];
    }

    /** Adds terms to the result at a flat index. Pieces that may cancel each other come as separate terms. */
    public Terms add(int index, double... terms) {
        for (double term : terms) {
            sums[index] += term;
            magnitudes[index] += Math.abs(term);
        }
        return this;
    }

    /** Allows for roundings of something of this magnitude besides the terms. */
    public Terms blur(int index, double magnitude) {
        magnitudes[index] += Math.abs(magnitude);
        return this;
    }

    /** Returns the sum at a flat index. */
    public double sum(int index) {
        return sums[index];
    }

    /** Returns the magnitude at a flat index. */
    public double magnitude(int index) {
        return magnitudes[index];
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    double allowed(int index) {
        return roundings * 0x1p-24 * magnitudes[index] + Float.MIN_NORMAL;
    }
}
