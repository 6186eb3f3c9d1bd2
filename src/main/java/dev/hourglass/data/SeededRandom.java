package dev.hourglass.data;

/**
 * SplitMix64 (Steele, Lea, Flood 2014), written out so that splits and synthetic digits are the same on every Java version and platform.
 * Training draws its numbers elsewhere, from counters.
 */
public final class SeededRandom {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private long state;

    SeededRandom(long seed) {
        state = seed;
    }

    /** An independent stream for each (seed, index). */
    public SeededRandom(long seed, long index) {
        state = mix(mix(seed + GOLDEN) ^ (index * 0xD1342543DE82EF95L + 1));
    }

    long next() {
        state += GOLDEN;
        return mix(state);
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1). */
    public double uniform() {
        return (next() >>> 11) * 0x1p-53;
    }

    /** Uniform in [low, high). */
    public double uniform(double low, double high) {
        return low + (high - low) * uniform();
    }

    /** Mean 0, deviation 1: the sum of twelve uniforms less six, bounded by 6, plain arithmetic only. */
    public double bell() {
        double sum = 0;
        for (int i = 0; i < 12; i++) {
            sum += uniform();
        }
        return sum - 6;
    }

    /** Uniform in 0..bound-1; the high half of a 64-bit product, biased by less than bound / 2^32. */
    public int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }
}
