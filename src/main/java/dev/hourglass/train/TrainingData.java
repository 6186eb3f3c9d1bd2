package dev.hourglass.train;

import dev.hourglass.data.Examples;
import dev.hourglass.model.Schema;

/**
 * What a training works on.
 *
 * @param training examples to learn from
 * @param validation examples to judge by, or null
 * @param description where they came from, with fitted imputations
 */
public record TrainingData(Examples training, Examples validation, DataDescription description) {
    /** Returns the same with floats in place of doubles where the model needs no more of them. */
    public TrainingData suiting(Schema schema) {
        return new TrainingData(schema.narrowed(training), validation == null ? null : schema.narrowed(validation), description);
    }

    /** Returns the examples that pictures show: those held out when there are any. */
    public Examples shown() {
        return validation == null ? training : validation;
    }
}
