package dev.hourglass.backend.cpu.vector;

import static dev.hourglass.backend.cpu.vector.VectorSource.SPECIES;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.cpu.vector.VectorBlock.Loop;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The loops of y = f'(a) and y = f''(a); x is what the activation saves: a for GELU and SILU, f(a) for the others. */
final class VectorDerivatives {
    private static final int LANES = VectorBlock.LANES;
    private static final Loop[] CONSTANT = {VectorDerivatives::constant};
    private static final Loop[] STEP = {VectorDerivatives::step};
    private static final Loop[] ELU = {VectorDerivatives::elu};
    private static final Loop[] GELU_SLOPE = {VectorExponential::densityArgument, VectorExponential::exp, VectorExponential::density,
        VectorExponential::normalArgument, VectorExponential::exp, VectorExponential::normal, VectorDerivatives::geluSlope};
    private static final Loop[] GELU_CURVATURE = {VectorExponential::densityArgument, VectorExponential::exp, VectorExponential::density,
        VectorDerivatives::geluCurvature};
    private static final Loop[] SILU_SLOPE = {VectorExponential::decayArgument, VectorExponential::exp, VectorLogistic::sigmoid,
        VectorDerivatives::siluSlope};
    private static final Loop[] SILU_CURVATURE = {VectorExponential::decayArgument, VectorExponential::exp, VectorLogistic::sigmoid,
        VectorDerivatives::siluCurvature};
    private static final Loop[] SOFTPLUS_SLOPE = {VectorExponential::argument, VectorExponential::exp, VectorExponential::expm1,
        VectorDerivatives::negate};
    private static final Loop[] SOFTPLUS_CURVATURE = {VectorExponential::argument, VectorExponential::exp, VectorExponential::expm1,
        VectorDerivatives::softplusCurvature};
    private static final Loop[] SIGMOID_SLOPE = {VectorDerivatives::sigmoidSlope};
    private static final Loop[] SIGMOID_CURVATURE = {VectorDerivatives::sigmoidCurvature};
    private static final Loop[] TANH_SLOPE = {VectorDerivatives::tanhSlope};
    private static final Loop[] TANH_CURVATURE = {VectorDerivatives::tanhCurvature};

    private VectorDerivatives() {
    }

    /** The loops of f'; they expect {@link #slopeFactor} as the factor of the block. */
    static Loop[] slope(Activation activation) {
        return switch (activation) {
            case IDENTITY -> CONSTANT;
            case RELU, LEAKY_RELU -> STEP;
            case ELU -> ELU;
            case GELU -> GELU_SLOPE;
            case SILU -> SILU_SLOPE;
            case SOFTPLUS -> SOFTPLUS_SLOPE;
            case SIGMOID -> SIGMOID_SLOPE;
            case TANH -> TANH_SLOPE;
        };
    }

    static float slopeFactor(Activation activation) {
        return switch (activation) {
            case RELU -> 0f;
            case LEAKY_RELU -> Activation.LEAK;
            case SOFTPLUS -> -1f;
            default -> 1f;
        };
    }

    /** The loops of f''; they expect {@link #curvatureFactor} as the factor of the block. */
    static Loop[] curvature(Activation activation) {
        return switch (activation) {
            case IDENTITY, RELU, LEAKY_RELU -> CONSTANT;
            case ELU -> ELU;
            case GELU -> GELU_CURVATURE;
            case SILU -> SILU_CURVATURE;
            case SOFTPLUS -> SOFTPLUS_CURVATURE;
            case SIGMOID -> SIGMOID_CURVATURE;
            case TANH -> TANH_CURVATURE;
        };
    }

    static float curvatureFactor(Activation activation) {
        return activation == Activation.SOFTPLUS ? -1f : 0f;
    }

