package dev.hourglass.model;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Posterior;

/**
 * What stands between encoder and decoder.
 *
 * @param kind deterministic h = f(a), or z sampled from a diagonal or full Gaussian
 * @param latent dimensions K, at least 1
 * @param activation f of a deterministic code; identity for Gaussian ones
 */
public record Code(Kind kind, int latent, Activation activation) {
    /** The kinds of code. */
    public enum Kind {
        /** h = f(a). */
        DETERMINISTIC,
        /** z = mu + e^(s/2) eps. */
        DIAGONAL_GAUSSIAN,
        /** z = mu + B eps, B lower triangular. */
        FULL_GAUSSIAN
    }

    public Code {
        Refused.unless(latent >= 1, "no code", "latent", latent, "at least 1");
        Refused.unless(kind == Kind.DETERMINISTIC || activation == Activation.IDENTITY, "a Gaussian code has no activation", "code activation",
                activation.label(), "identity");
    }

    /** Deterministic code of {@code latent} units. */
    public static Code deterministic(int latent, Activation activation) {
        return new Code(Kind.DETERMINISTIC, latent, activation);
    }

    /** Sampled code with independent dimensions. */
    public static Code diagonalGaussian(int latent) {
        return new Code(Kind.DIAGONAL_GAUSSIAN, latent, Activation.IDENTITY);
    }

    /** Sampled code with full covariance. */
    public static Code fullGaussian(int latent) {
        return new Code(Kind.FULL_GAUSSIAN, latent, Activation.IDENTITY);
    }

    /** Returns whether z is sampled. */
    public boolean isGaussian() {
        return kind != Kind.DETERMINISTIC;
    }

    /** Returns the family of q(z|x); meaningful for Gaussian codes. */
    public Posterior posterior() {
        return kind == Kind.FULL_GAUSSIAN ? Posterior.FULL : Posterior.DIAGONAL;
    }

    /** Returns the width of the encoder's output. */
    public int headWidth() {
        return isGaussian() ? posterior().headWidth(latent) : latent;
    }
}
