package dev.hourglass.backend.cpu;

/**
 * Sums and products over ranges of float arrays. C2 turns a plain loop over several ranges of unknown overlap into scalar code, so these too have a
 * vector twin. Twins: {@link ScalarArithmetic} and {@code vector.VectorArithmetic}; elementwise results are bit-equal, sums differ in rounding only.
 *
 * <p>Every method works on {@code length} elements from the given offsets. Source and target may be the same range, not overlapping ones.
 */
public interface Arithmetic {
    /** y = factor x, or y += factor x. {@code y}: Modified. */
    void scale(float factor, float[] x, int xOffset, float[] y, int yOffset, boolean accumulate, int length);

    /** y = a b, or y += a b, elementwise. {@code y}: Modified. */
    void multiply(float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, boolean accumulate, int length);

    /** y = factor (a - b), or y += factor (a - b). {@code y}: Modified. */
    void difference(float factor, float[] a, int aOffset, float[] b, int bOffset, float[] y, int yOffset, boolean accumulate, int length);

    /** Returns sum a b. */
    double dot(float[] a, int aOffset, float[] b, int bOffset, int length);

    /** Returns sum (a - b)^2. */
    double squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int length);

    /**
     * One Adam step: g = clip gradient; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; w = shrink w - rate1 m / (sqrt(rate2 v) + epsilon).
     *
     * @param w Modified, as {@code m} and {@code v}
     */
    void adam(AdamStep step, float[] w, int wOffset, float[] gradient, int gradientOffset, float[] m, int mOffset, float[] v, int vOffset,
            int length);

    /**
     * The numbers of an Adam step that all elements share.
     *
     * @param shrink 1 - learning rate * decay
     * @param rate1 learning rate / correction 1
     * @param rate2 1 / correction 2
     */
    record AdamStep(float clip, float beta1, float beta2, float epsilon, float shrink, float rate1, float rate2) {
        /**
         * 2^-70, added to moments and taken away again: rounds them to multiples of 2^-93, about 1e-28. Without it the moments of parameters that stop
         * getting gradients decay into subnormal numbers and stay there, where every operation takes a hundred times longer.
         */
        public static final float FLUSH = 0x1p-70f;
    }
}
