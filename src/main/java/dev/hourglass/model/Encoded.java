package dev.hourglass.model;

import dev.hourglass.autograd.PriorHead;
import dev.hourglass.autograd.Tape;
import dev.hourglass.batch.Batch;
import dev.hourglass.model.network.AppliedNetwork;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;

/**
 * A batch on the device after the encoder.
 *
 * @param tape that gathers and encodes; what is derived from it may be written there too before it first runs
 * @param batch x and c
 * @param encoder on that tape
 * @param prior p(z), or p(z|c) of each example
 */
public record Encoded(Tape tape, Batch batch, AppliedNetwork encoder, PriorHead prior) {
    /** Returns the memory of its tensors; what is derived from them may live there too. */
    public Scope scope() {
        return tape.scope();
    }

    /** Returns h or the head of q(z|x). */
    public Tensor head() {
        return encoder.last().output();
    }

    /** Returns the examples of this batch. */
    public int rows() {
        return batch.target().rows();
    }
}
