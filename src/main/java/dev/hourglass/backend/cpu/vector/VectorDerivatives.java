package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.Activation;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * y = f'(a) and y = f''(a) over a block of at most {@link VectorLanes#BLOCK} elements, a multiple of the vector length; x is what the activation saves:
 * a for GELU and SILU, f(a) for the others.
 */
final class VectorDerivatives {
    private static final int LANES = SPECIES.length();

    private VectorDerivatives() {
    }

    /** @param e scratch of a block, {@code d} another. Modified. */
    static void slope(Activation activation, float[] x, int xOffset, float[] y, int yOffset, int length, float[] e, float[] d) {
        switch (activation) {
            case IDENTITY -> Arrays.fill(y, yOffset, yOffset + length, 1f);
            case RELU -> step(0f, x, xOffset, y, yOffset, length);
            case LEAKY_RELU -> step(Activation.LEAK, x, xOffset, y, yOffset, length);
            case ELU -> positiveOr(1f, x, xOffset, y, yOffset, length);
            case GELU -> {
                VectorExponential.normal(x, xOffset, e, 0, length);
                VectorExponential.normalDensity(x, xOffset, d, 0, length);
                geluSlope(x, xOffset, e, d, y, yOffset, length);
            }
            case SILU -> {
                VectorExponential.decay(x, xOffset, e, 0, length);
                VectorLogistic.sigmoid(x, xOffset, e, e, 0, length);
                siluSlope(x, xOffset, e, y, yOffset, length);
            }
            case SOFTPLUS -> {
                VectorExponential.expm1(-1f, x, xOffset, e, 0, length);
                negate(e, y, yOffset, length);
            }
            case SIGMOID -> sigmoidSlope(x, xOffset, y, yOffset, length);
            case TANH -> tanhSlope(x, xOffset, y, yOffset, length);
        }
    }

    /** @param e scratch of a block. Modified. */
    static void curvature(Activation activation, float[] x, int xOffset, float[] y, int yOffset, int length, float[] e) {
        switch (activation) {
            case IDENTITY, RELU, LEAKY_RELU -> Arrays.fill(y, yOffset, yOffset + length, 0f);
            case ELU -> positiveOr(0f, x, xOffset, y, yOffset, length);
            case GELU -> {
                VectorExponential.normalDensity(x, xOffset, e, 0, length);
                geluCurvature(x, xOffset, e, y, yOffset, length);
            }
            case SILU -> {
                VectorExponential.decay(x, xOffset, e, 0, length);
                VectorLogistic.sigmoid(x, xOffset, e, e, 0, length);
                siluCurvature(x, xOffset, e, y, yOffset, length);
            }
            case SOFTPLUS -> {
                VectorExponential.expm1(-1f, x, xOffset, e, 0, length);
                softplusCurvature(e, y, yOffset, length);
            }
            case SIGMOID -> sigmoidCurvature(x, xOffset, y, yOffset, length);
            case TANH -> tanhCurvature(x, xOffset, y, yOffset, length);
        }
    }

    /** 1 where x is positive, {@code otherwise} elsewhere. */
    private static void step(float otherwise, float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            VectorMask<Float> positive = FloatVector.fromArray(SPECIES, x, xOffset + i).compare(VectorOperators.GT, 0f);
            FloatVector.broadcast(SPECIES, otherwise).blend(1f, positive).intoArray(y, yOffset + i);
        }
    }

    /** {@code slope} where x is positive, x + 1 elsewhere. */
    private static void positiveOr(float slope, float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.add(1f).blend(slope, v.compare(VectorOperators.GT, 0f)).intoArray(y, yOffset + i);
        }
    }

    private static void geluSlope(float[] x, int xOffset, float[] normal, float[] density, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector.fromArray(SPECIES, density, i).mul(v).add(FloatVector.fromArray(SPECIES, normal, i)).intoArray(y, yOffset + i);
        }
    }

    private static void geluCurvature(float[] x, int xOffset, float[] density, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(v).neg().add(2f).mul(FloatVector.fromArray(SPECIES, density, i)).intoArray(y, yOffset + i);
        }
    }

    private static void siluSlope(float[] x, int xOffset, float[] sigmoid, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector s = FloatVector.fromArray(SPECIES, sigmoid, i);
            s.neg().add(1f).mul(FloatVector.fromArray(SPECIES, x, xOffset + i)).add(1f).mul(s).intoArray(y, yOffset + i);
        }
    }

    private static void siluCurvature(float[] x, int xOffset, float[] sigmoid, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector s = FloatVector.fromArray(SPECIES, sigmoid, i);
            FloatVector inner = s.mul(-2f).add(1f).mul(FloatVector.fromArray(SPECIES, x, xOffset + i)).add(2f);
            s.mul(s.neg().add(1f)).mul(inner).intoArray(y, yOffset + i);
        }
    }

    private static void negate(float[] e, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(SPECIES, e, i).neg().intoArray(y, yOffset + i);
        }
    }

    private static void softplusCurvature(float[] e, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, e, i);
            v.neg().mul(v.add(1f)).intoArray(y, yOffset + i);
        }
    }

    private static void sigmoidSlope(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(v.neg().add(1f)).intoArray(y, yOffset + i);
        }
    }

    private static void sigmoidCurvature(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(v.neg().add(1f)).mul(v.mul(-2f).add(1f)).intoArray(y, yOffset + i);
        }
    }

    private static void tanhSlope(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(v).neg().add(1f).intoArray(y, yOffset + i);
        }
    }

    private static void tanhCurvature(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(-2f).mul(v.mul(v).neg().add(1f)).intoArray(y, yOffset + i);
        }
    }
}
