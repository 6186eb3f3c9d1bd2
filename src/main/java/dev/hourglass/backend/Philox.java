package dev.hourglass.backend;

/**
 * Philox4x32-10 (Salmon et al. 2011): four random words as a function of a key and a counter, so there is no state to keep and draws are the same
 * in any order and on every device. Key = seed; counter = (block, step, stream, 0). Normals use float polynomials in a fixed order of plain
 * multiplications and additions, bit-equal to philox.cuh.
 */
public final class Philox {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int BUMP_0 = 0x9E3779B9;
    private static final int BUMP_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {
    }

    /** Puts the four words of counter (block, step, stream, 0) under key {@code seed} into {@code target[0..3]}. */
    public static void words(long seed, int block, int step, int stream, int[] target) {
        words((int) seed, (int) (seed >>> 32), block, step, stream, 0, target);
    }

    /** The generator itself: key (k0, k1), counter (c0, c1, c2, c3). */
    static void words(int k0, int k1, int c0, int c1, int c2, int c3, int[] target) {
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = (MULTIPLIER_0 & 0xffffffffL) * (c0 & 0xffffffffL);
            long p1 = (MULTIPLIER_1 & 0xffffffffL) * (c2 & 0xffffffffL);
            int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c1 = (int) p1;
            c3 = (int) p0;
            c0 = n0;
            c2 = n2;
            k0 += BUMP_0;
            k1 += BUMP_1;
        }
        target[0] = c0;
        target[1] = c1;
        target[2] = c2;
        target[3] = c3;
    }

    /** Returns the uniform of a word, in (0, 1): ((word >>> 9) + 0.5) 2^-23, exact. */
    public static float uniform(int word) {
        return ((word >>> 9) + 0.5f) * 0x1p-23f;
    }

    /** Puts the four standard normals of counter (block, step, stream, 0) into {@code target[0..3]} (Box and Muller 1958). */
    public static void normals(long seed, int block, int step, int stream, float[] target) {
        int[] words = new int[4];
        words(seed, block, step, stream, words);
        pair(words[0], words[1], target, 0);
        pair(words[2], words[3], target, 2);
    }

    /** Two normals from two words: radius sqrt(-2 log u), angle from the second word by quadrant. */
    static void pair(int first, int second, float[] target, int offset) {
        float radius = (float) Math.sqrt(-2f * log(uniform(first)));
        int quadrant = second >>> 30;
        float t = (((second >>> 7) & 0x7FFFFF) + 0.5f) * 0x1p-23f;
        boolean swap = t > 0.5f;
        float w = swap ? 1f - t : t;
        float a = w * 1.5707964f;
        float z = a * a;
        float s = ((-1.9515295891E-4f * z + 8.3321608736E-3f) * z + -1.6666654611E-1f) * z * a + a;
        float c = ((2.443315711809948E-5f * z + -1.388731625493765E-3f) * z + 4.166664568298827E-2f) * z * z - 0.5f * z + 1f;
        float sine = swap ? c : s;
        float cosine = swap ? s : c;
        float x = switch (quadrant) {
            case 0 -> cosine;
            case 1 -> -sine;
            case 2 -> -cosine;
            default -> sine;
        };
        float y = switch (quadrant) {
            case 0 -> sine;
            case 1 -> cosine;
            case 2 -> -sine;
            default -> -cosine;
        };
        target[offset] = radius * x;
        target[offset + 1] = radius * y;
    }

    /** Natural logarithm of a uniform (Cephes logf), in a fixed order of operations. */
    static float log(float u) {
        int bits = Float.floatToRawIntBits(u);
        int exponent = (bits >>> 23) - 126;
        float m = Float.intBitsToFloat((bits & 0x7FFFFF) | 0x3F000000);
        float x;
        if (m < 0.70710678f) {
            exponent--;
            x = m + m - 1f;
        } else {
            x = m - 1f;
        }
        float z = x * x;
        float y = 7.0376836292E-2f;
        y = y * x + -1.1514610310E-1f;
        y = y * x + 1.1676998740E-1f;
        y = y * x + -1.2420140846E-1f;
        y = y * x + 1.4249322787E-1f;
        y = y * x + -1.6668057665E-1f;
        y = y * x + 2.0000714765E-1f;
        y = y * x + -2.4999993993E-1f;
        y = y * x + 3.3333331174E-1f;
        y = y * x * z;
        y += exponent * -2.12194440e-4f;
        y -= 0.5f * z;
        return (x + y) + exponent * 0.693359375f;
    }
}
