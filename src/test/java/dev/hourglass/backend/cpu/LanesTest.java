package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.cpu.vector.Forms;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Inner loops: the scalar twin against {@code Math} in double, the vector twin against the scalar one, bit by bit. */
class LanesTest {
    private static final float[] EDGES = {0f, -0f, 1e-30f, -1e-30f, 1e-5f, -1e-5f, 0.34f, -0.34f, 0.625f, -0.625f, 1.35f, -1.35f, 9.5f,
        -9.5f, 40f, -40f,
        87f, -87f, 88.7f, -88.7f, 95f, -95f, 103.9f, -103.9f, 1000f, -1000f, Float.NaN};
    private static final float[] INPUTS = inputs();
    private static final Lanes SCALAR = new ScalarLanes();
    private static final Lanes VECTOR = Forms.vectorLanes();

    private static float[] inputs() {
        Random random = new Random(5);
        float[] inputs = new float[4000];
        for (int i = 0; i < inputs.length; i++) {
            float scale = (float) Math.pow(10, random.nextInt(4) - 2);
            inputs[i] = i < EDGES.length ? EDGES[i] : (float) random.nextGaussian() * scale;
        }
        return inputs;
    }

    /** Relative to the value plus {@code floor}: where a function is a difference of larger numbers its error is relative to those. */
    private static void close(String name, DoubleUnaryOperator expected, float[] actual, double ulps, double floor) {
        for (int i = 0; i < actual.length; i++) {
            double want = expected.applyAsDouble(INPUTS[i]);
            double allowed = ulps * 0x1p-24 * (Math.abs(want) + floor) + 2 * Float.MIN_NORMAL;
            boolean same = Double.isNaN(want) ? Float.isNaN(actual[i]) : Float.isInfinite((float) want) ? actual[i] == (float) want
                    : Math.abs(want - actual[i]) <= allowed;
            assertTrue(same, name + "(" + INPUTS[i] + ") = " + actual[i] + ", expected " + want);
        }
    }

    @Test
    void exponential() {
        float[] y = new float[INPUTS.length];
        SCALAR.exp(1f, INPUTS, 0, y, 0, y.length);
        close("exp", Math::exp, y, 3, 0);
        SCALAR.exp(-0.5f, INPUTS, 0, y, 0, y.length);
        assertEquals(Float.POSITIVE_INFINITY, FloatMath.exp(Float.POSITIVE_INFINITY));
        assertEquals(0f, FloatMath.exp(Float.NEGATIVE_INFINITY));
        close("exp(-x/2)", x -> Math.exp(-0.5f * (float) x), y, 3, 0);
        for (int i = 0; i < y.length; i++) {
            y[i] = FloatMath.expm1(INPUTS[i]);
        }
        close("expm1", Math::expm1, y, 6, 0);
    }

