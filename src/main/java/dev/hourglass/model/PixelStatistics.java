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

    /** Of values that are all there and finite. */
    static PixelStatistics of(Dataset data) {
        Sums sums = new Sums(data.rows());
        for (int row = 0; row < data.rows(); row++) {
            sums.add(row, data.row(row));
        }
        float least = Float.POSITIVE_INFINITY;
        int brightest = 0;
        for (int row = 0; row < data.rows(); row++) {
            least = Math.min(least, sums.rowLeast[row]);
            brightest = sums.rowGreatest[row] > sums.rowGreatest[brightest] ? row : brightest;
        }
        return new PixelStatistics(data.rows(), least, sums.rowGreatest[brightest], brightest,
                sums.sum / ((double) data.rows() * data.columns()), sums.whole, sums.zeros, sums.rowLeast, sums.rowGreatest);
    }

    private static final class Sums {
        private final float[] rowLeast;
        private final float[] rowGreatest;
        private double sum;
        private long zeros;
        private boolean whole = true;

        Sums(int rows) {
            rowLeast = new float[rows];
            rowGreatest = new float[rows];
        }

        void add(int row, float[] values) {
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            double rowSum = 0;
            int rowZeros = 0;
            boolean rowWhole = true;
            for (float value : values) {
                low = Math.min(low, value);
                high = Math.max(high, value);
                rowWhole &= value == Math.rint(value);
                rowZeros += value == 0 ? 1 : 0;
                rowSum += value;
            }
            rowLeast[row] = low;
            rowGreatest[row] = high;
            sum += rowSum;
            zeros += rowZeros;
            whole &= rowWhole;
        }
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
