package dev.hourglass.backend;

/**
 * The family of q(z|x) and the layout of the K-dimensional head a network emits for it, one row per example.
 *
 * <p>Diagonal: [mu_0..mu_{K-1} | s_0..s_{K-1}], s the log variance, z = mu + e^(s/2) eps.
 * Full: [mu | d_0..d_{K-1} | b_10, b_20, b_21, b_30, ...], z = mu + B eps, B lower triangular, B_ii = e^(d_i), B_ij = b_ij for i &gt; j,
 * stored row by row: b_ij stands at 2K + i(i-1)/2 + j.
 */
public enum Posterior {
    /** Independent latents. */
    DIAGONAL,
    /** Any covariance, through its lower triangular factor. */
    FULL;

    /** Returns the columns of a head for {@code latent} dimensions: 2K or 2K + K(K-1)/2. */
    public int headWidth(int latent) {
        return this == DIAGONAL ? 2 * latent : 2 * latent + latent * (latent - 1) / 2;
    }
}
