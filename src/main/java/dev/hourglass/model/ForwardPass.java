package dev.hourglass.model;

import dev.hourglass.tensor.Tensor;

/**
 * A model written on a tape for one batch.
 *
 * @param encoded the batch after the encoder
 * @param code what is decoded: h, or samples z [rows * samples, latent]
 * @param samples codes per example
 * @param outputs of the decoder, [rows * samples, features]: what parametrises p(x|z)
 */
public record ForwardPass(Encoded encoded, Tensor code, int samples, Tensor outputs) {
}
