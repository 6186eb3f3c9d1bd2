package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.FloatMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The functions of {@link FloatMath} on vectors: the same operations in the same order, so the same bits. */
final class VectorMath {
    private static final int ROUNDER_BITS = Float.floatToRawIntBits(FloatMath.ROUNDER);

    private VectorMath() {
    }

    static FloatVector exp(FloatVector x) {
        FloatVector rounded = x.mul(FloatMath.LOG2_E).add(FloatMath.ROUNDER);
        IntVector exponent = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
        FloatVector n = rounded.sub(FloatMath.ROUNDER);
        FloatVector r = x.sub(n.mul(FloatMath.LN2_HIGH)).sub(n.mul(FloatMath.LN2_LOW));
        FloatVector p = expTail(r).add(1f);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        FloatVector y = p.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
                .mul(exponent.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
        return y.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, FloatMath.EXP_OVERFLOW))
                .blend(0f, x.compare(VectorOperators.LT, FloatMath.EXP_UNDERFLOW));
    }

    private static FloatVector expTail(FloatVector r) {
        return r.mul(FloatMath.E5).add(FloatMath.E4).mul(r).add(FloatMath.E3).mul(r).add(FloatMath.E2).mul(r).add(FloatMath.E1).mul(r)
                .add(FloatMath.E0).mul(r.mul(r)).add(r);
    }

    static FloatVector expm1(FloatVector x) {
        return exp(x).sub(1f).blend(expTail(x), x.abs().compare(VectorOperators.LT, FloatMath.EXPM1_NEAR));
    }

    static FloatVector log1p(FloatVector u) {
        FloatVector s = u.div(u.add(2f));
        FloatVector z = s.mul(s);
        return z.mul(FloatMath.L3).add(FloatMath.L2).mul(z).add(FloatMath.L1).mul(z).add(FloatMath.L0).mul(z).add(2f).mul(s);
    }

    /** Returns e^-|x|. */
    static FloatVector decay(FloatVector x) {
        return exp(x.abs().neg());
    }

    static FloatVector sigmoid(FloatVector x, FloatVector e) {
        return e.blend(1f, x.compare(VectorOperators.LT, 0f).not()).div(e.add(1f));
    }

    static FloatVector softplus(FloatVector x, FloatVector e) {
        return positive(x).add(log1p(e));
    }

    static FloatVector positive(FloatVector x) {
        return x.blend(0f, x.compare(VectorOperators.LT, 0f));
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector z = x.mul(x);
        FloatVector near = z.mul(FloatMath.T4).add(FloatMath.T3).mul(z).add(FloatMath.T2).mul(z).add(FloatMath.T1).mul(z).add(FloatMath.T0)
                .mul(z).mul(x).add(x);
        FloatVector two = FloatVector.broadcast(VectorSource.SPECIES, 2f);
        FloatVector far = two.div(exp(x.add(x)).add(1f)).neg().add(1f);
        return far.blend(near, x.abs().compare(VectorOperators.LT, FloatMath.TANH_NEAR));
    }

    static FloatVector normal(FloatVector x) {
        FloatVector z = x.mul(x);
        FloatVector near = z.mul(FloatMath.N5).add(FloatMath.N4).mul(z).add(FloatMath.N3).mul(z).add(FloatMath.N2).mul(z).add(FloatMath.N1)
                .mul(z).add(FloatMath.N0).mul(x).add(0.5f);
        FloatVector distance = x.abs();
        FloatVector t = distance.blend(FloatMath.NORMAL_LIMIT, distance.compare(VectorOperators.GT, FloatMath.NORMAL_LIMIT));
        FloatVector tail = exp(t.mul(FloatMath.Q8).add(FloatMath.Q7).mul(t).add(FloatMath.Q6).mul(t).add(FloatMath.Q5).mul(t).add(FloatMath.Q4)
                .mul(t).add(FloatMath.Q3).mul(t).add(FloatMath.Q2).mul(t).add(FloatMath.Q1).mul(t).add(FloatMath.Q0));
        FloatVector far = tail.neg().add(1f).blend(tail, x.compare(VectorOperators.LT, 0f));
        return far.blend(near, distance.compare(VectorOperators.LT, FloatMath.NORMAL_NEAR));
    }

    static FloatVector normalDensity(FloatVector x) {
        return exp(x.mul(-0.5f).mul(x)).mul(FloatMath.NORMAL_DENSITY_0);
    }
}
