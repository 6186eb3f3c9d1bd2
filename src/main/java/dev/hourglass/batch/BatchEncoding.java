package dev.hourglass.batch;

import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.Noise;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Scaling;

/**
 * How rows of a data set become the numbers of a model.
 *
 * @param target scaling of what reconstructions are compared with
 * @param input scaling of what the encoder sees; the same object as {@code target} unless the two differ
 * @param binarization of the scaled values
 * @param noise that corrupts the input in training
 * @param condition what c is
 * @param conditionWidth columns of c, 0 without a condition
 * @param conditionScaling of real conditions
 */
public record BatchEncoding(Scaling target, Scaling input, Binarization binarization, Noise noise, ConditionKind condition,
        int conditionWidth,
        Scaling conditionScaling) {
    /** Returns whether input and target are scaled differently. */
    public boolean isSplit() {
        return !input.equals(target);
    }
}