    /** y = 1 where x is positive, the factor elsewhere. */
    private static void step(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        FloatVector below = VectorBlock.constant(block.factor);
        FloatVector zero = VectorBlock.constant(0f);
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            VectorMask<Float> positive = FloatVector.fromArray(SPECIES, x, xOffset + i).compare(VectorOperators.GT, zero);
            below.blend(one, positive).intoArray(y, yOffset + i);
        }
    }

    /** y = the factor. */
    private static void constant(VectorBlock block) {
        float[] y = block.y;
        int yOffset = block.yOffset;
        FloatVector value = VectorBlock.constant(block.factor);
        for (int i = 0; i < block.length; i += LANES) {
            value.intoArray(y, yOffset + i);
        }
    }

    /** y = the factor where x is positive, x + 1 elsewhere. */
    private static void elu(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        FloatVector above = VectorBlock.constant(block.factor);
        FloatVector zero = VectorBlock.constant(0f);
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.add(one).blend(above, v.compare(VectorOperators.GT, zero)).intoArray(y, yOffset + i);
        }
    }

    /** y = d x + e. */
    private static void geluSlope(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        float[] e = block.e;
        float[] d = block.d;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector density = FloatVector.fromArray(SPECIES, d, i).mul(FloatVector.fromArray(SPECIES, x, xOffset + i));
            density.add(FloatVector.fromArray(SPECIES, e, i)).intoArray(y, yOffset + i);
        }
    }

    /** y = d (2 - x^2). */
    private static void geluCurvature(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        float[] d = block.d;
        FloatVector two = VectorBlock.constant(2f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            two.sub(v.mul(v)).mul(FloatVector.fromArray(SPECIES, d, i)).intoArray(y, yOffset + i);
        }
    }

    /** y = e (1 + x (1 - e)). */
    private static void siluSlope(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        float[] e = block.e;
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector s = FloatVector.fromArray(SPECIES, e, i);
            one.sub(s).mul(FloatVector.fromArray(SPECIES, x, xOffset + i)).add(one).mul(s).intoArray(y, yOffset + i);
        }
    }

    /** y = e (1 - e) (2 + x (1 - 2 e)). */
    private static void siluCurvature(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        float[] e = block.e;
        FloatVector one = VectorBlock.constant(1f);
        FloatVector two = VectorBlock.constant(2f);
        FloatVector minusTwo = VectorBlock.constant(-2f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector s = FloatVector.fromArray(SPECIES, e, i);
            FloatVector inner = s.mul(minusTwo).add(one).mul(FloatVector.fromArray(SPECIES, x, xOffset + i)).add(two);
            s.mul(one.sub(s)).mul(inner).intoArray(y, yOffset + i);
        }
    }

    /** y = -e. */
    private static void negate(VectorBlock block) {
        float[] y = block.y;
        int yOffset = block.yOffset;
        float[] e = block.e;
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector.fromArray(SPECIES, e, i).neg().intoArray(y, yOffset + i);
        }
    }

    /** y = -e (e + 1). */
    private static void softplusCurvature(VectorBlock block) {
        float[] y = block.y;
        int yOffset = block.yOffset;
        float[] e = block.e;
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, e, i);
            v.neg().mul(v.add(one)).intoArray(y, yOffset + i);
        }
    }

    /** y = x (1 - x). */
    private static void sigmoidSlope(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(one.sub(v)).intoArray(y, yOffset + i);
        }
    }

    /** y = x (1 - x) (1 - 2 x). */
    private static void sigmoidCurvature(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        FloatVector one = VectorBlock.constant(1f);
        FloatVector minusTwo = VectorBlock.constant(-2f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(one.sub(v)).mul(v.mul(minusTwo).add(one)).intoArray(y, yOffset + i);
        }
    }

    /** y = 1 - x^2. */
    private static void tanhSlope(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        FloatVector one = VectorBlock.constant(1f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            one.sub(v.mul(v)).intoArray(y, yOffset + i);
        }
    }

    /** y = -2 x (1 - x^2). */
    private static void tanhCurvature(VectorBlock block) {
        float[] x = block.x;
        int xOffset = block.xOffset;
        float[] y = block.y;
        int yOffset = block.yOffset;
        FloatVector one = VectorBlock.constant(1f);
        FloatVector minusTwo = VectorBlock.constant(-2f);
        for (int i = 0; i < block.length; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.mul(minusTwo).mul(one.sub(v.mul(v))).intoArray(y, yOffset + i);
        }
    }
}
