package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.Philox;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Philox} for one counter per lane, bit-equal to it. Four words of each lane are written to a small array, word by word, and put into the order
 * of the elements from there.
 */
final class VectorRandom {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = INTS.length();
    /** Elements per round of work. */
    private static final int BATCH = 4 * LANES;
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int BUMP_0 = 0x9E3779B9;
    private static final int BUMP_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    /** 2^23 and its bits: the low 23 bits of a word in its mantissa are the word as a float. */
    private static final float TWO_23 = 0x1p23f;
    private static final int TWO_23_BITS = Float.floatToRawIntBits(TWO_23);
    private static final IntVector ORDINALS = IntVector.zero(INTS).addIndex(1);

    private VectorRandom() {
    }

    /** Sets as many whole batches as fit into {@code length} and returns how many elements that was. */
    static int uniforms(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        int bound = length / BATCH * BATCH;
        int[] words = new int[BATCH];
        for (int i = 0; i < bound; i += BATCH) {
            words(seed, (first + i) >>> 2, step, stream, words);
            for (int lane = 0; lane < LANES; lane++) {
                int at = offset + i + 4 * lane;
                target[at] = Philox.uniform(words[lane]);
                target[at + 1] = Philox.uniform(words[LANES + lane]);
                target[at + 2] = Philox.uniform(words[2 * LANES + lane]);
                target[at + 3] = Philox.uniform(words[3 * LANES + lane]);
            }
        }
        return bound;
    }

    /** The same for normals. */
    static int normals(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        int bound = length / BATCH * BATCH;
        int[] words = new int[BATCH];
        float[] numbers = new float[BATCH];
        for (int i = 0; i < bound; i += BATCH) {
            words(seed, (first + i) >>> 2, step, stream, words);
            pairs(words, 0, numbers);
            pairs(words, 2 * LANES, numbers);
            for (int lane = 0; lane < LANES; lane++) {
                int at = offset + i + 4 * lane;
                target[at] = numbers[lane];
                target[at + 1] = numbers[LANES + lane];
                target[at + 2] = numbers[2 * LANES + lane];
                target[at + 3] = numbers[3 * LANES + lane];
            }
        }
        return bound;
    }

    /** words[w * LANES + lane] = word w of counter (block + lane, step, stream, 0). */
    private static void words(long seed, int block, int step, int stream, int[] words) {
        IntVector c0 = ORDINALS.add(block);
        IntVector c1 = IntVector.broadcast(INTS, step);
        IntVector c2 = IntVector.broadcast(INTS, stream);
        IntVector c3 = IntVector.zero(INTS);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            IntVector n0 = high(c2, MULTIPLIER_1).lanewise(VectorOperators.XOR, c1).lanewise(VectorOperators.XOR, k0);
            IntVector n2 = high(c0, MULTIPLIER_0).lanewise(VectorOperators.XOR, c3).lanewise(VectorOperators.XOR, k1);
            c1 = c2.mul(MULTIPLIER_1);
            c3 = c0.mul(MULTIPLIER_0);
            c0 = n0;
            c2 = n2;
            k0 += BUMP_0;
            k1 += BUMP_1;
        }
        c0.add(0).intoArray(words, 0);
        c1.add(0).intoArray(words, LANES);
        c2.add(0).intoArray(words, 2 * LANES);
        c3.add(0).intoArray(words, 3 * LANES);
    }

    /** The high 32 bits of the unsigned product, from 16-bit halves: no vector instruction set has it for integers of this width. */
    private static IntVector high(IntVector c, int multiplier) {
        int low = multiplier & 0xFFFF;
        int top = multiplier >>> 16;
        IntVector cLow = c.and(0xFFFF);
        IntVector cTop = c.lanewise(VectorOperators.LSHR, 16);
        IntVector t = cTop.mul(low).add(cLow.mul(low).lanewise(VectorOperators.LSHR, 16));
        IntVector u = cLow.mul(top).add(t.and(0xFFFF));
        return cTop.mul(top).add(t.lanewise(VectorOperators.LSHR, 16)).add(u.lanewise(VectorOperators.LSHR, 16));
    }

    /** Box and Muller as in {@link Philox}: words at {@code from} give radii, those LANES further angles. */
    private static void pairs(int[] words, int from, float[] numbers) {
        FloatVector radius = log(uniform(IntVector.fromArray(INTS, words, from).lanewise(VectorOperators.LSHR, 9))).mul(-2f).sqrt();
        IntVector angle = IntVector.fromArray(INTS, words, from + LANES);
        FloatVector t = uniform(angle.lanewise(VectorOperators.LSHR, 7).and(0x7FFFFF));
        VectorMask<Float> upper = t.compare(VectorOperators.GT, 0.5f);
        FloatVector a = t.blend(t.neg().add(1f), upper).mul(1.5707964f);
        FloatVector z = a.mul(a);
        FloatVector s = z.mul(-1.9515295891E-4f).add(8.3321608736E-3f).mul(z).add(-1.6666654611E-1f).mul(z).mul(a).add(a);
        FloatVector c = z.mul(2.443315711809948E-5f).add(-1.388731625493765E-3f).mul(z).add(4.166664568298827E-2f).mul(z).mul(z)
                .sub(z.mul(0.5f)).add(1f);
        IntVector sine = s.blend(c, upper).reinterpretAsInts();
        IntVector cosine = c.blend(s, upper).reinterpretAsInts();
        VectorMask<Integer> odd = angle.lanewise(VectorOperators.LSHL, 1).compare(VectorOperators.LT, 0);
        IntVector xSign = angle.add(0x40000000).and(0x80000000);
        IntVector ySign = angle.and(0x80000000);
        cosine.blend(sine, odd).lanewise(VectorOperators.XOR, xSign).reinterpretAsFloats().mul(radius).intoArray(numbers, from);
        sine.blend(cosine, odd).lanewise(VectorOperators.XOR, ySign).reinterpretAsFloats().mul(radius).intoArray(numbers, from + LANES);
    }

    /** Integers below 2^23 as uniforms: (v + 0.5) 2^-23, exact. */
    private static FloatVector uniform(IntVector v) {
        return v.lanewise(VectorOperators.OR, TWO_23_BITS).reinterpretAsFloats().sub(TWO_23).add(0.5f).mul(0x1p-23f);
    }

    private static FloatVector log(FloatVector u) {
        IntVector bits = u.reinterpretAsInts();
        FloatVector m = bits.and(0x7FFFFF).lanewise(VectorOperators.OR, 0x3F000000).reinterpretAsFloats();
        FloatVector e = bits.lanewise(VectorOperators.LSHR, 23).lanewise(VectorOperators.OR, TWO_23_BITS).reinterpretAsFloats()
                .sub(TWO_23 + 126f);
        VectorMask<Float> small = m.compare(VectorOperators.LT, 0.70710678f);
        e = e.blend(e.sub(1f), small);
        FloatVector x = m.blend(m.add(m), small).sub(1f);
        FloatVector z = x.mul(x);
        FloatVector y = x.mul(7.0376836292E-2f).add(-1.1514610310E-1f).mul(x).add(1.1676998740E-1f).mul(x).add(-1.2420140846E-1f)
                .mul(x).add(1.4249322787E-1f).mul(x).add(-1.6668057665E-1f).mul(x).add(2.0000714765E-1f).mul(x).add(-2.4999993993E-1f)
                .mul(x).add(3.3333331174E-1f).mul(x).mul(z);
        y = y.add(e.mul(-2.12194440e-4f)).sub(z.mul(0.5f));
        return x.add(y).add(e.mul(0.693359375f));
    }
}
