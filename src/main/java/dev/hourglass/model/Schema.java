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
import java.util.stream.IntStream;

/**
 * What a model knows of its data: sizes, scaling and names, fitted on the training set and kept with the model. Later data are checked
 * against it in one place, {@link #accept}.
 *
 * @param features columns of x
 * @param scaling from the values of the data to those of the target, and back
 * @param inputScaling from the values of the data to those of the encoder; equal to {@code scaling} unless the likelihood scales the two differently
 * @param picture shape of a row, null when rows are not pictures
 * @param columnNames names of the features, empty when unknown
 * @param imputation of missing features
 * @param condition what is known of c
 * @param range of pictures, and of rows that are as good as pictures; null for other tables and for runs of versions that did not record it
 * @param fileColumns how many columns the training file had, when those to use were chosen by number; null otherwise
 */
public record Schema(int features, Scaling scaling, Scaling inputScaling, PictureShape picture, List<String> columnNames,
        Imputation imputation,
        ConditionSchema condition, ValueRange range, Integer fileColumns) {

    public Schema {
        inputScaling = inputScaling == null ? scaling : inputScaling;
        imputation = imputation == null ? Imputation.of(Imputation.Kind.NONE) : imputation;
        columnNames = List.copyOf(columnNames);
    }

    /** The same of data without a range, from columns that were not chosen by number. */
    public Schema(int features, Scaling scaling, Scaling inputScaling, PictureShape picture, List<String> columnNames,
            Imputation imputation,
            ConditionSchema condition) {
        this(features, scaling, inputScaling, picture, columnNames, imputation, condition, null, null);
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
                fit(condition, training), ValueRange.of(features), null);
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
                new ConditionSchema(condition.width(), condition.columnNames(), condition.classNames(), condition.scaling(), ofConditions),
                range, fileColumns);
    }

    /** Returns the same of columns chosen by number from a file of so many; null when they were not. */
    public Schema withFileColumns(Integer count) {
        return new Schema(features, scaling, inputScaling, picture, columnNames, imputation, condition, range, count);
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
     * Returns the examples as a model of this schema works on them: columns in the order of training, widths and the range of pictures checked, missing values
     * imputed or refused, labels numbered as in the training data. Every use of a model passes here.
     *
     * @throws DataException naming what does not fit
     */
    public Examples accept(Examples examples, ConditionKind kind) {
        return accept(examples, kind, "");
    }

    /** The same with what to do about a wrong number of columns, such as "; choose them with --columns", at the end of that line. */
    public Examples accept(Examples examples, ConditionKind kind, String remedy) {
        return new LaterData(this, true, remedy).accept(examples, kind);
    }

    /** The same for the data that a training is judged by, which must have the columns of the training data and no others. */
    public Examples acceptValidation(Examples validation, ConditionKind kind, String trainingSource) {
        return new LaterData(this, false, " " + trainingSource + "; choose the same columns").accept(validation, kind);
    }

    /** Returns real-valued conditions as a model of this schema works on them, by the names of their columns. @throws DataException naming what does not fit */
    public Dataset acceptConditions(Dataset conditions) {
        return new LaterData(this, true, "").conditions(conditions, conditions.describeSource());
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

    /** Returns the place, from 0, of the value of a row that is farthest out on the scale of the model. */
    public int farthestColumn(Dataset x, int row) {
        float[] values = scaledInput(x, row);
        int farthest = 0;
        for (int column = 1; column < values.length; column++) {
            farthest = Math.abs(values[column]) > Math.abs(values[farthest]) ? column : farthest;
        }
        return farthest;
    }

    /** Returns one line on the value that is farthest out, for a loss of these examples that is not finite. */
    public String farthest(Examples examples) {
        Dataset x = examples.features();
        int farthest = 0;
        float distance = -1;
        for (int row = 0; row < x.rows(); row++) {
            float here = Math.abs(scaledInput(x, row)[farthestColumn(x, row)]);
            if (here > distance) {
                farthest = row;
                distance = here;
            }
        }
        int column = farthestColumn(x, farthest);
        return x.describeSource() + ": row " + (farthest + 1) + ", '" + featureNames().get(column) + "' is " + x.text(farthest, column)
                + ", the value farthest from those of training: the loss is not finite, so no mean over these rows says how well the model fits;"
                + " leave such rows out";
    }

    private float[] scaledInput(Dataset x, int row) {
        return inputScaling.encode(x.numbers(row));
    }
}
