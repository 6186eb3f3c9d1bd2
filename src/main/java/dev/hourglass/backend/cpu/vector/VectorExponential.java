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
        FloatVector highest = VectorBlock.constant(FloatMath.EXP_HIGHEST);
        FloatVector lowest = VectorBlock.constant(FloatMath.EXP_LOWEST);
        FloatVector log2E = VectorBlock.constant(FloatMath.LOG2_E);
        FloatVector rounder = VectorBlock.constant(FloatMath.ROUNDER);
        FloatVector ln2High = VectorBlock.constant(FloatMath.LN2_HIGH);
        FloatVector ln2Low = VectorBlock.constant(FloatMath.LN2_LOW);
        FloatVector k5 = VectorBlock.constant(FloatMath.E5);
        FloatVector k4 = VectorBlock.constant(FloatMath.E4);
        FloatVector k3 = VectorBlock.constant(FloatMath.E3);
        FloatVector k2 = VectorBlock.constant(FloatMath.E2);
        FloatVector k1 = VectorBlock.constant(FloatMath.E1);
        FloatVector k0 = VectorBlock.constant(FloatMath.E0);
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector given = FloatVector.fromArray(SPECIES, e, i);
            FloatVector v = given.blend(highest, given.compare(VectorOperators.GT, highest))
                    .blend(lowest, given.compare(VectorOperators.LT, lowest));
            FloatVector rounded = v.mul(log2E).add(rounder);
            FloatVector n = rounded.sub(rounder);
            FloatVector r = v.sub(n.mul(ln2High)).sub(n.mul(ln2Low));
            FloatVector p = r.mul(k5).add(k4).mul(r).add(k3).mul(r).add(k2).mul(r).add(k1).mul(r).add(k0).mul(r.mul(r)).add(r).add(one);
            p.add(p).mul(rounded.reinterpretAsInts().mul(TO_EXPONENT).add(BIAS).reinterpretAsFloats()).intoArray(e, i);
        }
    }

    /** e = exp(factor x) - 1 from e = exp(factor x). */
    static void expm1(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        FloatVector factor = VectorBlock.constant(block.factor);
        FloatVector k5 = VectorBlock.constant(FloatMath.E5);
        FloatVector k4 = VectorBlock.constant(FloatMath.E4);
        FloatVector k3 = VectorBlock.constant(FloatMath.E3);
        FloatVector k2 = VectorBlock.constant(FloatMath.E2);
        FloatVector k1 = VectorBlock.constant(FloatMath.E1);
        FloatVector k0 = VectorBlock.constant(FloatMath.E0);
        FloatVector expm1Near = VectorBlock.constant(FloatMath.EXPM1_NEAR);
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector r = FloatVector.fromArray(SPECIES, x, xOffset + i).mul(factor);
            FloatVector near = r.mul(k5).add(k4).mul(r).add(k3).mul(r).add(k2).mul(r).add(k1).mul(r).add(k0).mul(r.mul(r)).add(r);
            FloatVector.fromArray(SPECIES, e, i).sub(one).blend(near, r.abs().compare(VectorOperators.LT, expm1Near)).intoArray(e, i);
        }
    }

    /** e = the logarithm of Phi(-|x|), for |x| that is not small. */
    static void normalArgument(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        FloatVector normalLimit = VectorBlock.constant(FloatMath.NORMAL_LIMIT);
        FloatVector q8 = VectorBlock.constant(FloatMath.Q8);
        FloatVector q7 = VectorBlock.constant(FloatMath.Q7);
        FloatVector q6 = VectorBlock.constant(FloatMath.Q6);
        FloatVector q5 = VectorBlock.constant(FloatMath.Q5);
        FloatVector q4 = VectorBlock.constant(FloatMath.Q4);
        FloatVector q3 = VectorBlock.constant(FloatMath.Q3);
        FloatVector q2 = VectorBlock.constant(FloatMath.Q2);
        FloatVector q1 = VectorBlock.constant(FloatMath.Q1);
        FloatVector q0 = VectorBlock.constant(FloatMath.Q0);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector distance = FloatVector.fromArray(SPECIES, x, xOffset + i).abs();
            FloatVector t = distance.blend(normalLimit, distance.compare(VectorOperators.GT, normalLimit));
            t.mul(q8).add(q7).mul(t).add(q6).mul(t).add(q5).mul(t).add(q4).mul(t).add(q3).mul(t).add(q2).mul(t).add(q1).mul(t).add(q0)
                    .intoArray(e, i);
        }
    }

    /** e = Phi(x) from e = Phi(-|x|). */
    static void normal(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        FloatVector normalNear = VectorBlock.constant(FloatMath.NORMAL_NEAR);
        FloatVector n5 = VectorBlock.constant(FloatMath.N5);
        FloatVector n4 = VectorBlock.constant(FloatMath.N4);
        FloatVector n3 = VectorBlock.constant(FloatMath.N3);
        FloatVector n2 = VectorBlock.constant(FloatMath.N2);
        FloatVector n1 = VectorBlock.constant(FloatMath.N1);
        FloatVector n0 = VectorBlock.constant(FloatMath.N0);
        FloatVector zero = VectorBlock.constant(0f);
        FloatVector half = VectorBlock.constant(0.5f);
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector tail = FloatVector.fromArray(SPECIES, e, i);
            FloatVector z = v.mul(v);
            FloatVector near = z.mul(n5).add(n4).mul(z).add(n3).mul(z).add(n2).mul(z).add(n1).mul(z).add(n0).mul(v).add(half);
            one.sub(tail).blend(tail, v.compare(VectorOperators.LT, zero)).blend(near, v.abs().compare(VectorOperators.LT, normalNear))
                    .intoArray(e, i);
        }
    }

    /** e = -x^2 / 2. */
    static void densityArgument(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        FloatVector minusHalf = VectorBlock.constant(-0.5f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(minusHalf).mul(v).intoArray(e, i);
        }
    }

    /** d = phi(x) from e = exp(-x^2 / 2). */
    static void density(VectorBlock block) {
        float[] e = block.e;
        float[] d = block.d;
        FloatVector density0 = VectorBlock.constant(FloatMath.NORMAL_DENSITY_0);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector.fromArray(SPECIES, e, i).mul(density0).intoArray(d, i);
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
