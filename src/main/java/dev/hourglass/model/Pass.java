package dev.hourglass.model;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.PriorHead;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * The network written on a tape for one batch.
 *
 * @param batch what it reads
 * @param encoder every layer of the encoder in order; the last output is h or the head of q(z|x)
 * @param prior p(z) or p(z|c)
 * @param code what is decoded: h, or samples z [rows * samples, latent]
 * @param samples codes per example
 * @param parameters what the decoder says of x, [rows * samples, features]: logits or means
 */
public record Pass(Batch batch, List<Activated> encoder, PriorHead prior, Tensor code, int samples, Tensor parameters) {
    /** Returns h or the head of q(z|x). */
    public Tensor head() {
        return encoder.get(encoder.size() - 1).output();
    }
}