    @Test
    void activations() {
        check(Activation.IDENTITY, x -> x, 0, 0);
        check(Activation.RELU, x -> Math.max(x, 0), 0, 0);
        check(Activation.LEAKY_RELU, x -> x > 0 ? x : 0.01f * x, 1, 0);
        check(Activation.ELU, x -> x > 0 ? x : Math.expm1(x), 6, 0);
        check(Activation.SILU, x -> x / (1 + Math.exp(-x)), 5, 1e-3);
        check(Activation.SOFTPLUS, x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), 5, 0);
        check(Activation.SIGMOID, x -> 1 / (1 + Math.exp(-x)), 5, 0);
        check(Activation.TANH, Math::tanh, 4, 0);
        check(Activation.GELU, x -> x * normal(x), 3, 1);
    }

    private static void check(Activation activation, DoubleUnaryOperator expected, double ulps, double floor) {
        float[] y = new float[INPUTS.length];
        SCALAR.activate(activation, INPUTS, 0, y, 0, y.length);
        close(activation.label(), expected, y, ulps, floor);
    }

    /** Phi by its Taylor series x (1 + x^2/3 + x^4/15 + ...) phi(x) + 1/2 (Marsaglia 2004), in double. */
    static double normal(double x) {
        if (Math.abs(x) > 9) {
            return x > 0 ? 1 : 0;
        }
        double sum = x;
        double term = x;
        for (int i = 3; Math.abs(term) > 1e-18 * Math.abs(sum); i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    }

    @Test
    void slopesAndCurvaturesAreDerivatives() {
        for (Activation activation : Activation.values()) {
            for (float a = -6.03f; a < 6; a += 0.0501f) {
                double h = 1e-3;
                double up = exact(activation, a + h);
                double here = exact(activation, a);
                double down = exact(activation, a - h);
                float[] saved = {activation.savesInput() ? a : (float) here};
                float[] slope = new float[1];
                float[] curvature = new float[1];
                SCALAR.slope(activation, saved, 0, slope, 0, 1);
                SCALAR.curvature(activation, saved, 0, curvature, 0, 1);
                assertEquals((up - down) / (2 * h), slope[0], 2e-6, activation + " slope at " + a);
                assertEquals((up - 2 * here + down) / (h * h), curvature[0], 5e-6, activation + " curvature at " + a);
            }
        }
    }

    /** f(a) in double. */
    static double exact(Activation activation, double a) {
        return switch (activation) {
            case IDENTITY -> a;
            case RELU -> Math.max(a, 0);
            case LEAKY_RELU -> a > 0 ? a : (double) Activation.LEAK * a;
            case ELU -> a > 0 ? a : Math.expm1(a);
            case GELU -> a * normal(a);
            case SILU -> a / (1 + Math.exp(-a));
            case SOFTPLUS -> Math.log1p(Math.exp(a));
            case SIGMOID -> 1 / (1 + Math.exp(-a));
            case TANH -> Math.tanh(a);
        };
    }

    @Test
    void vectorsHaveTheSameBits() {
        int length = INPUTS.length - 5;
        float[] expected = new float[INPUTS.length];
        float[] actual = new float[INPUTS.length];
        SCALAR.exp(0.5f, INPUTS, 3, expected, 2, length);
        VECTOR.exp(0.5f, INPUTS, 3, actual, 2, length);
        assertArrayEquals(expected, actual, "exp");
        for (Activation activation : Activation.values()) {
            SCALAR.activate(activation, INPUTS, 3, expected, 2, length);
            VECTOR.activate(activation, INPUTS, 3, actual, 2, length);
            assertArrayEquals(expected, actual, activation.label());
            SCALAR.slope(activation, INPUTS, 3, expected, 2, length);
            VECTOR.slope(activation, INPUTS, 3, actual, 2, length);
            assertArrayEquals(expected, actual, activation.label() + " slope");
            SCALAR.curvature(activation, INPUTS, 3, expected, 2, length);
            VECTOR.curvature(activation, INPUTS, 3, actual, 2, length);
            assertArrayEquals(expected, actual, activation.label() + " curvature");
        }
    }

    @Test
    void randomNumbersHaveTheSameBits() {
        int length = 4099;
        long seed = 0x299f31d0a4093822L;
        float[] expected = new float[length + 1];
        float[] actual = new float[length + 1];
        SCALAR.uniforms(seed, 7, 3, 8, expected, 1, length);
        VECTOR.uniforms(seed, 7, 3, 8, actual, 1, length);
        assertArrayEquals(expected, actual, "uniforms");
        SCALAR.normals(seed, -7, 2, 0x7FFF0000, expected, 1, length);
        VECTOR.normals(seed, -7, 2, 0x7FFF0000, actual, 1, length);
        assertArrayEquals(expected, actual, "normals");
        double mean = 0;
        double square = 0;
        for (int i = 1; i <= length; i++) {
            mean += actual[i] / length;
            square += actual[i] * actual[i] / length;
        }
        assertEquals(0, mean, 4 / Math.sqrt(length));
        assertEquals(1, square, 6 / Math.sqrt(length));
    }

    @Test
    void sums() {
        Random random = new Random(9);
        for (int length : new int[] {1, 15, 16, 31, 33, 257, 784, 5000}) {
            float[] l = new float[length + 2];
            float[] x = new float[length + 2];
            for (int i = 0; i < l.length; i++) {
                l[i] = (float) random.nextGaussian() * 5;
                x[i] = random.nextFloat();
            }
            sums(l, x, length);
        }
    }

    private static void sums(float[] l, float[] x, int length) {
        double nll = 0;
        for (int i = 0; i < length; i++) {
            double v = l[i + 1];
            nll += Math.max(v, 0) - v * x[i + 2] + Math.log1p(Math.exp(-Math.abs(v)));
        }
        for (Lanes lanes : new Lanes[] {SCALAR, VECTOR}) {
            float[] gradient = new float[length + 1];
            float[] added = gradient.clone();
            assertEquals(nll, lanes.bernoulli(l, 1, x, 2, length), 1e-6 * nll);
            assertEquals(nll, lanes.bernoulli(l, 1, x, 2, 0.5f, gradient, 1, false, length), 1e-6 * nll);
            lanes.bernoulli(l, 1, x, 2, 0.5f, added, 1, true, length);
            assertArrayEquals(gradient, added, "accumulating into zero");
            for (int i = 0; i < length; i++) {
                assertEquals(0.5 * (1 / (1 + Math.exp(-l[i + 1])) - x[i + 2]), gradient[i + 1], 2e-7);
            }
        }
    }
}
