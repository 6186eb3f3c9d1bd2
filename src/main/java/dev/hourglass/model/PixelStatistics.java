package dev.hourglass.model;

import dev.hourglass.data.Dataset;

/**
 * What the values of pictures say of their range, in one pass.
 *
 * @param rows pictures
 * @param least the least value of all
 * @param greatest the greatest value of all
 * @param brightestRow the row, from 0, of the greatest value
 * @param mean of all values
 * @param whole whether every value is a whole number
 * @param zeros how many values are exactly 0
 * @param rowLeast the least value of each row
 * @param rowGreatest the greatest value of each row
 */
record PixelStatistics(int rows, double least, double greatest, int brightestRow, double mean, boolean whole, long zeros,
        float[] rowLeast, float[] rowGreatest) {

    /** Of values that are finite; others are left out. */
    static PixelStatistics of(Dataset data) {
        float[] rowLeast = new float[data.rows()];
        float[] rowGreatest = new float[data.rows()];
        double sum = 0;
        long zeros = 0;
        boolean whole = true;
        int brightest = 0;
        float least = Float.POSITIVE_INFINITY;
        for (int row = 0; row < data.rows(); row++) {
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (float value : data.row(row)) {
                low = Math.min(low, value);
                high = Math.max(high, value);
                whole &= value == Math.rint(value);
                zeros += value == 0 ? 1 : 0;
                sum += value;
            }
            rowLeast[row] = low;
            rowGreatest[row] = high;
            least = Math.min(least, low);
            brightest = high > rowGreatest[brightest] ? row : brightest;
        }
        return new PixelStatistics(data.rows(), least, rowGreatest[brightest], brightest, sum / ((double) data.rows() * data.columns()),
                whole, zeros, rowLeast, rowGreatest);
    }

    /** Returns whether at least a twentieth of the pictures have a value above a limit: more than a few bright pixels. */
    boolean isAbove(double limit) {
        return isMany(count(rowGreatest, limit));
    }

    /** Returns whether at least a twentieth of the pictures have a value below a limit. */
    boolean isBelow(double limit) {
        int count = 0;
        for (float value : rowLeast) {
            count += value < limit ? 1 : 0;
        }
        return isMany(count);
    }

    private boolean isMany(int count) {
        return count > 0 && 20L * count >= rows;
    }

    private static int count(float[] values, double limit) {
        int count = 0;
        for (float value : values) {
            count += value > limit ? 1 : 0;
        }
        return count;
    }
}
