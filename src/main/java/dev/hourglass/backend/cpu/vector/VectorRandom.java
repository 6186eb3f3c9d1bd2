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
 * {@link Philox} for one counter per lane, bit-equal to it. A round of work fills a few arrays word by word: all first words, all second words and so
 * on; only the last step puts them into the order of the elements. Loops follow the rules of {@link VectorBlock}.
 */
final class VectorRandom {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final int LANES = INTS.length();
    private static final int PAIRS = LONGS.length();
    /** Counters of a round of work, and its elements. */
    private static final int COUNTERS = 4 * LANES;
    private static final int BATCH = 4 * COUNTERS;
    /** ARM has no product of 64-bit lanes, and what the library does instead is slower than the scalar twin. */
    private static final boolean SUPPORTED = SPECIES.vectorBitSize() >= 256;
    private static final int BUMP_0 = 0x9E3779B9;
    private static final int BUMP_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final long LOW = 0xFFFFFFFFL;
    private static final LongVector LOW_WORD = LongVector.broadcast(LONGS, LOW);
    private static final LongVector MULTIPLIER_0 = LongVector.broadcast(LONGS, 0xD2511F53L);
    private static final LongVector MULTIPLIER_1 = LongVector.broadcast(LONGS, 0xCD9E8D57L);
    private static final LongVector ORDINALS = LongVector.zero(LONGS).addIndex(1);
    /** The bits of 2^23: a number of 23 bits in its mantissa is that number as a float, plus 2^23. */
    private static final IntVector MANTISSA = IntVector.broadcast(INTS, Float.floatToRawIntBits(0x1p23f));
    private static final IntVector LOW_23 = IntVector.broadcast(INTS, 0x7FFFFF);
    private static final IntVector HALF_BITS = IntVector.broadcast(INTS, 0x3F000000);
    private static final IntVector QUARTER_TURN = IntVector.broadcast(INTS, 0x40000000);
    private static final IntVector TOP = IntVector.broadcast(INTS, 0x80000000);
    private static final IntVector NOTHING = IntVector.zero(INTS);

    /** A stage of a round of work. */
    @FunctionalInterface
    private interface Stage {
        void run(VectorRandom work);
    }

    private static final Stage[] UNIFORMS = {VectorRandom::rounds, VectorRandom::join, VectorRandom::uniforms, VectorRandom::interleave};
    private static final Stage[] NORMALS = {VectorRandom::rounds, VectorRandom::join, VectorRandom::reduce, VectorRandom::radii,
        VectorRandom::angles, VectorRandom::turn, VectorRandom::interleave};

    private final long seed;
    private final int step;
    private final int stream;
    private final float[] target;
    private int element;
    private int offset;
    private final int[] words = new int[BATCH];
    private final long[] halves = new long[BATCH];
    private final float[] numbers = new float[BATCH];
    private final float[] sines = new float[BATCH];
    private final float[] cosines = new float[BATCH];

    private VectorRandom(long seed, int step, int stream, int first, float[] target, int offset) {
        this.seed = seed;
        this.step = step;
        this.stream = stream;
        this.element = first;
        this.target = target;
        this.offset = offset;
    }

    /** Sets as many whole batches as fit into {@code length} and returns how many elements that was. */
    static int uniforms(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        int bound = bound(length);
        if (bound > 0) {
            new VectorRandom(seed, step, stream, first, target, offset).run(UNIFORMS, bound);
        }
        return bound;
    }

    /** The same for normals. */
    static int normals(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        int bound = bound(length);
        if (bound > 0) {
            new VectorRandom(seed, step, stream, first, target, offset).run(NORMALS, bound);
        }
        return bound;
    }

    private static int bound(int length) {
        return SUPPORTED ? length / BATCH * BATCH : 0;
    }

    private void run(Stage[] stages, int total) {
        for (int done = 0; done < total; done += BATCH) {
            for (Stage stage : stages) {
                stage.run(this);
            }
            element += BATCH;
            offset += BATCH;
        }
    }

