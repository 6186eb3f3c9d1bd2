package dev.hourglass.train;

import dev.hourglass.data.Columns;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.DataException;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.DataPair;
import dev.hourglass.data.Examples;
import dev.hourglass.data.Imputation;
import dev.hourglass.data.spec.DataSpec;
import dev.hourglass.message.Require;
import dev.hourglass.model.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which data a model is trained on, in words, and what of it. Reading gives {@link TrainingData}; the imputations are fitted then.
 *
 * @param train SPEC of the training data, see {@link DataSpec}
 * @param validation SPEC of the validation data; null takes the validation part of {@code train}, or rows split off by seed when it has none
 * @param validationFraction of the rows to split off when there is no validation part, in [0, 1); 0 trains without validation
 * @param columns names, numbers or ranges of the columns to use, all when empty
 * @param labelColumn the csv column of labels, null for none
 * @param conditionColumns csv columns that a model conditioned on values is given; not among the features
 * @param scaling auto, none, divide:V, minmax, standardize or log
 * @param imputation of missing features
 * @param conditionImputation of missing conditions, the same kind
 * @param header whether the first line of a csv file names the columns
 */
public record DataDescription(String train, String validation, double validationFraction, List<String> columns, String labelColumn,
        List<String> conditionColumns, String scaling, Imputation imputation, Imputation conditionImputation,
        DataOptions.Header header) {
    public DataDescription {
        columns = List.copyOf(columns);
        conditionColumns = List.copyOf(conditionColumns);
        Require.that(validationFraction >= 0 && validationFraction < 1, "data", "fraction out of range", "validation fraction",
                validationFraction, "0 <= fraction < 1");
    }

    /** The built-in digits, scaled as pictures are. */
    public static DataDescription defaults() {
        Imputation none = Imputation.of(Imputation.Kind.NONE);
        return new DataDescription("digits", null, 0.1, List.of(), null, List.of(), "auto", none, none, DataOptions.Header.AUTO);
    }

    /** Data that were handed over in memory. */
    public static DataDescription inMemory(String source, double validationFraction, String scaling) {
        Imputation none = Imputation.of(Imputation.Kind.NONE);
        return new DataDescription(source, null, validationFraction, List.of(), null, List.of(), scaling, none, none,
                DataOptions.Header.AUTO);
    }

    /** Returns the same with imputations of that kind, to be fitted. */
    public DataDescription withImputation(Imputation.Kind kind) {
        return withImputations(Imputation.of(kind), Imputation.of(kind));
    }

    /** Returns the same with other columns and labels, for data of another layout. */
    public DataDescription withColumns(List<String> newColumns, List<String> newConditionColumns, String newLabelColumn) {
        return new DataDescription(train, validation, validationFraction, newColumns, newLabelColumn, newConditionColumns, scaling,
                imputation,
                conditionImputation, header);
    }

    /** Returns the same with another reading of the first line of a csv file. */
    public DataDescription withHeader(DataOptions.Header choice) {
        return new DataDescription(train, validation, validationFraction, columns, labelColumn, conditionColumns, scaling, imputation,
                conditionImputation, choice);
    }

    /** Returns the same with another scaling. */
    public DataDescription withScaling(String words) {
        return new DataDescription(train, validation, validationFraction, columns, labelColumn, conditionColumns, words, imputation,
                conditionImputation, header);
    }

    private DataDescription withImputations(Imputation features, Imputation conditions) {
        return new DataDescription(train, validation, validationFraction, columns, labelColumn, conditionColumns, scaling, features,
                conditions, header);
    }

    /**
     * Reads training and validation data.
     *
     * @param seed of the split when the data have no validation part
     * @throws DataException in one line when they cannot be used
     */
    public TrainingData read(ConditionKind condition, long seed) {
        Parts parts = parts(train);
        DataDescription fitted = withImputations(parts.imputation, parts.conditionImputation);
        Examples training = parts.first;
        Examples held = null;
        RowNumbers numbers = RowNumbers.apart();
        if (validation != null) {
            held = fitted.readPart(validation, true);
            requireFileColumns(validation, fileColumns());
        } else if (parts.second != null) {
            held = parts.second;
        } else if (validationFraction > 0 && training.rows() > 1) {
            Examples[] split = training.split(validationFraction, seed);
            numbers = RowNumbers.ofSplit(training.rows(), validationFraction, seed);
            training = split[0];
            held = split[1];
        }
        return new TrainingData(training, held, fitted, numbers);
    }

    /** Returns how many columns the training file has when some of them are chosen by number; null when none are. */
    Integer fileColumns() {
        return choosesByNumber() ? DataSpec.width(train, options(List.of(), Imputation.of(Imputation.Kind.ZERO))) : null;
    }

    private boolean choosesByNumber() {
        return Stream.concat(columns.stream(), conditionColumns.stream()).anyMatch(word -> !Columns.isName(word));
    }

    /**
     * Refuses other data of another number of columns when columns are chosen by number, for then they are not the same ones.
     *
     * @param count of the training file, see {@link Schema#fileColumns}; null when it is not known
     * @throws DataException naming both numbers
     */
    public void requireFileColumns(String spec, Integer count) {
        if (count == null || !choosesByNumber()) {
            return;
        }
        int found = DataSpec.width(spec, options(List.of(), Imputation.of(Imputation.Kind.ZERO)));
        if (found != count) {
            List<String> chosen = Stream.concat(columns.stream(), conditionColumns.stream()).toList();
            throw new DataException(spec + ": columns=" + found + ", expected " + count + " as in the training data " + train
                    + ", whose columns were chosen by number (" + String.join(",", chosen) + "); choose those of this file by --columns");
        }
    }

    /** Reads one part of other data with these columns and imputations: {@code held} prefers the validation part where there are two. */
    public Examples readPart(String spec, boolean held) {
        Parts parts = parts(spec);
        return held && parts.second != null ? parts.second : parts.first;
    }

    /** Returns the same with imputations fitted to examples in memory. */
    public DataDescription fitted(Examples training) {
        return withImputations(imputation.fit(training.features()), training.conditions() == null ? conditionImputation
                : conditionImputation.fit(training.conditions()));
    }

    /** Returns examples with what is missing filled in. @throws DataException naming what is missing when nothing stands in for it */
    public Examples filled(Examples examples) {
        return new Examples(imputation.apply(examples.features()),
                examples.conditions() == null ? null : conditionImputation.apply(examples.conditions()));
    }

    private record Parts(Examples first, Examples second, Imputation imputation, Imputation conditionImputation) {
    }

    private Parts parts(String spec) {
        DataPair conditions = conditionColumns.isEmpty() ? null : DataSpec.read(spec, options(conditionColumns, conditionImputation));
        DataPair features = DataSpec.read(spec, options(featureColumns(spec, conditions), imputation));
        requireOnce(spec, features.train().columnNames(), conditions == null ? List.of() : conditions.train().columnNames(),
                "the condition");
        requireOnce(spec, features.train().columnNames(), labelColumn == null ? List.of() : List.of(labelColumn.replaceFirst("^=", "")),
                "the label");
        Examples first = new Examples(features.train(), conditions == null ? null : conditions.train());
        Examples second = features.hasValidation()
                ? new Examples(features.validation(), conditions == null ? null : conditions.validation()) : null;
        return new Parts(first, second, features.imputation(), conditions == null ? conditionImputation : conditions.imputation());
    }

    /** A model that is given a column under two roles has only to copy it. */
    private static void requireOnce(String spec, List<String> features, List<String> others, String role) {
        features.stream().filter(others::contains).findFirst().ifPresent(name -> {
            throw new DataException(spec + ": column '" + name + "' is both a feature and " + role
                    + ", expected one of the two; leave it out of the columns");
        });
    }

    private DataOptions options(List<String> chosen, Imputation missing) {
        return new DataOptions(chosen, labelColumn, missing, Integer.MAX_VALUE, header);
    }

    /** The columns as asked, or all but those of the condition. */
    private List<String> featureColumns(String spec, DataPair conditions) {
        if (conditions == null || !columns.isEmpty()) {
            return columns;
        }
        List<String> names = new ArrayList<>(
                DataSpec.read(spec, options(List.of(), Imputation.of(Imputation.Kind.ZERO))).train().columnNames());
        names.removeAll(conditions.train().columnNames());
        if (names.isEmpty()) {
            throw new DataException(spec + ": the condition names columns " + conditionColumns
                    + " and no others are left or have a name; name the columns of the features too");
        }
        return names.stream().map(DataOptions::named).toList();
    }
}
