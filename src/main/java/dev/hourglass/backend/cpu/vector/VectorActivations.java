package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** y = f(x), one loop per activation: C2 keeps vectors in registers inside a loop, not across a call it cannot see through. */
final class VectorActivations {
    private static final int LANES = SPECIES.length();

    private VectorActivations() {
    }

    /** Sets {@code length} elements of y, a multiple of the vector length. */
    static void apply(Activation activation, float[] x, int xOffset, float[] y, int yOffset, int length) {
        switch (activation) {
            case IDENTITY -> identity(x, xOffset, y, yOffset, length);
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

    private static void identity(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.intoArray(y, yOffset + i);
        }
    }

    private static void relu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            VectorMath.positive(v).intoArray(y, yOffset + i);
        }
    }

    private static void leakyRelu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(Activation.LEAK).blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void elu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            VectorMath.expm1(v).blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void gelu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            VectorMath.normal(v).mul(v).intoArray(y, yOffset + i);
        }
    }

    private static void silu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            VectorMath.sigmoid(v, VectorMath.decay(v)).mul(v).intoArray(y, yOffset + i);
        }
    }

    private static void softplus(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            VectorMath.softplus(v, VectorMath.decay(v)).intoArray(y, yOffset + i);
        }
    }

    private static void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            VectorMath.sigmoid(v, VectorMath.decay(v)).intoArray(y, yOffset + i);
        }
    }

    private static void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            VectorMath.tanh(v).intoArray(y, yOffset + i);
        }
    }
}
