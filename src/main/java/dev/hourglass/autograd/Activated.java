package dev.hourglass.autograd;

import dev.hourglass.backend.Activation;
import dev.hourglass.tensor.Tensor;

/**
 * The result y = f(a) of a dense layer together with its pre-activation a, which derivative penalties differentiate through.
 *
 * @param output y
 * @param preActivation a; shares memory with y unless the activation saves its input, so only its gradient may be used then
 * @param activation f
 */
public record Activated(Tensor output, Tensor preActivation, Activation activation) {
    /** Returns what f' and f'' are computed from: a or y. */
    public Tensor saved() {
        return activation.savesInput() ? preActivation : output;
    }
}
