package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.Philox;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Philox} for one counter per lane, bit-equal to it. Four words of each lane are written to a small array, word by word, and put into the order
 * of the elements from there.
 */
final class VectorRandom {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final int LANES = INTS.length();
    private static final int PAIRS = LONGS.length();
    /** Elements per round of work. */
    private static final int BATCH = 4 * LANES;
    private static final long LOW = 0xFFFFFFFFL;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int BUMP_0 = 0x9E3779B9;
    private static final int BUMP_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    /** ARM has no product of 64-bit lanes, and what the library does instead is slower than the scalar twin. */
    private static final boolean SUPPORTED = SPECIES.vectorBitSize() >= 256;
    /** 2^23 and its bits: the low 23 bits of a word in its mantissa are the word as a float. */
    private static final float TWO_23 = 0x1p23f;
    private static final int TWO_23_BITS = Float.floatToRawIntBits(TWO_23);
    private static final LongVector TWICE = LongVector.zero(LONGS).addIndex(2);

    private VectorRandom() {
    }

    /** Sets as many whole batches as fit into {@code length} and returns how many elements that was. */
    static int uniforms(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        return fill(false, seed, step, stream, first, target, offset, length);
    }

    /** The same for normals. */
    static int normals(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        return fill(true, seed, step, stream, first, target, offset, length);
    }

    private static int fill(boolean normal, long seed, int step, int stream, int first, float[] target, int offset, int length) {
        if (!SUPPORTED) {
            return 0;
        }
        int bound = length / BATCH * BATCH;
        int[] words = new int[BATCH];
        long[] even = new long[BATCH / 2];
        long[] odd = new long[BATCH / 2];
        float[] numbers = new float[BATCH];
        float[] sines = new float[LANES];
        float[] cosines = new float[LANES];
        for (int i = 0; i < bound; i += BATCH) {
            words(seed, (first + i) >>> 2, step, stream, words, even, odd);
            if (normal) {
                for (int from = 0; from < BATCH; from += 2 * LANES) {
                    logarithms(words, from, numbers);
                    angles(words, from, sines, cosines);
                    turn(words, from, numbers, sines, cosines);
                }
            } else {
                uniforms(words, numbers);
            }
            interleave(numbers, target, offset + i);
        }
        return bound;
    }

    /** From word by word to element by element. */
    private static void interleave(float[] numbers, float[] target, int offset) {
        for (int lane = 0; lane < LANES; lane++) {
            int at = offset + 4 * lane;
            target[at] = numbers[lane];
            target[at + 1] = numbers[LANES + lane];
            target[at + 2] = numbers[2 * LANES + lane];
            target[at + 3] = numbers[3 * LANES + lane];
        }
    }

    /** Integers below 2^23 as uniforms: (v + 0.5) 2^-23, exact. */
    private static void uniforms(int[] words, float[] numbers) {
        IntVector mantissa = IntVector.broadcast(INTS, TWO_23_BITS);
        for (int i = 0; i < BATCH; i += LANES) {
            IntVector v = IntVector.fromArray(INTS, words, i).lanewise(VectorOperators.LSHR, 9).or(mantissa);
            v.reinterpretAsFloats().sub(TWO_23).add(0.5f).mul(0x1p-23f).intoArray(numbers, i);
        }
    }

    /**
     * words[w * LANES + lane] = word w of counter (block + lane, step, stream, 0). The even counters and the odd ones are worked out in 64-bit lanes;
     * put together, with the odd ones in the upper halves, they are the 32-bit lanes in order.
     */
    private static void words(long seed, int block, int step, int stream, int[] words, long[] even, long[] odd) {
        rounds(seed, block, step, stream, even);
        rounds(seed, block + 1, step, stream, odd);
        for (int w = 0; w < 4; w++) {
            LongVector upper = LongVector.fromArray(LONGS, odd, w * PAIRS).lanewise(VectorOperators.LSHL, 32);
            LongVector.fromArray(LONGS, even, w * PAIRS).or(upper).reinterpretAsInts().intoArray(words, w * LANES);
        }
    }

