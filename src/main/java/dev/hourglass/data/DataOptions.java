package dev.hourglass.data;

import java.util.List;
import java.util.Objects;

/**
 * What of a file to use.
 *
 * @param columns the columns to use: header names, numbers from 1 or ranges such as 3-10; empty for all (less the label column)
 * @param labelColumn the csv column that holds the label, by name or number; null for none
 * @param imputation what stands in for missing values; fitted on the training set unless it already is
 * @param maxRows at most this many rows of each part
 */
public record DataOptions(List<String> columns, String labelColumn, Imputation imputation, int maxRows) {
    /** @throws IllegalArgumentException if {@code maxRows} is less than 1 */
    public DataOptions {
        columns = List.copyOf(columns);
        Objects.requireNonNull(imputation, "imputation");
        if (maxRows < 1) {
            throw new IllegalArgumentException("data options: maxRows=" + maxRows + ", expected at least 1");
        }
    }

    /** All columns and rows, no label column, missing values refused. */
    public static DataOptions defaults() {
        return new DataOptions(List.of(), null, Imputation.of(Imputation.Kind.NONE), Integer.MAX_VALUE);
    }

    /** The same but for these columns: names, numbers from 1 or ranges. */
    public DataOptions withColumns(String... columns) {
        return new DataOptions(List.of(columns), labelColumn, imputation, maxRows);
    }

    /** The same but for the column of the label, null for none. */
    public DataOptions withLabelColumn(String labelColumn) {
        return new DataOptions(columns, labelColumn, imputation, maxRows);
    }

    /** The same but for what stands in for missing values. */
    public DataOptions withImputation(Imputation imputation) {
        return new DataOptions(columns, labelColumn, imputation, maxRows);
    }

    /** The same but for the number of rows of a part that are read at most. */
    public DataOptions withMaxRows(int maxRows) {
        return new DataOptions(columns, labelColumn, imputation, maxRows);
    }
}
