package dev.hourglass.nn;

import dev.hourglass.tensor.Tensor;

/**
 * A trained tensor and its gradient.
 *
 * @param name unique within the model, such as {@code encoder.0.weight}
 * @param value [rows, columns], a view of the model's parameter buffer
 * @param gradient the view of the gradient buffer at the same place
 */
public record Parameter(String name, Tensor value, Tensor gradient) {
    /** Returns whether it is a weight matrix, not a vector such as a bias. */
    public boolean isMatrix() {
        return isMatrix(name);
    }

    static boolean isMatrix(String name) {
        return name.endsWith("weight");
    }
}
