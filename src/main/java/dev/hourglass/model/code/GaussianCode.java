package dev.hourglass.model.code;

import dev.hourglass.backend.Posterior;

/** A code drawn from a Gaussian q(z|x) (Kingma and Welling 2014); the head is laid out as its {@link #posterior} says, the mean first. */
public sealed interface GaussianCode extends Code permits DiagonalGaussian, FullGaussian {
    /** Returns the family of q(z|x). */
    Posterior posterior();
}
