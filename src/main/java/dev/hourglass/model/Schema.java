package dev.hourglass.model;

import dev.hourglass.batch.BatchEncoding;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.Imputation;
import dev.hourglass.data.PictureShape;
import dev.hourglass.data.Scaling;
import dev.hourglass.data.Support;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a model knows of its data: sizes, scaling and names, fitted on the training set and kept with the model. Later data are checked here.
 *
 * @param features columns of x
 * @param scaling from the values of the data to those of the target, and back
 * @param inputScaling from the values of the data to those of the encoder; equal to {@code scaling} unless the likelihood scales the two differently
 * @param picture shape of a row, null when rows are not pictures
 * @param columnNames names of the features, empty when unknown
 * @param imputation of missing features
 * @param condition what is known of c
 */
public record Schema(int features, Scaling scaling, Scaling inputScaling, PictureShape picture, List<String> columnNames,
        Imputation imputation,
        ConditionSchema condition) {
    private static final int SHOWN_NAMES = 8;

    public Schema {
        inputScaling = inputScaling == null ? scaling : inputScaling;
        imputation = imputation == null ? Imputation.of(Imputation.Kind.NONE) : imputation;
        columnNames = List.copyOf(columnNames);
    }

    /**
     * Fits to a training set.
     *
     * @param scaling what the user wrote: auto, none, divide:V, minmax, standardize or log
     * @throws DataException when the data do not suit the model (missing labels, values outside the support of the likelihood)
     */
    public static Schema fit(Specification specification, Examples training, String scaling) {
        ConditionKind condition = specification.condition();
        training.require(condition);
        Dataset features = training.features().requireComplete();
        Scaling target = specification.likelihood().targetScaling(scaling, features);
        Scaling input = specification.likelihood().inputScaling(scaling, features, target);
        return new Schema(features.columns(), target, input, features.pictureShape().orElse(null), features.columnNames(), null,
                fit(condition, training));
    }

    private static ConditionSchema fit(ConditionKind kind, Examples training) {
        Imputation none = Imputation.of(Imputation.Kind.NONE);
        return switch (kind) {
            case NONE -> ConditionSchema.none();
            case LABELS ->
                new ConditionSchema(training.conditionWidth(kind), List.of(), training.features().classNames(), Scaling.none(), none);
            case VALUES -> new ConditionSchema(training.conditionWidth(kind), training.conditions().columnNames(), List.of(),
                    Scaling.fit("auto", training.conditions(), Support.REAL), none);
        };
    }

    /** Returns the same with imputations that were fitted to the training set, for later data. */
    public Schema withImputation(Imputation ofFeatures, Imputation ofConditions) {
        return new Schema(features, scaling, inputScaling, picture, columnNames, ofFeatures,
                new ConditionSchema(condition.width(), condition.columnNames(), condition.classNames(), condition.scaling(), ofConditions));
    }

    /** Returns the columns of c, 0 without a condition. */
    public int conditions() {
        return condition.width();
    }

    /** Returns the scaling of real conditions. */
    public Scaling conditionScaling() {
        return condition.scaling();
    }

    /** Returns the names of the classes when conditioned on labels. */
    public List<String> classNames() {
        return condition.classNames();
    }

    /** Returns the names of the features, x1, x2, ... when they have none. */
    public List<String> featureNames() {
        return columnNames.isEmpty() ? IntStream.rangeClosed(1, features).mapToObj(i -> "x" + i).toList() : columnNames;
    }

    /** Returns how the rows of a model of that specification are encoded. */
    public BatchEncoding encoding(Specification specification) {
        return new BatchEncoding(scaling, inputScaling, specification.binarization(), specification.corruption().noise(),
                specification.condition(), conditions(),
                conditionScaling());
    }

    /** Returns the examples with floats in place of doubles, unless a column is wide: what the model makes of them stays the same. */
    public Examples narrowed(Examples examples) {
        Dataset x = scaling.wide() == null && inputScaling.wide() == null ? examples.features().toFloats() : examples.features();
        Dataset c = examples.conditions();
        return new Examples(x, c == null || conditionScaling().wide() != null ? c : c.toFloats());
    }

    /**
     * Returns the examples as a model of this schema works on them: widths checked, missing values imputed or refused, labels numbered as in the training
     * data.
     *
     * @throws DataException naming what does not fit
     */
    public Examples accept(Examples examples, ConditionKind kind) {
        examples.require(kind);
        Dataset x = byName(examples.features(), columnNames);
        if (x.columns() != features) {
            throw new DataException(
                    x.describeSource() + ": columns=" + x.columns() + ", expected " + features + " as in the training data");
        }
        x = imputation.apply(x);
        if (kind == ConditionKind.LABELS && !x.classNames().equals(classNames())) {
            x = x.withLabelsAligned(classNames());
        }
        Dataset c = examples.conditions();
        if (kind == ConditionKind.VALUES) {
            c = byName(c, condition.columnNames());
            if (c.columns() != conditions()) {
                throw new DataException(x.describeSource() + ": condition columns=" + c.columns() + ", expected " + conditions()
                        + " as in the training data");
            }
            c = condition.imputation().apply(c);
        }
        return x == examples.features() && c == examples.conditions() ? examples : new Examples(x, c);
    }

    /**
     * Returns one line on the first value that the likelihood gives no probability to, so that no loss of these examples means anything; empty when there is
     * none.
     */
    public Optional<String> outsideTheSupport(Examples examples, Specification specification) {
        Dataset x = examples.features();
        Support support = specification.likelihood().support();
        for (int row = 0; row < x.rows() && support != Support.REAL && x.columns() == features; row++) {
            float[] values = new float[features];
            scaling.encode(x, row, values, 0);
            for (int column = 0; column < features; column++) {
                if (!Float.isNaN(values[column]) && !support.contains(values[column])) {
                    return Optional
                            .of(x.describeSource() + ": row " + (row + 1) + ", '" + featureNames().get(column) + "' is " + values[column]
                                    + " on the scale of the model, expected " + support.words()
                                    + ": the likelihood gives it no probability, so no mean over these"
                                    + " rows says how well the model fits; its score is infinite");
                }
            }
        }
        return Optional.empty();
    }

    /** Puts named columns into the order of training and leaves others out; data or a training set without names go by position. */
    private static Dataset byName(Dataset data, List<String> names) {
        if (names.isEmpty() || data.columnNames().isEmpty() || data.columnNames().equals(names)) {
            return data;
        }
        List<String> missing = names.stream().filter(name -> !data.columnNames().contains(name)).toList();
        if (!missing.isEmpty()) {
            throw new DataException(
                    data.describeSource() + ": no column " + shown(missing) + ", expected the columns of the training data by their names, "
                            + shown(names) + "; rename them, or leave the names out to go by position");
        }
        return data.selectColumns(names.toArray(String[]::new));
    }

    private static String shown(List<String> names) {
        String first = names.stream().limit(SHOWN_NAMES).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        return names.size() <= SHOWN_NAMES ? first : first + " and " + (names.size() - SHOWN_NAMES) + " more";
    }
}
