package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Activation;

/**
 * Elementary functions, losses made of them, and random numbers over ranges of float arrays. Twins: {@link ScalarLanes} and {@code vector.VectorLanes};
 * elementwise results are bit-equal, sums differ in rounding only.
 *
 * <p>Every method works on {@code length} elements from the given offsets. Source and target may be the same range.
 */
public interface Lanes {
    /** y = e^(scale x). {@code y}: Modified. */
    void exp(float scale, float[] x, int xOffset, float[] y, int yOffset, int length);

    /** y = f(a). {@code y}: Modified. */
    void activate(Activation activation, float[] a, int aOffset, float[] y, int yOffset, int length);

    /** slope = f'(a), from what the activation saves. {@code slope}: Modified. */
    void slope(Activation activation, float[] saved, int savedOffset, float[] slope, int slopeOffset, int length);

    /** curvature = f''(a), from what the activation saves. {@code curvature}: Modified. */
    void curvature(Activation activation, float[] saved, int savedOffset, float[] curvature, int curvatureOffset, int length);

    /** Returns sum max(l, 0) - l x + log(1 + e^-|l|). */
    double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, int length);

    /** gradient = (accumulate ? gradient : 0) + upstream (sigmoid(l) - x). Returns the same sum as the other method. {@code gradient}: Modified. */
    double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, float upstream, float[] gradient, int gradientOffset,
            boolean accumulate, int length);

    /**
     * The uniforms of {@link dev.hourglass.backend.Philox} for elements {@code first} to {@code first + length}.
     *
     * @param first multiple of 4
     * @param target Modified
     */
    void uniforms(long seed, int step, int stream, int first, float[] target, int offset, int length);

    /** The same for normals. */
    void normals(long seed, int step, int stream, int first, float[] target, int offset, int length);
}
