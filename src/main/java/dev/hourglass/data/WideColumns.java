package dev.hourglass.data;

import dev.hourglass.data.Dataset.Element;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Columns that floats are too narrow for, such as 1000000.012 to 1000000.019: their values are shifted and scaled in double, model = (float) ((x - shift) * scale),
 * and only then rounded to a float. All other columns are rounded first.
 *
 * <p>A column is wide if rounding moves one of its values, or the shift, by more than a share of its width (its deviation, or its range when it is scaled to
 * [0, 1]): 2^-20 of it in a set of doubles, little more than floats of the scaled values tell apart; 2^-10 where the data are floats already, so that only the
 * shift can be off. It is wide too if no float holds its scale. Columns of
 * bytes never are.
 *
 * @param columns their positions from 0
 * @param shift what is subtracted first, one each
 * @param scale what the difference is multiplied by, one each, never 0
 */
public record WideColumns(List<Integer> columns, double[] shift, double[] scale) {
    private static final double DOUBLES = 0x1p-20;
    private static final double FLOATS = 0x1p-10;

    /** @throws IllegalArgumentException if the lengths differ, a number is not finite or a scale is 0 */
    public WideColumns {
        columns = List.copyOf(columns);
        if (shift.length != columns.size() || scale.length != columns.size()) {
            throw new IllegalArgumentException(
                    "wide columns: shift length=" + shift.length + " scale length=" + scale.length + ", expected "
                            + columns.size() + ", one for each column");
        }
        for (int k = 0; k < scale.length; k++) {
            if (columns.get(k) < 0 || !Double.isFinite(shift[k]) || !Double.isFinite(scale[k]) || scale[k] == 0) {
                throw new IllegalArgumentException("wide columns: column=" + columns.get(k) + " shift=" + shift[k] + " scale=" + scale[k]
                        + ", expected a position, finite numbers and scale not 0");
            }
        }
        shift = shift.clone();
        scale = scale.clone();
    }

    /**
     * Those of a training set; null if there are none.
     *
     * @param exact what is done to a value before it is shifted, in double
     * @param rounded the same as it is done in floats
     * @param fromLeast whether the shift is the least value and the width the range, not mean and deviation
     */
    static WideColumns of(Dataset training, DoubleUnaryOperator exact, DoubleUnaryOperator rounded, boolean fromLeast) {
        if (training.element() == Element.UINT8) {
            return null;
        }
        ColumnStatistics statistics = ColumnStatistics.of(training, exact);
        double[] lost = lost(training, exact, rounded);
        double share = training.element() == Element.FLOAT64 ? DOUBLES : FLOATS;
        List<Integer> columns = new ArrayList<>();
        double[] shift = new double[lost.length];
        double[] scale = new double[lost.length];
        for (int column = 0; column < lost.length; column++) {
            double centre = fromLeast ? statistics.least()[column] : statistics.mean()[column];
            double width = fromLeast ? statistics.greatest()[column] - centre : statistics.deviation(column);
            double factor = Double.isInfinite(1 / width) ? 1 : 1 / width;
            double moved = Math.max(lost[column], Math.abs(centre - (float) centre));
            if (moved * factor > share || (float) factor == 0 || Float.isInfinite((float) factor)) {
                shift[columns.size()] = centre;
                scale[columns.size()] = factor;
                columns.add(column);
            }
        }
        int count = columns.size();
        return count == 0 ? null : new WideColumns(columns, Arrays.copyOf(shift, count), Arrays.copyOf(scale, count));
    }

    /** How far rounding moves a value of each column at most. */
    private static double[] lost(Dataset training, DoubleUnaryOperator exact, DoubleUnaryOperator rounded) {
        double[] lost = new double[training.columns()];
        for (int row = 0; row < training.rows(); row++) {
            for (int column = 0; column < lost.length; column++) {
                double value = training.number(row, column);
                lost[column] = Math.max(lost[column], Math.abs(exact.applyAsDouble(value) - rounded.applyAsDouble(value)));
            }
        }
        return lost;
    }

    /** To the value of the model, of the k-th of these columns. */
    float scaled(int k, double value) {
        return (float) ((value - shift[k]) * scale[k]);
    }

    /** Back from the value of the model, of the k-th of these columns. */
    double unscaled(int k, float value) {
        return value / scale[k] + shift[k];
    }

    /** A copy. */
    @Override
    public double[] shift() {
        return shift.clone();
    }

    /** A copy. */
    @Override
    public double[] scale() {
        return scale.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WideColumns that && columns.equals(that.columns) && Arrays.equals(shift, that.shift)
                && Arrays.equals(scale, that.scale);
    }

    @Override
    public int hashCode() {
        return (31 * columns.hashCode() + Arrays.hashCode(shift)) * 31 + Arrays.hashCode(scale);
    }

    @Override
    public String toString() {
        return "WideColumns[" + columns + ", shift=" + Arrays.toString(shift) + ", scale=" + Arrays.toString(scale) + "]";
    }
}
