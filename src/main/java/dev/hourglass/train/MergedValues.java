package dev.hourglass.train;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.Scaling;
import dev.hourglass.model.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Columns whose different values become equal once they are scaled to floats, as values 1 apart beside one of 10^15 do: a model cannot tell such rows apart. Only
 * columns that lose half of their different values or more are named; so are random doubles in plenty not.
 */
final class MergedValues {
    private static final int MOST_ROWS = 1 << 13;
    private static final int SHOWN_COLUMNS = 8;

    private MergedValues() {
    }

    /** Returns one line that names them, none when there are none. */
    static Optional<String> line(Schema schema, Examples training) {
        List<String> merged = new ArrayList<>(merged(schema.inputScaling(), training.features(), schema.featureNames()));
        if (!schema.inputScaling().equals(schema.scaling())) {
            merged(schema.scaling(), training.features(), schema.featureNames()).stream().filter(each -> !merged.contains(each))
                    .forEach(merged::add);
        }
        if (training.conditions() != null && schema.condition().width() == training.conditions().columns()) {
            merged.addAll(merged(schema.conditionScaling(), training.conditions(), training.conditions().columnNames()));
        }
        if (merged.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(training.features().describeSource() + ": scaled to floats, "
                + String.join(", ", merged.subList(0, Math.min(SHOWN_COLUMNS, merged.size())))
                + (merged.size() > SHOWN_COLUMNS ? " and " + (merged.size() - SHOWN_COLUMNS) + " more columns do so" : "")
                + ": the model cannot tell such rows apart; leave out what spreads the column so far, take logarithms (--scale log) or scale it first");
    }

    private static List<String> merged(Scaling scaling, Dataset data, List<String> names) {
        List<String> merged = new ArrayList<>();
        if (data.element() == Dataset.Element.UINT8 || data.pictureShape().isPresent()) {
            return merged;
        }
        int rows = Math.min(MOST_ROWS, data.rows());
        for (int column = 0; column < data.columns(); column++) {
            double[] values = new double[rows];
            double[] scaled = new double[rows];
            for (int row = 0; row < rows; row++) {
                values[row] = data.number(row, column);
                scaled[row] = scaling.encode(column, values[row]);
            }
            int before = different(values);
            int after = different(scaled);
            if (2 * after <= before) {
                merged.add("'" + (names.isEmpty() ? "x" + (column + 1) : names.get(column)) + "' keeps " + after + " of " + before
                        + " different values");
            }
        }
        return merged;
    }

    /** How many different values there are; they are put into order. */
    private static int different(double[] values) {
        Arrays.sort(values);
        int different = 1;
        for (int i = 1; i < values.length; i++) {
            different += values[i] != values[i - 1] ? 1 : 0;
        }
        return different;
    }
}
