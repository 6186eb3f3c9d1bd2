package dev.hourglass.evaluate;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.PriorHead;
import dev.hourglass.model.Batch;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * A batch on the device after the encoder.
 *
 * @param scope of its tensors; what is derived from it may live there too
 * @param batch x and c
 * @param layers results of the encoder
 * @param prior p(z), or p(z|c) of each example
 */
record Encoded(Scope scope, Batch batch, List<Activated> layers, PriorHead prior) {
    /** Returns h or the head of q(z|x). */
    Tensor head() {
        return layers.get(layers.size() - 1).output();
    }

    /** Returns the examples of this batch. */
    int rows() {
        return batch.target().rows();
    }
}
