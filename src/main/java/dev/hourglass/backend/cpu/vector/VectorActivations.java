package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.cpu.vector.VectorBlock.Loop;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The loops of each activation y = f(x). */
final class VectorActivations {
    private static final int LANES = VectorBlock.LANES;
    private static final Loop[] IDENTITY = {VectorActivations::identity};
    private static final Loop[] RELU = {VectorActivations::relu};
    private static final Loop[] LEAKY_RELU = {VectorActivations::leakyRelu};
    private static final Loop[] ELU = {VectorExponential::argument, VectorExponential::exp, VectorExponential::expm1,
        VectorActivations::positiveOr};
    private static final Loop[] GELU = {VectorExponential::normalArgument, VectorExponential::exp, VectorExponential::normal,
        VectorActivations::product};
    private static final Loop[] SILU = {VectorExponential::decayArgument, VectorExponential::exp, VectorLogistic::sigmoid,
        VectorActivations::product};
    private static final Loop[] SOFTPLUS = {VectorExponential::decayArgument, VectorExponential::exp, VectorLogistic::softplus,
        VectorExponential::store};
    private static final Loop[] SIGMOID = {VectorExponential::decayArgument, VectorExponential::exp, VectorLogistic::sigmoid,
        VectorExponential::store};
    private static final Loop[] TANH = {VectorExponential::argument, VectorExponential::exp, VectorLogistic::tanh,
        VectorExponential::store};

    private VectorActivations() {
    }

    /** The loops; they expect {@link #factor} as the factor of the block. */
    static Loop[] of(Activation activation) {
        return switch (activation) {
            case IDENTITY -> IDENTITY;
            case RELU -> RELU;
            case LEAKY_RELU -> LEAKY_RELU;
            case ELU -> ELU;
            case GELU -> GELU;
            case SILU -> SILU;
            case SOFTPLUS -> SOFTPLUS;
            case SIGMOID -> SIGMOID;
            case TANH -> TANH;
        };
    }

    /** 2 for tanh, which is a function of e^2x. */
    static float factor(Activation activation) {
        return activation == Activation.TANH ? 2f : 1f;
    }

    /** y = x. */
    private static void identity(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).intoArray(y, yOffset + i);
        }
    }

    /** y = max(x, 0). */
    private static void relu(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        FloatVector zero = VectorBlock.constant(0f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.blend(zero, v.compare(VectorOperators.LT, zero)).intoArray(y, yOffset + i);
        }
    }

    /** y = x, or the leak of it. */
    private static void leakyRelu(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        FloatVector zero = VectorBlock.constant(0f);
        FloatVector leak = VectorBlock.constant(Activation.LEAK);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(leak).blend(v, v.compare(VectorOperators.GT, zero)).intoArray(y, yOffset + i);
        }
    }

    /** y = x where it is positive, e elsewhere. */
    private static void positiveOr(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        float[] e = block.e;
        FloatVector zero = VectorBlock.constant(0f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            FloatVector.fromArray(SPECIES, e, i).blend(v, v.compare(VectorOperators.GT, zero)).intoArray(y, yOffset + i);
        }
    }

    /** y = x e. */
    private static void product(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector.fromArray(SPECIES, x, xOffset + i).mul(FloatVector.fromArray(SPECIES, e, i)).intoArray(y, yOffset + i);
        }
    }
}
