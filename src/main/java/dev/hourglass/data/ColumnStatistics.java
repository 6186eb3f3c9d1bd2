package dev.hourglass.data;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Per column, in double: mean, sum of squared distances from it (Welford 1962: delta = x - mean; mean += delta / n; m2 += delta (x - mean)), least and greatest.
 */
record ColumnStatistics(double[] mean, double[] squares, float[] least, float[] greatest, int rows) {

    /** @throws DataException if a value is missing or infinite */
    static ColumnStatistics of(Dataset data) {
        return of(data, UnaryOperator.identity());
    }

    /** Of a function of the values. @throws DataException if a value is missing or infinite */
    static ColumnStatistics of(Dataset data, UnaryOperator<Float> function) {
        data.requireComplete();
        int columns = data.columns();
        double[] mean = new double[columns];
        double[] squares = new double[columns];
        float[] least = new float[columns];
        float[] greatest = new float[columns];
        Arrays.fill(least, Float.POSITIVE_INFINITY);
        Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < data.rows(); row++) {
            float[] values = data.row(row);
            for (int column = 0; column < columns; column++) {
                float value = function.apply(values[column]);
                double delta = value - mean[column];
                mean[column] += delta / (row + 1);
                squares[column] += delta * (value - mean[column]);
                least[column] = Math.min(least[column], value);
                greatest[column] = Math.max(greatest[column], value);
            }
        }
        return new ColumnStatistics(mean, squares, least, greatest, data.rows());
    }

    /** sqrt(squares / rows); exactly 0 for a column whose values are all equal. */
    double deviation(int column) {
        return least[column] == greatest[column] ? 0 : Math.sqrt(squares[column] / rows);
    }
}
