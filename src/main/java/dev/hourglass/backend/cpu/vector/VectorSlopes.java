package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** y = f'(a), x being what the activation saves: a for GELU and SILU, f(a) for the others. */
final class VectorSlopes {
    private static final int LANES = SPECIES.length();

    private VectorSlopes() {
    }

    /** Sets {@code length} elements of y, a multiple of the vector length. */
    static void apply(Activation activation, float[] x, int xOffset, float[] y, int yOffset, int length) {
        switch (activation) {
            case IDENTITY -> one(x, xOffset, y, yOffset, length);
            case RELU -> relu(x, xOffset, y, yOffset, length);
            case LEAKY_RELU -> leakyRelu(x, xOffset, y, yOffset, length);
            case ELU -> elu(x, xOffset, y, yOffset, length);
            case GELU -> gelu(x, xOffset, y, yOffset, length);
            case SILU -> silu(x, xOffset, y, yOffset, length);
            case SOFTPLUS -> softplus(x, xOffset, y, yOffset, length);
            case SIGMOID -> sigmoid(x, xOffset, y, yOffset, length);
            case TANH -> tanh(x, xOffset, y, yOffset, length);
            default -> throw new AssertionError(activation);
        }
    }

    private static void one(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v = FloatVector.broadcast(SPECIES, 1f);
            v.intoArray(y, yOffset + i);
        }
    }

    private static void relu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector.zero(SPECIES).blend(1f, v.compare(VectorOperators.GT, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void leakyRelu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector.broadcast(SPECIES, Activation.LEAK).blend(1f, v.compare(VectorOperators.GT, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void elu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.add(1f).blend(1f, v.compare(VectorOperators.GT, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void gelu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            VectorMath.normalDensity(v).mul(v).add(VectorMath.normal(v)).intoArray(y, yOffset + i);
        }
    }

    private static void silu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector s = VectorMath.sigmoid(v, VectorMath.decay(v));
            s.mul(s.neg().add(1f).mul(v).add(1f)).intoArray(y, yOffset + i);
        }
    }

    private static void softplus(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            VectorMath.expm1(v.neg()).neg().intoArray(y, yOffset + i);
        }
    }

    private static void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(v.neg().add(1f)).intoArray(y, yOffset + i);
        }
    }

    private static void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(v).neg().add(1f).intoArray(y, yOffset + i);
        }
    }
}
