package dev.hourglass.backend;

import java.util.Locale;

/**
 * Losses that compare one parameter with one target: value[r] = sum_c of the formula of (parameters[r,c], target[r / samples,c]), in nats with
 * constants kept where the loss is a negative log likelihood. Every gradient is upstream[r] times the derivative by the parameter.
 *
 * <p>A new constant takes: its line in {@code CpuLikelihoods} (javac asks for it), a kernel of its name in kernels/likelihood.cu with its line in
 * {@code cuda.Kernel}, and its reference in the tests' {@code PointwiseReference} (javac asks for it).
 */
public enum PointwiseLoss {
    /** -log p(x) of a Bernoulli from logits l, x in [0, 1]: max(l,0) - l x + log1p(e^-|l|); gradient upstream[r] (sigmoid(l) - x). */
    BERNOULLI,
    /** Squared error of a mean m, no constants: (m - x)^2; gradient upstream[r] 2 (m - x). */
    SQUARED_ERROR;

    /** Returns the name used in messages, such as {@code squared-error}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
