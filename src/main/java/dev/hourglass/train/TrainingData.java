package dev.hourglass.train;

import dev.hourglass.data.Examples;
import dev.hourglass.model.Schema;
import dev.hourglass.model.Specification;

/**
 * What a training works on.
 *
 * @param training examples to learn from
 * @param validation examples to judge by, or null
 * @param description where they came from, with fitted imputations
 * @param numbers of their rows in the data they came from
 */
public record TrainingData(Examples training, Examples validation, DataDescription description, RowNumbers numbers) {
    /** Rows that are numbered in each part for itself. */
    public TrainingData(Examples training, Examples validation, DataDescription description) {
        this(training, validation, description, RowNumbers.apart());
    }

    /** Returns the same with floats in place of doubles where the model needs no more of them. */
    public TrainingData suiting(Schema schema) {
        return new TrainingData(schema.narrowed(training), validation == null ? null : schema.narrowed(validation), description, numbers);
    }

    /** Returns the examples that pictures show: those held out when there are any. */
    public Examples shown() {
        return validation == null ? training : validation;
    }

    /**
     * Returns the same with the examples to judge by as the model works on them, columns and labels as in the training data.
     *
     * @throws dev.hourglass.data.DataException when they do not resemble the training data, naming what does not
     */
    public TrainingData accepted(Specification specification, Schema schema) {
        Examples held = validation == null ? null
                : schema.acceptValidation(validation, specification.condition(), training.features().describeSource());
        return held == validation ? this : new TrainingData(training, held, description, numbers);
    }
}
