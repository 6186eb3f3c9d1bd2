package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Philox;

/** {@link Lanes} in plain Java: what runs without {@code jdk.incubator.vector}, and what finishes the ends of vector loops. */
public class ScalarLanes implements Lanes {
    @FunctionalInterface
    private interface Function {
        float of(float x);
    }

    private static void map(float[] x, int xOffset, float[] y, int yOffset, int length, Function function) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = function.of(x[xOffset + i]);
        }
    }

    @Override
    public void exp(float scale, float[] x, int xOffset, float[] y, int yOffset, int length) {
        map(x, xOffset, y, yOffset, length, v -> FloatMath.exp(scale * v));
    }

    @Override
    public void activate(Activation activation, float[] a, int aOffset, float[] y, int yOffset, int length) {
        map(a, aOffset, y, yOffset, length, v -> activate(activation, v));
    }

    @Override
    public void slope(Activation activation, float[] saved, int savedOffset, float[] slope, int slopeOffset, int length) {
        map(saved, savedOffset, slope, slopeOffset, length, v -> slope(activation, v));
    }

    @Override
    public void curvature(Activation activation, float[] saved, int savedOffset, float[] curvature, int curvatureOffset, int length) {
        map(saved, savedOffset, curvature, curvatureOffset, length, v -> curvature(activation, v));
    }

    private static float activate(Activation activation, float a) {
        return switch (activation) {
            case IDENTITY -> a;
            case RELU -> FloatMath.positive(a);
            case LEAKY_RELU -> a > 0f ? a : Activation.LEAK * a;
            case ELU -> a > 0f ? a : FloatMath.expm1(a);
            case GELU -> a * FloatMath.normal(a);
            case SILU -> a * FloatMath.sigmoid(a);
            case SOFTPLUS -> FloatMath.softplus(a);
            case SIGMOID -> FloatMath.sigmoid(a);
            case TANH -> FloatMath.tanh(a);
        };
    }

    private static float slope(Activation activation, float v) {
        return switch (activation) {
            case IDENTITY -> 1f;
            case RELU -> v > 0f ? 1f : 0f;
            case LEAKY_RELU -> v > 0f ? 1f : Activation.LEAK;
            case ELU -> v > 0f ? 1f : v + 1f;
            case GELU -> FloatMath.normal(v) + v * FloatMath.normalDensity(v);
            case SILU -> {
                float s = FloatMath.sigmoid(v);
                yield s * (1f + v * (1f - s));
            }
            case SOFTPLUS -> -FloatMath.expm1(-v);
            case SIGMOID -> v * (1f - v);
            case TANH -> 1f - v * v;
        };
    }

    private static float curvature(Activation activation, float v) {
        return switch (activation) {
            case IDENTITY, RELU, LEAKY_RELU -> 0f;
            case ELU -> v > 0f ? 0f : v + 1f;
            case GELU -> FloatMath.normalDensity(v) * (2f - v * v);
            case SILU -> {
                float s = FloatMath.sigmoid(v);
                yield s * (1f - s) * (2f + v * (1f - 2f * s));
            }
            case SOFTPLUS -> {
                float e = FloatMath.expm1(-v);
                yield -e * (e + 1f);
            }
            case SIGMOID -> v * (1f - v) * (1f - 2f * v);
            case TANH -> -2f * v * (1f - v * v);
        };
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            float l = logits[logitsOffset + i];
            sum += FloatMath.softplus(l) - l * x[xOffset + i];
        }
        return sum;
    }

    @Override
    public double bernoulli(float[] logits, int logitsOffset, float[] x, int xOffset, float upstream, float[] gradient, int gradientOffset,
            boolean accumulate, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            float l = logits[logitsOffset + i];
            float e = FloatMath.exp(-Math.abs(l));
            float target = x[xOffset + i];
            float d = upstream * (FloatMath.sigmoid(l, e) - target);
            gradient[gradientOffset + i] = accumulate ? gradient[gradientOffset + i] + d : d;
            sum += FloatMath.softplus(l, e) - l * target;
        }
        return sum;
    }

    @Override
    public void uniforms(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        int[] words = new int[4];
        for (int i = 0; i < length; i++) {
            if ((i & 3) == 0) {
                Philox.words(seed, (first + i) >>> 2, step, stream, words);
            }
            target[offset + i] = Philox.uniform(words[i & 3]);
        }
    }

    @Override
    public void normals(long seed, int step, int stream, int first, float[] target, int offset, int length) {
        float[] four = new float[4];
        for (int i = 0; i < length; i++) {
            if ((i & 3) == 0) {
                Philox.normals(seed, (first + i) >>> 2, step, stream, four);
            }
            target[offset + i] = four[i & 3];
        }
    }
}
