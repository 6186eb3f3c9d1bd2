package dev.hourglass.model;

import dev.hourglass.autograd.PriorHead;
import dev.hourglass.batch.Batch;
import dev.hourglass.model.network.AppliedNetwork;
import dev.hourglass.tensor.Tensor;

/**
 * A model written on a tape for one batch.
 *
 * @param batch what it reads
 * @param encoder the encoder; its result is h or the head of q(z|x)
 * @param prior p(z) or p(z|c)
 * @param code what is decoded: h, or samples z [rows * samples, latent]
 * @param samples codes per example
 * @param outputs of the decoder, [rows * samples, features]: what parametrises p(x|z)
 */
public record ForwardPass(Batch batch, AppliedNetwork encoder, PriorHead prior, Tensor code, int samples, Tensor outputs) {
    /** Returns h or the head of q(z|x). */
    public Tensor head() {
        return encoder.last().output();
    }
}
