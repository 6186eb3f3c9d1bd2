package dev.hourglass.backend;

import dev.hourglass.message.Label;

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
    SQUARED_ERROR,
    /**
     * -log p(x) of a Poisson from log rates a, x a natural number (exact as a float up to 2^24): with b = min(a, {@link #HIGHEST_LOG_RATE}) and the
     * rate r = e^b, r - x b + log x!; gradient upstream[r] (r - x), 0 beyond the bound, which keeps rates finite. The value of an x that is no
     * natural number is NaN. It is summed as r - x - x (b - log x) and the rest of Stirling's formula, so that it keeps its digits where x is large
     * and r is near it: a value is good to some roundings of itself and of b.
     */
    POISSON;

    /** Upper bound of the log rates of {@link #POISSON}: e^30 is about 10^13. */
    public static final float HIGHEST_LOG_RATE = 30;

    /** Returns the name used in messages, such as {@code squared-error}. */
    public String label() {
        return Label.of(this);
    }
}
