package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** y = f(x), a loop per activation over a block of at most {@link VectorLanes#BLOCK} elements, a multiple of the vector length. */
final class VectorActivations {
    private static final int LANES = SPECIES.length();

    private VectorActivations() {
    }

    /** @param e scratch of a block. Modified. */
    static void apply(Activation activation, float[] x, int xOffset, float[] y, int yOffset, int length, float[] e) {
        switch (activation) {
            case IDENTITY -> System.arraycopy(x, xOffset, y, yOffset, length);
            case RELU -> relu(x, xOffset, y, yOffset, length);
            case LEAKY_RELU -> leakyRelu(x, xOffset, y, yOffset, length);
            case ELU -> {
                VectorExponential.expm1(1f, x, xOffset, e, 0, length);
                elu(x, xOffset, e, y, yOffset, length);
            }
            case GELU -> {
                VectorExponential.normal(x, xOffset, e, 0, length);
                product(x, xOffset, e, y, yOffset, length);
            }
            case SILU -> {
                VectorExponential.decay(x, xOffset, e, 0, length);
                VectorLogistic.sigmoid(x, xOffset, e, e, 0, length);
                product(x, xOffset, e, y, yOffset, length);
            }
            case SOFTPLUS -> {
                VectorExponential.decay(x, xOffset, e, 0, length);
                VectorLogistic.softplus(x, xOffset, e, y, yOffset, length);
            }
            case SIGMOID -> {
                VectorExponential.decay(x, xOffset, e, 0, length);
                VectorLogistic.sigmoid(x, xOffset, e, y, yOffset, length);
            }
            case TANH -> {
                VectorExponential.exp(2f, x, xOffset, e, 0, length);
                VectorLogistic.tanh(x, xOffset, e, y, yOffset, length);
            }
        }
    }

    private static void relu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.blend(0f, v.compare(VectorOperators.LT, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void leakyRelu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(Activation.LEAK).blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void elu(float[] x, int xOffset, float[] e, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector.fromArray(SPECIES, e, i).blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void product(float[] x, int xOffset, float[] e, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).mul(FloatVector.fromArray(SPECIES, e, i)).intoArray(y, yOffset + i);
        }
    }
}
