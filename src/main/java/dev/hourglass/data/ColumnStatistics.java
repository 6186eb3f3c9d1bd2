package dev.hourglass.data;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Per column, in double: mean, sum of squared distances from it (Welford 1962: delta = x - mean; mean += delta / n; m2 += delta (x - mean)), least and greatest.
 */
record ColumnStatistics(double[] mean, double[] squares, double[] least, double[] greatest, int rows) {

    /** Of a function of the values. @throws DataException if a value is missing or infinite */
    static ColumnStatistics of(Dataset data, DoubleUnaryOperator function) {
        data.requireComplete();
        int columns = data.columns();
        double[] mean = new double[columns];
        double[] squares = new double[columns];
        double[] least = new double[columns];
        double[] greatest = new double[columns];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        Arrays.fill(greatest, Double.NEGATIVE_INFINITY);
        for (int row = 0; row < data.rows(); row++) {
            for (int column = 0; column < columns; column++) {
                double value = function.applyAsDouble(data.number(row, column));
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