    /** Words in 64-bit lanes: those of counter c at halves[c / PAIRS * 4 PAIRS + w PAIRS + c % PAIRS]. */
    private void rounds() {
        for (int first = 0; first < COUNTERS; first += PAIRS) {
            LongVector c0 = ORDINALS.add(LongVector.broadcast(LONGS, (element >>> 2) + first)).and(LOW_WORD);
            LongVector c1 = LongVector.broadcast(LONGS, step & LOW);
            LongVector c2 = LongVector.broadcast(LONGS, stream & LOW);
            LongVector c3 = LongVector.zero(LONGS);
            int k0 = (int) seed;
            int k1 = (int) (seed >>> 32);
            for (int round = 0; round < ROUNDS; round++) {
                LongVector p0 = c0.mul(MULTIPLIER_0);
                LongVector p1 = c2.mul(MULTIPLIER_1);
                c0 = p1.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c1)
                        .lanewise(VectorOperators.XOR, LongVector.broadcast(LONGS, k0 & LOW));
                c2 = p0.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c3)
                        .lanewise(VectorOperators.XOR, LongVector.broadcast(LONGS, k1 & LOW));
                c1 = p1.and(LOW_WORD);
                c3 = p0.and(LOW_WORD);
                k0 += BUMP_0;
                k1 += BUMP_1;
            }
            c0.or(c0).intoArray(halves, 4 * first);
            c1.or(c1).intoArray(halves, 4 * first + PAIRS);
            c2.or(c2).intoArray(halves, 4 * first + 2 * PAIRS);
            c3.or(c3).intoArray(halves, 4 * first + 3 * PAIRS);
        }
    }

    /** words[w * COUNTERS + c] = word w of counter c. */
    private void join() {
        for (int first = 0; first < COUNTERS; first += PAIRS) {
            for (int w = 0; w < 4; w++) {
                for (int i = 0; i < PAIRS; i++) {
                    words[w * COUNTERS + first + i] = (int) halves[4 * first + w * PAIRS + i];
                }
            }
        }
    }

    /** The next vector of words 0 and 2, passing over the rows of words 1 and 3. */
    private static int next(int i) {
        int next = i + LANES;
        return next / COUNTERS % 2 == 0 ? next : next + COUNTERS;
    }

    private void uniforms() {
        FloatVector two23 = VectorBlock.constant(0x1p23f);
        FloatVector twoMinus23 = VectorBlock.constant(0x1p-23f);
        FloatVector half = VectorBlock.constant(0.5f);
        for (int i = 0; i < BATCH; i += LANES) {
            IntVector.fromArray(INTS, words, i).lanewise(VectorOperators.LSHR, 9).or(MANTISSA).reinterpretAsFloats().sub(two23).add(half)
                    .mul(twoMinus23).intoArray(numbers, i);
        }
    }

    /** Splits the uniforms of words 0 and 2 into the reduced argument of the logarithm and, one row further, the exponent. */
    private void reduce() {
        FloatVector two23 = VectorBlock.constant(0x1p23f);
        FloatVector twoMinus23 = VectorBlock.constant(0x1p-23f);
        FloatVector exponentBias = VectorBlock.constant(0x1p23f + 126f);
        FloatVector half = VectorBlock.constant(0.5f);
        FloatVector one = VectorBlock.constant(1f);
        FloatVector zero = VectorBlock.constant(0f);
        FloatVector rootHalf = VectorBlock.constant(0.70710678f);
        for (int i = 0; i < BATCH; i = next(i)) {
            IntVector bits = IntVector.fromArray(INTS, words, i).lanewise(VectorOperators.LSHR, 9).or(MANTISSA).reinterpretAsFloats()
                    .sub(two23).add(half).mul(twoMinus23).reinterpretAsInts();
            FloatVector m = bits.and(LOW_23).or(HALF_BITS).reinterpretAsFloats();
            FloatVector e = bits.lanewise(VectorOperators.LSHR, 23).or(MANTISSA).reinterpretAsFloats().sub(exponentBias);
            VectorMask<Float> small = m.compare(VectorOperators.LT, rootHalf);
            m.add(zero.blend(m, small)).sub(one).intoArray(numbers, i);
            e.sub(zero.blend(one, small)).intoArray(numbers, i + COUNTERS);
        }
    }

    /** From the reduced arguments, and the exponents one row further, to the radii sqrt(-2 log u). */
    private void radii() {
        FloatVector half = VectorBlock.constant(0.5f);
        FloatVector minusTwo = VectorBlock.constant(-2f);
        FloatVector ln2Low = VectorBlock.constant(-2.12194440e-4f);
        FloatVector ln2High = VectorBlock.constant(0.693359375f);
        FloatVector l8 = VectorBlock.constant(7.0376836292E-2f);
        FloatVector l7 = VectorBlock.constant(-1.1514610310E-1f);
        FloatVector l6 = VectorBlock.constant(1.1676998740E-1f);
        FloatVector l5 = VectorBlock.constant(-1.2420140846E-1f);
        FloatVector l4 = VectorBlock.constant(1.4249322787E-1f);
        FloatVector l3 = VectorBlock.constant(-1.6668057665E-1f);
        FloatVector l2 = VectorBlock.constant(2.0000714765E-1f);
        FloatVector l1 = VectorBlock.constant(-2.4999993993E-1f);
        FloatVector l0 = VectorBlock.constant(3.3333331174E-1f);
        for (int i = 0; i < BATCH; i = next(i)) {
            FloatVector x = FloatVector.fromArray(SPECIES, numbers, i);
            FloatVector e = FloatVector.fromArray(SPECIES, numbers, i + COUNTERS);
            FloatVector z = x.mul(x);
            FloatVector y = x.mul(l8).add(l7).mul(x).add(l6).mul(x).add(l5).mul(x).add(l4).mul(x).add(l3).mul(x).add(l2).mul(x).add(l1)
                    .mul(x).add(l0).mul(x).mul(z).add(e.mul(ln2Low)).sub(z.mul(half));
            x.add(y).add(e.mul(ln2High)).mul(minusTwo).sqrt().intoArray(numbers, i);
        }
    }

    /** Sines and cosines of the angles in words 1 and 3, within the first quadrant, kept at the indices of words 0 and 2. */
    private void angles() {
        FloatVector two23 = VectorBlock.constant(0x1p23f);
        FloatVector twoMinus23 = VectorBlock.constant(0x1p-23f);
        FloatVector half = VectorBlock.constant(0.5f);
        FloatVector one = VectorBlock.constant(1f);
        FloatVector halfPi = VectorBlock.constant(1.5707964f);
        FloatVector s2 = VectorBlock.constant(-1.9515295891E-4f);
        FloatVector s1 = VectorBlock.constant(8.3321608736E-3f);
        FloatVector s0 = VectorBlock.constant(-1.6666654611E-1f);
        FloatVector c2 = VectorBlock.constant(2.443315711809948E-5f);
        FloatVector c1 = VectorBlock.constant(-1.388731625493765E-3f);
        FloatVector c0 = VectorBlock.constant(4.166664568298827E-2f);
        for (int i = 0; i < BATCH; i = next(i)) {
            FloatVector t = IntVector.fromArray(INTS, words, i + COUNTERS).lanewise(VectorOperators.LSHR, 7).and(LOW_23).or(MANTISSA)
                    .reinterpretAsFloats().sub(two23).add(half).mul(twoMinus23);
            VectorMask<Float> upper = t.compare(VectorOperators.GT, half);
            FloatVector a = t.blend(one.sub(t), upper).mul(halfPi);
            FloatVector z = a.mul(a);
            FloatVector s = z.mul(s2).add(s1).mul(z).add(s0).mul(z).mul(a).add(a);
            FloatVector c = z.mul(c2).add(c1).mul(z).add(c0).mul(z).mul(z).sub(z.mul(half)).add(one);
            s.blend(c, upper).intoArray(sines, i);
            c.blend(s, upper).intoArray(cosines, i);
        }
    }

    /** Turns cosines and sines into the quadrants of the angles and scales them by the radii: four rows of normals. */
    private void turn() {
        for (int i = 0; i < BATCH; i = next(i)) {
            FloatVector radius = FloatVector.fromArray(SPECIES, numbers, i);
            IntVector angle = IntVector.fromArray(INTS, words, i + COUNTERS);
            IntVector sine = FloatVector.fromArray(SPECIES, sines, i).reinterpretAsInts();
            IntVector cosine = FloatVector.fromArray(SPECIES, cosines, i).reinterpretAsInts();
            VectorMask<Integer> odd = angle.add(angle).compare(VectorOperators.LT, NOTHING);
            IntVector xSign = angle.add(QUARTER_TURN).and(TOP);
            IntVector ySign = angle.and(TOP);
            cosine.blend(sine, odd).lanewise(VectorOperators.XOR, xSign).reinterpretAsFloats().mul(radius).intoArray(numbers, i);
            sine.blend(cosine, odd).lanewise(VectorOperators.XOR, ySign).reinterpretAsFloats().mul(radius).intoArray(numbers, i + COUNTERS);
        }
    }

    /** From word by word to element by element. */
    private void interleave() {
        for (int i = 0; i < COUNTERS; i++) {
            int at = offset + 4 * i;
            target[at] = numbers[i];
            target[at + 1] = numbers[COUNTERS + i];
            target[at + 2] = numbers[2 * COUNTERS + i];
            target[at + 3] = numbers[3 * COUNTERS + i];
        }
    }
}
