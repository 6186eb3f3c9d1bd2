package dev.hourglass.batch;

import dev.hourglass.tensor.Tensor;

/**
 * A batch on the device.
 *
 * @param target clean x, [rows, features]: what a reconstruction is compared with
 * @param input what the encoder sees: x~, or the target itself without corruption
 * @param condition c, [rows, conditions], or null
 */
public record Batch(Tensor target, Tensor input, Tensor condition) {
}
