package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.cpu.FloatMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Loops of the logistic functions and tanh of {@link FloatMath}, bit-equal to it; rules in {@link VectorBlock}. */
final class VectorLogistic {
    private static final int LANES = VectorBlock.LANES;
    private static final FloatVector ZERO = VectorBlock.constant(0f);
    private static final FloatVector ONE = VectorBlock.constant(1f);
    private static final FloatVector TWO = VectorBlock.constant(2f);
    private static final FloatVector L3 = VectorBlock.constant(FloatMath.L3);
    private static final FloatVector L2 = VectorBlock.constant(FloatMath.L2);
    private static final FloatVector L1 = VectorBlock.constant(FloatMath.L1);
    private static final FloatVector L0 = VectorBlock.constant(FloatMath.L0);
    private static final FloatVector T4 = VectorBlock.constant(FloatMath.T4);
    private static final FloatVector T3 = VectorBlock.constant(FloatMath.T3);
    private static final FloatVector T2 = VectorBlock.constant(FloatMath.T2);
    private static final FloatVector T1 = VectorBlock.constant(FloatMath.T1);
    private static final FloatVector T0 = VectorBlock.constant(FloatMath.T0);
    private static final FloatVector TANH_NEAR = VectorBlock.constant(FloatMath.TANH_NEAR);

    private VectorLogistic() {
    }

    /** e = 1 / (1 + e^-x) from e = e^-|x|. */
    static void sigmoid(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector decay = FloatVector.fromArray(SPECIES, e, i);
            ONE.blend(decay, v.compare(VectorOperators.LT, ZERO)).div(decay.add(ONE)).intoArray(e, i);
        }
    }

    /** d = 1 / (1 + e^-x) from e = e^-|x|. */
    static void sigmoidBeside(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        float[] d = block.d;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector decay = FloatVector.fromArray(SPECIES, e, i);
            ONE.blend(decay, v.compare(VectorOperators.LT, ZERO)).div(decay.add(ONE)).intoArray(d, i);
        }
    }

    /** e = log(1 + e^x) from e = e^-|x|. */
    static void softplus(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector decay = FloatVector.fromArray(SPECIES, e, i);
            FloatVector s = decay.div(decay.add(TWO));
            FloatVector z = s.mul(s);
            FloatVector log = z.mul(L3).add(L2).mul(z).add(L1).mul(z).add(L0).mul(z).add(TWO).mul(s);
            v.blend(ZERO, v.compare(VectorOperators.LT, ZERO)).add(log).intoArray(e, i);
        }
    }

    /** e = tanh(x) from e = e^2x. */
    static void tanh(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector z = v.mul(v);
            FloatVector near = z.mul(T4).add(T3).mul(z).add(T2).mul(z).add(T1).mul(z).add(T0).mul(z).mul(v).add(v);
            FloatVector far = ONE.sub(TWO.div(FloatVector.fromArray(SPECIES, e, i).add(ONE)));
            far.blend(near, v.abs().compare(VectorOperators.LT, TANH_NEAR)).intoArray(e, i);
        }
    }
}
