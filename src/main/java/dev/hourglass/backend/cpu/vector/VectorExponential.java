package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.cpu.FloatMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp, exp - 1, e^-|x|, the normal distribution function and its density of {@link FloatMath} over ranges, bit-equal to it.
 *
 * <p>Every loop here is short and calls nothing but the vector library: functions of several steps go through memory between them, a block that stays
 * in the first cache. C2 gives up on inlining in longer loops, and then every vector becomes a heap object. For the same reason integer vectors meet
 * other vectors only, and plain numbers in shifts alone: that overload looks for shifts first, and C2 must see it always find one.
 */
final class VectorExponential {
    private static final int LANES = SPECIES.length();
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    private VectorExponential() {
    }

    /** y = e^(scale x); {@code length}, here and below, is a multiple of the vector length. */
    static void exp(float scale, float[] x, int xOffset, float[] y, int yOffset, int length) {
        IntVector toExponent = IntVector.broadcast(INTS, 1 << 23);
        IntVector bias = IntVector.broadcast(INTS, 127 << 23);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i).mul(scale);
            FloatVector n = v.mul(FloatMath.LOG2_E).add(FloatMath.ROUNDER).sub(FloatMath.ROUNDER);
            FloatVector r = v.sub(n.mul(FloatMath.LN2_HIGH)).sub(n.mul(FloatMath.LN2_LOW));
            FloatVector p = r.mul(FloatMath.E5).add(FloatMath.E4).mul(r).add(FloatMath.E3).mul(r).add(FloatMath.E2).mul(r).add(FloatMath.E1)
                    .mul(r).add(FloatMath.E0).mul(r.mul(r)).add(r).add(1f);
            FloatVector half = n.mul(0.5f).add(FloatMath.ROUNDER);
            FloatVector rest = n.sub(half.sub(FloatMath.ROUNDER)).add(FloatMath.ROUNDER);
            p.mul(half.reinterpretAsInts().mul(toExponent).add(bias).reinterpretAsFloats())
                    .mul(rest.reinterpretAsInts().mul(toExponent).add(bias).reinterpretAsFloats())
                    .blend(Float.POSITIVE_INFINITY, v.compare(VectorOperators.GT, FloatMath.EXP_OVERFLOW))
                    .blend(0f, v.compare(VectorOperators.LT, FloatMath.EXP_UNDERFLOW)).intoArray(y, yOffset + i);
        }
    }

    /** y = e^-|x|. */
    static void decay(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).abs().neg().intoArray(y, yOffset + i);
        }
        exp(1f, y, yOffset, y, yOffset, length);
    }

    /** y = e^(sign x) - 1, sign being 1 or -1; x and y are different arrays. */
    static void expm1(float sign, float[] x, int xOffset, float[] y, int yOffset, int length) {
        exp(sign, x, xOffset, y, yOffset, length);
        for (int i = 0; i < length; i += LANES) {
            FloatVector r = FloatVector.fromArray(SPECIES, x, xOffset + i).mul(sign);
            FloatVector near = r.mul(FloatMath.E5).add(FloatMath.E4).mul(r).add(FloatMath.E3).mul(r).add(FloatMath.E2).mul(r).add(FloatMath.E1)
                    .mul(r).add(FloatMath.E0).mul(r.mul(r)).add(r);
            FloatVector.fromArray(SPECIES, y, yOffset + i).sub(1f).blend(near, r.abs().compare(VectorOperators.LT, FloatMath.EXPM1_NEAR))
                    .intoArray(y, yOffset + i);
        }
    }

    /** y = Phi(x); x and y are different arrays. */
    static void normal(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector d = FloatVector.fromArray(SPECIES, x, xOffset + i).abs();
            FloatVector t = d.blend(FloatMath.NORMAL_LIMIT, d.compare(VectorOperators.GT, FloatMath.NORMAL_LIMIT));
            t.mul(FloatMath.Q8).add(FloatMath.Q7).mul(t).add(FloatMath.Q6).mul(t).add(FloatMath.Q5).mul(t).add(FloatMath.Q4).mul(t)
                    .add(FloatMath.Q3).mul(t).add(FloatMath.Q2).mul(t).add(FloatMath.Q1).mul(t).add(FloatMath.Q0).intoArray(y, yOffset + i);
        }
        exp(1f, y, yOffset, y, yOffset, length);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector tail = FloatVector.fromArray(SPECIES, y, yOffset + i);
            FloatVector z = v.mul(v);
            FloatVector near = z.mul(FloatMath.N5).add(FloatMath.N4).mul(z).add(FloatMath.N3).mul(z).add(FloatMath.N2).mul(z).add(FloatMath.N1)
                    .mul(z).add(FloatMath.N0).mul(v).add(0.5f);
            tail.neg().add(1f).blend(tail, v.compare(VectorOperators.LT, 0f))
                    .blend(near, v.abs().compare(VectorOperators.LT, FloatMath.NORMAL_NEAR)).intoArray(y, yOffset + i);
        }
    }

    /** y = phi(x). */
    static void normalDensity(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(-0.5f).mul(v).intoArray(y, yOffset + i);
        }
        exp(1f, y, yOffset, y, yOffset, length);
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(SPECIES, y, yOffset + i).mul(FloatMath.NORMAL_DENSITY_0).intoArray(y, yOffset + i);
        }
    }
}
