package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.cpu.FloatMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Loops of the logistic functions and tanh of {@link FloatMath}, bit-equal to it; rules in {@link VectorBlock}. */
final class VectorLogistic {
    private static final int LANES = VectorBlock.LANES;

    private VectorLogistic() {
    }

    /** e = 1 / (1 + e^-x) from e = e^-|x|. */
    static void sigmoid(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        FloatVector zero = VectorBlock.constant(0f);
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector decay = FloatVector.fromArray(SPECIES, e, i);
            one.blend(decay, v.compare(VectorOperators.LT, zero)).div(decay.add(one)).intoArray(e, i);
        }
    }

    /** d = 1 / (1 + e^-x) from e = e^-|x|. */
    static void sigmoidBeside(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        float[] d = block.d;
        FloatVector zero = VectorBlock.constant(0f);
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector decay = FloatVector.fromArray(SPECIES, e, i);
            one.blend(decay, v.compare(VectorOperators.LT, zero)).div(decay.add(one)).intoArray(d, i);
        }
    }

    /** e = log(1 + e^x) from e = e^-|x|. */
    static void softplus(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        FloatVector zero = VectorBlock.constant(0f);
        FloatVector two = VectorBlock.constant(2f);
        FloatVector l3 = VectorBlock.constant(FloatMath.L3);
        FloatVector l2 = VectorBlock.constant(FloatMath.L2);
        FloatVector l1 = VectorBlock.constant(FloatMath.L1);
        FloatVector l0 = VectorBlock.constant(FloatMath.L0);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector decay = FloatVector.fromArray(SPECIES, e, i);
            FloatVector s = decay.div(decay.add(two));
            FloatVector z = s.mul(s);
            FloatVector log = z.mul(l3).add(l2).mul(z).add(l1).mul(z).add(l0).mul(z).add(two).mul(s);
            v.blend(zero, v.compare(VectorOperators.LT, zero)).add(log).intoArray(e, i);
        }
    }

    /** e = tanh(x) from e = e^2x. */
    static void tanh(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] e = block.e;
        FloatVector one = VectorBlock.constant(1f);
        FloatVector two = VectorBlock.constant(2f);
        FloatVector t4 = VectorBlock.constant(FloatMath.T4);
        FloatVector t3 = VectorBlock.constant(FloatMath.T3);
        FloatVector t2 = VectorBlock.constant(FloatMath.T2);
        FloatVector t1 = VectorBlock.constant(FloatMath.T1);
        FloatVector t0 = VectorBlock.constant(FloatMath.T0);
        FloatVector tanhNear = VectorBlock.constant(FloatMath.TANH_NEAR);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector z = v.mul(v);
            FloatVector near = z.mul(t4).add(t3).mul(z).add(t2).mul(z).add(t1).mul(z).add(t0).mul(z).mul(v).add(v);
            FloatVector far = one.sub(two.div(FloatVector.fromArray(SPECIES, e, i).add(one)));
            far.blend(near, v.abs().compare(VectorOperators.LT, tanhNear)).intoArray(e, i);
        }
    }
}
