package dev.hourglass.model;

import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The one check that later data resemble the training data, for every use of a model: columns by name whatever their order, their number, the range of pictures,
 * labels by name, conditions, nothing missing that nothing stands in for. Values outside the support of the likelihood are no business of this: their score is
 * infinite, see {@link Schema#outsideTheSupport}.
 *
 * @param schema what the model knows of its training data
 * @param wide whether named columns besides those of the training data may be there, which are left out
 * @param remedy ends the line on a wrong number of columns, such as "; choose them with --columns"
 */
record LaterData(Schema schema, boolean wide, String remedy) {
    private static final int SHOWN_NAMES = 8;
    /** Deviations from the training mean that no condition in the same unit is off by, row after row. */
    private static final double MOST_DEVIATIONS = 50;

    /** Returns the examples as the model works on them. @throws DataException in one line naming what does not fit */
    Examples accept(Examples examples, ConditionKind kind) {
        examples.require(kind);
        Dataset x = examples.features();
        if (!wide) {
            requireColumns(x);
        }
        x = byName(x, schema.columnNames());
        requireColumns(x);
        x = schema.imputation().apply(x);
        if (schema.range() != null) {
            schema.range().require(x);
        }
        if (kind == ConditionKind.LABELS && !x.classNames().equals(schema.classNames())) {
            x = x.withLabelsAligned(schema.classNames());
        }
        Dataset c = kind == ConditionKind.VALUES ? conditions(examples.conditions(), x.describeSource()) : examples.conditions();
        return x == examples.features() && c == examples.conditions() ? examples : new Examples(x, c);
    }

    private void requireColumns(Dataset x) {
        if (x.columns() != schema.features()) {
            throw new DataException(x.describeSource() + ": columns=" + x.columns() + ", expected " + schema.features()
                    + " as in the training data" + remedy);
        }
    }

    /** Returns real-valued conditions as the model works on them; {@code source} is where they came from, for messages. */
    Dataset conditions(Dataset conditions, String source) {
        Dataset c = byName(conditions, schema.condition().columnNames());
        if (c.columns() != schema.conditions()) {
            throw new DataException(source + ": condition columns=" + c.columns() + ", expected " + schema.conditions()
                    + " as in the training data");
        }
        c = schema.condition().imputation().apply(c);
        for (int column = 0; column < c.columns(); column++) {
            requireUnit(c, column, source);
        }
        return c;
    }

    /** A condition is believed, not judged, so values of another unit would go unseen: those of the whole column tell. */
    private void requireUnit(Dataset c, int column, String source) {
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        for (int row = 0; row < c.rows(); row++) {
            double value = c.number(row, column);
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
            if (!(Math.abs(schema.conditionScaling().encode(column, value)) > MOST_DEVIATIONS)) {
                return;
            }
        }
        float[] usual = new float[c.columns()];
        double mean = schema.conditionScaling().decode(usual)[column];
        usual[column] = 1;
        double above = schema.conditionScaling().decode(usual)[column];
        throw new DataException(String.format(Locale.ROOT,
                "%s: condition %s goes from %s to %s, expected values as in the training data, whose mean is %s and deviation %s; bring it to their unit",
                source, name(column), least, greatest, mean, Math.abs(above - mean)));
    }

    private String name(int column) {
        List<String> names = schema.condition().columnNames();
        return names.isEmpty() ? "column " + (column + 1) : "column '" + names.get(column) + "'";
    }

    /** Puts named columns into the order of training and leaves others out; data or a training set without names go by position. */
    private static Dataset byName(Dataset data, List<String> names) {
        if (names.isEmpty() || data.columnNames().isEmpty() || data.columnNames().equals(names)) {
            return data;
        }
        List<String> missing = names.stream().filter(name -> !data.columnNames().contains(name)).toList();
        if (!missing.isEmpty()) {
            String count = data.columns() < names.size() ? "columns=" + data.columns() + ", expected " + names.size() + ": " : "";
            throw new DataException(
                    data.describeSource() + ": " + count + "no column " + shown(missing)
                            + ", expected the columns of the training data by their names, "
                            + shown(names) + "; rename them, or leave the names out to go by position");
        }
        return data.selectColumns(names.toArray(String[]::new));
    }

    private static String shown(List<String> names) {
        String first = names.stream().limit(SHOWN_NAMES).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        return names.size() <= SHOWN_NAMES ? first : first + " and " + (names.size() - SHOWN_NAMES) + " more";
    }
}
