package dev.hourglass.inference;

/**
 * The key of the random numbers that a row draws: a function of the seed and of what the row holds (or of its id), so that a row draws the same numbers
 * wherever it stands. Equal rows have equal keys.
 */
final class RowKey {
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private RowKey() {
    }

    /** Starts a key. */
    static long start(long seed) {
        return mixed(seed ^ MULTIPLIER);
    }

    /** Adds numbers to a key; -0 counts as 0. */
    static long add(long key, float[] values, int from, int count) {
        long result = key;
        for (int i = from; i < from + count; i++) {
            result = (result ^ Float.floatToRawIntBits(values[i] + 0f)) * MULTIPLIER;
            result ^= result >>> 32;
        }
        return result;
    }

    /** Adds a text to a key. */
    static long add(long key, String text) {
        long result = key;
        for (int i = 0; i < text.length(); i++) {
            result = (result ^ text.charAt(i)) * MULTIPLIER;
            result ^= result >>> 32;
        }
        return result;
    }

    /** Ends a key: every bit of what went in reaches every bit (SplitMix64's finaliser). */
    static long mixed(long key) {
        long result = (key ^ key >>> 30) * 0xBF58476D1CE4E5B9L;
        result = (result ^ result >>> 27) * 0x94D049BB133111EBL;
        return result ^ result >>> 31;
    }
}
