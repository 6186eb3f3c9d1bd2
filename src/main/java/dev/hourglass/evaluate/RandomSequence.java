package dev.hourglass.evaluate;

import dev.hourglass.backend.Philox;
import dev.hourglass.backend.RandomStream;

/** Random numbers drawn one after another on the host, a function of seed and index: Philox under counters (0, index), (1, index), ... */
public final class RandomSequence {
    private final long seed;
    private final int index;
    private final int[] words = new int[4];
    private final float[] normals = new float[4];
    private int block;
    private int normalsLeft;

    /** The sequence of that index under the seed, from its beginning. */
    public RandomSequence(long seed, int index) {
        this.seed = seed;
        this.index = index;
    }

    /** Uniform in (0, 1), with 53 bits. */
    public double uniform() {
        Philox.words(seed, block++, index, RandomStream.NEIGHBOURS.ordinal(), words);
        return ((words[0] & 0xffffffffL) * 0x1p21 + (words[1] >>> 11) + 0.5) * 0x1p-53;
    }

    /** Uniform in 0 .. bound - 1. */
    public int below(int bound) {
        return (int) Math.min(bound - 1, (long) (uniform() * bound));
    }

    /** Standard normal. */
    public double normal() {
        if (normalsLeft == 0) {
            Philox.normals(seed, block++, index, RandomStream.NEIGHBOURS.ordinal(), normals);
            normalsLeft = normals.length;
        }
        return normals[--normalsLeft];
    }
}