    /** words[w * PAIRS + lane] = word w of counter (block + 2 lane, step, stream, 0). */
    private static void rounds(long seed, int block, int step, int stream, long[] words) {
        LongVector low = LongVector.broadcast(LONGS, LOW);
        LongVector multiplier0 = LongVector.broadcast(LONGS, MULTIPLIER_0);
        LongVector multiplier1 = LongVector.broadcast(LONGS, MULTIPLIER_1);
        LongVector c0 = TWICE.add(LongVector.broadcast(LONGS, block)).and(low);
        LongVector c1 = LongVector.broadcast(LONGS, step & LOW);
        LongVector c2 = LongVector.broadcast(LONGS, stream & LOW);
        LongVector c3 = LongVector.zero(LONGS);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            LongVector p0 = c0.mul(multiplier0);
            LongVector p1 = c2.mul(multiplier1);
            LongVector key0 = LongVector.broadcast(LONGS, k0 & LOW);
            LongVector key1 = LongVector.broadcast(LONGS, k1 & LOW);
            c0 = p1.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c1).lanewise(VectorOperators.XOR, key0);
            c2 = p0.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c3).lanewise(VectorOperators.XOR, key1);
            c1 = p1.and(low);
            c3 = p0.and(low);
            k0 += BUMP_0;
            k1 += BUMP_1;
        }
        c0.or(c0).intoArray(words, 0);
        c1.or(c1).intoArray(words, PAIRS);
        c2.or(c2).intoArray(words, 2 * PAIRS);
        c3.or(c3).intoArray(words, 3 * PAIRS);
    }

    /** numbers[from + lane] = sqrt(-2 log u) of the word there: the radius of Box and Muller, by the polynomial of {@link Philox}. */
    private static void logarithms(int[] words, int from, float[] numbers) {
        IntVector mantissa = IntVector.broadcast(INTS, TWO_23_BITS);
        IntVector v = IntVector.fromArray(INTS, words, from).lanewise(VectorOperators.LSHR, 9).or(mantissa);
        IntVector bits = v.reinterpretAsFloats().sub(TWO_23).add(0.5f).mul(0x1p-23f).reinterpretAsInts();
        FloatVector m = bits.and(IntVector.broadcast(INTS, 0x7FFFFF)).or(IntVector.broadcast(INTS, 0x3F000000)).reinterpretAsFloats();
        FloatVector e = bits.lanewise(VectorOperators.LSHR, 23).or(mantissa).reinterpretAsFloats().sub(TWO_23 + 126f);
        VectorMask<Float> small = m.compare(VectorOperators.LT, 0.70710678f);
        e.blend(e.sub(1f), small).intoArray(numbers, from + LANES);
        m.blend(m.add(m), small).sub(1f).intoArray(numbers, from);
        radius(numbers, from);
    }

    /** From the reduced argument and the exponent one row further to the radius. */
    private static void radius(float[] numbers, int from) {
        FloatVector x = FloatVector.fromArray(SPECIES, numbers, from);
        FloatVector e = FloatVector.fromArray(SPECIES, numbers, from + LANES);
        FloatVector z = x.mul(x);
        FloatVector y = x.mul(7.0376836292E-2f).add(-1.1514610310E-1f).mul(x).add(1.1676998740E-1f).mul(x).add(-1.2420140846E-1f)
                .mul(x).add(1.4249322787E-1f).mul(x).add(-1.6668057665E-1f).mul(x).add(2.0000714765E-1f).mul(x).add(-2.4999993993E-1f)
                .mul(x).add(3.3333331174E-1f).mul(x).mul(z).add(e.mul(-2.12194440e-4f)).sub(z.mul(0.5f));
        x.add(y).add(e.mul(0.693359375f)).mul(-2f).sqrt().intoArray(numbers, from);
    }

    /** Sines and cosines of the angle words, within the first quadrant. */
    private static void angles(int[] words, int from, float[] sines, float[] cosines) {
        IntVector angle = IntVector.fromArray(INTS, words, from + LANES);
        FloatVector t = angle.lanewise(VectorOperators.LSHR, 7).and(IntVector.broadcast(INTS, 0x7FFFFF))
                .or(IntVector.broadcast(INTS, TWO_23_BITS)).reinterpretAsFloats().sub(TWO_23).add(0.5f).mul(0x1p-23f);
        VectorMask<Float> upper = t.compare(VectorOperators.GT, 0.5f);
        FloatVector a = t.blend(t.neg().add(1f), upper).mul(1.5707964f);
        FloatVector z = a.mul(a);
        FloatVector s = z.mul(-1.9515295891E-4f).add(8.3321608736E-3f).mul(z).add(-1.6666654611E-1f).mul(z).mul(a).add(a);
        FloatVector c = z.mul(2.443315711809948E-5f).add(-1.388731625493765E-3f).mul(z).add(4.166664568298827E-2f).mul(z).mul(z)
                .sub(z.mul(0.5f)).add(1f);
        s.blend(c, upper).intoArray(sines, 0);
        c.blend(s, upper).intoArray(cosines, 0);
    }

    /** Turns cosines and sines into the quadrant of the angle words, and scales them by the radii at {@code from}: two rows of normals. */
    private static void turn(int[] words, int from, float[] numbers, float[] sines, float[] cosines) {
        IntVector top = IntVector.broadcast(INTS, 0x80000000);
        FloatVector radius = FloatVector.fromArray(SPECIES, numbers, from);
        IntVector angle = IntVector.fromArray(INTS, words, from + LANES);
        IntVector sine = FloatVector.fromArray(SPECIES, sines, 0).reinterpretAsInts();
        IntVector cosine = FloatVector.fromArray(SPECIES, cosines, 0).reinterpretAsInts();
        VectorMask<Integer> odd = angle.lanewise(VectorOperators.LSHL, 1).compare(VectorOperators.LT, IntVector.zero(INTS));
        IntVector xSign = angle.add(IntVector.broadcast(INTS, 0x40000000)).and(top);
        IntVector ySign = angle.and(top);
        cosine.blend(sine, odd).lanewise(VectorOperators.XOR, xSign).reinterpretAsFloats().mul(radius).intoArray(numbers, from);
        sine.blend(cosine, odd).lanewise(VectorOperators.XOR, ySign).reinterpretAsFloats().mul(radius).intoArray(numbers, from + LANES);
    }
}
