package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.cpu.FloatMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Loops of exp, exp - 1, the normal distribution function and its density of {@link FloatMath}, bit-equal to it; rules in {@link VectorBlock}. */
final class VectorExponential {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = VectorBlock.LANES;
    private static final IntVector TO_EXPONENT = IntVector.broadcast(INTS, 1 << 23);
    private static final IntVector BIAS = IntVector.broadcast(INTS, FloatMath.EXPONENT_BIAS);
    private static final FloatVector HIGHEST = VectorBlock.constant(FloatMath.EXP_HIGHEST);
    private static final FloatVector LOWEST = VectorBlock.constant(FloatMath.EXP_LOWEST);
    private static final FloatVector LOG2_E = VectorBlock.constant(FloatMath.LOG2_E);
    private static final FloatVector ROUNDER = VectorBlock.constant(FloatMath.ROUNDER);
    private static final FloatVector LN2_HIGH = VectorBlock.constant(FloatMath.LN2_HIGH);
    private static final FloatVector LN2_LOW = VectorBlock.constant(FloatMath.LN2_LOW);
    private static final FloatVector E5 = VectorBlock.constant(FloatMath.E5);
    private static final FloatVector E4 = VectorBlock.constant(FloatMath.E4);
    private static final FloatVector E3 = VectorBlock.constant(FloatMath.E3);
    private static final FloatVector E2 = VectorBlock.constant(FloatMath.E2);
    private static final FloatVector E1 = VectorBlock.constant(FloatMath.E1);
    private static final FloatVector E0 = VectorBlock.constant(FloatMath.E0);
    private static final FloatVector EXPM1_NEAR = VectorBlock.constant(FloatMath.EXPM1_NEAR);
    private static final FloatVector NORMAL_NEAR = VectorBlock.constant(FloatMath.NORMAL_NEAR);
    private static final FloatVector NORMAL_LIMIT = VectorBlock.constant(FloatMath.NORMAL_LIMIT);
    private static final FloatVector N5 = VectorBlock.constant(FloatMath.N5);
    private static final FloatVector N4 = VectorBlock.constant(FloatMath.N4);
    private static final FloatVector N3 = VectorBlock.constant(FloatMath.N3);
    private static final FloatVector N2 = VectorBlock.constant(FloatMath.N2);
    private static final FloatVector N1 = VectorBlock.constant(FloatMath.N1);
    private static final FloatVector N0 = VectorBlock.constant(FloatMath.N0);
    private static final FloatVector Q8 = VectorBlock.constant(FloatMath.Q8);
    private static final FloatVector Q7 = VectorBlock.constant(FloatMath.Q7);
    private static final FloatVector Q6 = VectorBlock.constant(FloatMath.Q6);
    private static final FloatVector Q5 = VectorBlock.constant(FloatMath.Q5);
    private static final FloatVector Q4 = VectorBlock.constant(FloatMath.Q4);
    private static final FloatVector Q3 = VectorBlock.constant(FloatMath.Q3);
    private static final FloatVector Q2 = VectorBlock.constant(FloatMath.Q2);
    private static final FloatVector Q1 = VectorBlock.constant(FloatMath.Q1);
    private static final FloatVector Q0 = VectorBlock.constant(FloatMath.Q0);
    private static final FloatVector DENSITY_0 = VectorBlock.constant(FloatMath.NORMAL_DENSITY_0);
    private static final FloatVector ZERO = VectorBlock.constant(0f);
    private static final FloatVector HALF = VectorBlock.constant(0.5f);
    private static final FloatVector MINUS_HALF = VectorBlock.constant(-0.5f);
    private static final FloatVector ONE = VectorBlock.constant(1f);

    private VectorExponential() {
    }

    /** e = factor x. */
    static void argument(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        FloatVector factor = VectorBlock.constant(block.factor);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).mul(factor).intoArray(e, i);
        }
    }

    /** e = -|x|. */
    static void decayArgument(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).abs().neg().intoArray(e, i);
        }
    }

    /** e = exp(e). */
    static void exp(VectorBlock block) {
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, e, i).min(HIGHEST).max(LOWEST);
            FloatVector rounded = v.mul(LOG2_E).add(ROUNDER);
            FloatVector n = rounded.sub(ROUNDER);
            FloatVector r = v.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
            FloatVector p = r.mul(E5).add(E4).mul(r).add(E3).mul(r).add(E2).mul(r).add(E1).mul(r).add(E0).mul(r.mul(r)).add(r).add(ONE);
            p.add(p).mul(rounded.reinterpretAsInts().mul(TO_EXPONENT).add(BIAS).reinterpretAsFloats()).intoArray(e, i);
        }
    }

    /** e = exp(factor x) - 1 from e = exp(factor x). */
    static void expm1(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        FloatVector factor = VectorBlock.constant(block.factor);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector r = FloatVector.fromArray(SPECIES, x, xOffset + i).mul(factor);
            FloatVector near = r.mul(E5).add(E4).mul(r).add(E3).mul(r).add(E2).mul(r).add(E1).mul(r).add(E0).mul(r.mul(r)).add(r);
            FloatVector.fromArray(SPECIES, e, i).sub(ONE).blend(near, r.abs().compare(VectorOperators.LT, EXPM1_NEAR)).intoArray(e, i);
        }
    }

    /** e = the logarithm of Phi(-|x|), for |x| that is not small. */
    static void normalArgument(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector t = FloatVector.fromArray(SPECIES, x, xOffset + i).abs().min(NORMAL_LIMIT);
            t.mul(Q8).add(Q7).mul(t).add(Q6).mul(t).add(Q5).mul(t).add(Q4).mul(t).add(Q3).mul(t).add(Q2).mul(t).add(Q1).mul(t).add(Q0)
                    .intoArray(e, i);
        }
    }

    /** e = Phi(x) from e = Phi(-|x|). */
    static void normal(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector tail = FloatVector.fromArray(SPECIES, e, i);
            FloatVector z = v.mul(v);
            FloatVector near = z.mul(N5).add(N4).mul(z).add(N3).mul(z).add(N2).mul(z).add(N1).mul(z).add(N0).mul(v).add(HALF);
            ONE.sub(tail).blend(tail, v.compare(VectorOperators.LT, ZERO)).blend(near, v.abs().compare(VectorOperators.LT, NORMAL_NEAR))
                    .intoArray(e, i);
        }
    }

    /** e = -x^2 / 2. */
    static void densityArgument(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(MINUS_HALF).mul(v).intoArray(e, i);
        }
    }

    /** d = phi(x) from e = exp(-x^2 / 2). */
    static void density(VectorBlock block) {
        float[] e = block.e;
        float[] d = block.d;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector.fromArray(SPECIES, e, i).mul(DENSITY_0).intoArray(d, i);
        }
    }

    /** y = e. */
    static void store(VectorBlock block) {
        float[] y = block.y;
        int yOffset = block.yOffset;
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector.fromArray(SPECIES, e, i).intoArray(y, yOffset + i);
        }
    }
}
