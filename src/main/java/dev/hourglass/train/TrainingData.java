package dev.hourglass.train;

import dev.hourglass.data.Examples;

/**
 * What a training works on.
 *
 * @param training examples to learn from
 * @param validation examples to judge by, or null
 * @param description where they came from, with fitted imputations
 */
public record TrainingData(Examples training, Examples validation, DataDescription description) {
    /** Returns the examples that pictures show: those held out when there are any. */
    public Examples shown() {
        return validation == null ? training : validation;
    }
}
