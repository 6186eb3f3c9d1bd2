package dev.hourglass.nn;

import dev.hourglass.backend.Philox;
import dev.hourglass.backend.RandomStream;

/** How weights start. Every draw is Philox with key = seed and counter (element/4, index of the parameter, INITIALIZATION, 0). */
public enum Initialization {
    /** U(+-sqrt(6 / (inputs + outputs))), biases 0. Glorot and Bengio 2010. */
    GLOROT,
    /** U(+-sqrt(6 / inputs)), biases 0. He et al. 2015. */
    HE,
    /** U(+-1/sqrt(inputs)), biases too: what PyTorch's Linear does. */
    UNIFORM;

    /** Returns the half width of the uniform distribution of a weight. */
    public double bound(int inputs, int outputs) {
        return switch (this) {
            case GLOROT -> Math.sqrt(6.0 / (inputs + outputs));
            case HE -> Math.sqrt(6.0 / inputs);
            case UNIFORM -> 1 / Math.sqrt(inputs);
        };
    }

    /** Fills values with U(-bound, bound), the draws of parameter number {@code index}. */
    public static void uniform(float[] values, double bound, long seed, int index) {
        int[] words = new int[4];
        for (int i = 0; i < values.length; i++) {
            if (i % 4 == 0) {
                Philox.words(seed, i / 4, index, RandomStream.INITIALIZATION.ordinal(), words);
            }
            values[i] = (float) (bound * (2.0 * Philox.uniform(words[i % 4]) - 1));
        }
    }
}
