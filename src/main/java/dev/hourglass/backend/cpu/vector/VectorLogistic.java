package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.cpu.FloatMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Functions of x and e = e^-|x| (or e^2x for tanh) over ranges, bit-equal to {@link FloatMath}; short loops as in {@link VectorExponential}. */
final class VectorLogistic {
    private static final int LANES = SPECIES.length();

    private VectorLogistic() {
    }

    /** y = 1 / (1 + e^-x); e starts at index 0 and may be y. */
    static void sigmoid(float[] x, int xOffset, float[] e, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector decay = FloatVector.fromArray(SPECIES, e, i);
            FloatVector.broadcast(SPECIES, 1f).blend(decay, v.compare(VectorOperators.LT, 0f)).div(decay.add(1f)).intoArray(y, yOffset + i);
        }
    }

    /** y = log(1 + e^x). */
    static void softplus(float[] x, int xOffset, float[] e, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector decay = FloatVector.fromArray(SPECIES, e, i);
            FloatVector s = decay.div(decay.add(2f));
            FloatVector z = s.mul(s);
            FloatVector log = z.mul(FloatMath.L3).add(FloatMath.L2).mul(z).add(FloatMath.L1).mul(z).add(FloatMath.L0).mul(z).add(2f).mul(s);
            v.blend(0f, v.compare(VectorOperators.LT, 0f)).add(log).intoArray(y, yOffset + i);
        }
    }

    /** y = tanh(x) from e = e^2x. */
    static void tanh(float[] x, int xOffset, float[] e, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector z = v.mul(v);
            FloatVector near = z.mul(FloatMath.T4).add(FloatMath.T3).mul(z).add(FloatMath.T2).mul(z).add(FloatMath.T1).mul(z).add(FloatMath.T0)
                    .mul(z).mul(v).add(v);
            FloatVector far = FloatVector.broadcast(SPECIES, 2f).div(FloatVector.fromArray(SPECIES, e, i).add(1f)).neg().add(1f);
            far.blend(near, v.abs().compare(VectorOperators.LT, FloatMath.TANH_NEAR)).intoArray(y, yOffset + i);
        }
    }

    /** Returns sum log(1 + e^l) - l x over a block of at most VECTORS_PER_SUM vectors; softplus is overwritten by the terms. */
    static double bernoulli(float[] l, int lOffset, float[] x, int xOffset, float[] softplus, float[] lanes, int length) {
        FloatVector part = FloatVector.zero(SPECIES);
        for (int i = 0; i < length; i += LANES) {
            FloatVector product = FloatVector.fromArray(SPECIES, l, lOffset + i).mul(FloatVector.fromArray(SPECIES, x, xOffset + i));
            part = FloatVector.fromArray(SPECIES, softplus, i).sub(product).add(part);
        }
        return VectorArithmetic.total(part, lanes);
    }
}
