package dev.hourglass.data;

import dev.hourglass.data.Dataset.Element;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.message.Suggestion;
import java.util.Arrays;

/**
 * What stands in for missing values (NaN, empty cells): one value per column, fitted on the training set and reused for any other. An infinite value is not
 * missing, and refused.
 * {@link Kind#NONE} accepts complete data only. 8-bit data has nothing missing.
 *
 * @param kind how the values are found
 * @param values one per column once fitted, floats where the training set holds floats; empty before, and always for NONE
 */
public record Imputation(Kind kind, double[] values) {
    /** How a column's stand-in is found from its finite values. */
    public enum Kind {
        /** Missing values are refused. */
        NONE,
        /** The mean. */
        MEAN,
        /** The middle value, or the mean of the two middle ones. */
        MEDIAN,
        /** 0, whatever the column holds. */
        ZERO
    }

    /** What messages advise where a value is missing. */
    public static final String REMEDY = "fill it in, or ask for an imputation when training: mean, median, zero";

    /** Copies the values. */
    public Imputation {
        Require.given(kind, "imputation", "kind", "none, mean, median or zero");
        Require.given(values, "imputation", "values", "one for each column, none before it is fitted");
        values = values.clone();
    }

    /** Not yet fitted. */
    public static Imputation of(Kind kind) {
        return new Imputation(kind, new double[0]);
    }

    /** Reads none, mean, median or zero. @throws DataException for another word */
    public static Imputation parse(String word) {
        return of(Label.find(Kind.class, word).orElseThrow(
                () -> new DataException("imputation '" + word + "': expected " + Suggestion.among(word, Label.all(Kind.class)))));
    }

    /** One per column once fitted, empty before; a copy. */
    @Override
    public double[] values() {
        return values.clone();
    }

    /**
     * This imputation with the values of the given set, or unchanged if it was fitted before or is NONE.
     *
     * @throws DataException if a column has no finite value to take a mean or median of
     */
    public Imputation fit(Dataset training) {
        if (kind == Kind.NONE || values.length > 0) {
            return this;
        }
        double[] fitted = new double[training.columns()];
        if (kind != Kind.ZERO) {
            for (int column = 0; column < fitted.length; column++) {
                fitted[column] = standIn(training, column);
            }
        }
        return new Imputation(kind, fitted);
    }

    private double standIn(Dataset training, int column) {
        double[] finite = new double[training.rows()];
        int count = 0;
        double sum = 0;
        for (int row = 0; row < training.rows(); row++) {
            double value = training.number(row, column);
            if (Double.isFinite(value)) {
                finite[count++] = value;
                sum += value;
            }
        }
        if (count == 0) {
            throw new DataException(training.describeSource() + ": " + training.describeColumn(column)
                    + " has no value at all, so no " + Label.of(kind)
                    + "; leave the column out or use imputation zero");
        }
        Arrays.sort(finite, 0, count);
        double value = kind == Kind.MEAN ? sum / count : (finite[(count - 1) / 2] + finite[count / 2]) / 2;
        return training.element() == Element.FLOAT64 ? value : (float) value;
    }

    /**
     * The data with every NaN replaced; the same object if there is nothing to replace.
     *
     * @throws DataException if a value is infinite, if the kind is NONE and a value is missing, or if the set has another number of columns than the fitted one
     * @throws IllegalStateException if not fitted
     */
    public Dataset apply(Dataset data) {
        if (kind == Kind.NONE || data.element() == Element.UINT8) {
            return data.requireComplete();
        }
        Require.state(values.length > 0, "imputation", "it is not fitted", "values", "none",
                "those of the training set; call fit with it first");
        if (values.length != data.columns()) {
            throw new DataException(
                    data.describeSource() + ": columns=" + data.columns() + ", expected the " + values.length + " of the training set");
        }
        data.requireNothingInfinite();
        RowBlocks filled = new RowBlocks(Element.FLOAT32, data.columns());
        boolean changed = false;
        for (int row = 0; row < data.rows(); row++) {
            double[] cells = data.numbers(row);
            changed |= apply(cells);
            filled.appendNumbers(cells, 0, 1);
        }
        if (!changed) {
            return data;
        }
        filled.resize(filled.rows());
        return data.withValues(filled);
    }

    private boolean apply(double[] cells) {
        boolean changed = false;
        for (int column = 0; column < cells.length; column++) {
            if (!Double.isFinite(cells[column])) {
                cells[column] = values[column];
                changed = true;
            }
        }
        return changed;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Imputation that && kind == that.kind && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Imputation[" + kind + ", " + Arrays.toString(values) + "]";
    }
}
