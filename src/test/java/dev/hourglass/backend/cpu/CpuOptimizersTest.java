package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.StepState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuOptimizersTest {
    private static final int LENGTH = 20003;
    private static final int DECAYED = 9001;
    private final Fixture on = new Fixture(15);
    private final CpuBackend backend = on.backend;
    private final Buffer state = on.state(1, 0);

    @AfterEach
    void close() {
        on.close();
    }

    private float real(int word) {
        int[] words = new int[StepState.WORDS];
        backend.read(state, words, 0);
        return Float.intBitsToFloat(words[word]);
    }

    private void set(int word, float value) {
        backend.write(state.slice(word, 1), new int[] {Float.floatToRawIntBits(value)}, 0, 1);
    }

    @Test
    void clippingMeasuresTheNorm() {
        Buffer gradient = on.normal(LENGTH, 2);
        double norm = Math.sqrt(Fixture.dot(on.doubles(gradient), on.doubles(gradient)));
        backend.clipNorm(gradient, 10, state);
        assertEquals(norm, real(StepState.GRADIENT_NORM), 1e-6 * norm);
        assertEquals(10 / norm, real(StepState.CLIP_SCALE), 1e-6);
        backend.clipNorm(gradient, 1e9f, state);
        assertEquals(1f, real(StepState.CLIP_SCALE));
        backend.write(gradient.slice(77, 1), new float[] {Float.NaN}, 0, 1);
        backend.clipNorm(gradient, 10, state);
        assertEquals(0f, real(StepState.CLIP_SCALE));
    }

    @Test
    void adamFollowsThePaper() {
        Buffer w = on.normal(LENGTH, 1);
        Buffer m = on.of(new float[LENGTH]);
        Buffer v = on.of(new float[LENGTH]);
        double[] weights = on.doubles(w);
        double[] first = new double[LENGTH];
        double[] second = new double[LENGTH];
        set(StepState.CLIP_SCALE, 0.5f);
        for (int t = 1; t <= 3; t++) {
            Buffer gradient = on.normal(LENGTH, 0.1);
            double[] g = on.doubles(gradient);
            set(StepState.CORRECTION_1, (float) (1 - Math.pow(0.9f, t)));
            set(StepState.CORRECTION_2, (float) (1 - Math.pow(0.999f, t)));
            backend.adam(w, gradient, m, v, state, 0.9f, 0.999f, 1e-8f, 0.1f, DECAYED);
            for (int i = 0; i < LENGTH; i++) {
                first[i] = 0.9f * first[i] + (1 - 0.9f) * 0.5 * g[i];
                second[i] = 0.999f * second[i] + (1 - 0.999f) * 0.25 * g[i] * g[i];
                weights[i] -= i < DECAYED ? 0.01f * 0.1f * weights[i] : 0;
                weights[i] -= 0.01f * first[i] / (1 - Math.pow(0.9f, t)) / (Math.sqrt(second[i] / (1 - Math.pow(0.999f, t))) + 1e-8f);
            }
        }
        on.close("w", weights, w, 1e-6);
        on.close("m", first, m, 1e-7);
        on.close("v", second, v, 1e-8);
    }

    @Test
    void momentsOfParametersWithoutGradientDoNotBecomeSubnormal() {
        Buffer w = on.of(1);
        Buffer m = on.of(1e-20f);
        Buffer v = on.of(1e-20f);
        for (int t = 0; t < 2000; t++) {
            backend.adam(w, on.of(0), m, v, state, 0.9f, 0.9f, 1e-8f, 0, 0);
        }
        assertTrue(on.read(m)[0] < 1e-26f && on.read(v)[0] < 1e-26f, "decayed");
        assertTrue(on.read(m)[0] > Float.MIN_NORMAL && on.read(v)[0] > Float.MIN_NORMAL, "never subnormal");
        assertEquals(1f, on.read(w)[0], 1e-6f);
    }

    @Test
    void descentWithMomentum() {
        Buffer w = on.normal(LENGTH, 1);
        Buffer velocity = on.normal(LENGTH, 1);
        Buffer gradient = on.normal(LENGTH, 1);
        double[] weights = on.doubles(w);
        double[] v = on.doubles(velocity);
        double[] g = on.doubles(gradient);
        for (int i = 0; i < LENGTH; i++) {
            v[i] = 0.9f * v[i] + g[i] + (i < DECAYED ? 0.1f * weights[i] : 0);
            weights[i] -= 0.01f * v[i];
        }
        backend.sgd(w, gradient, velocity, state, 0.9f, 0.1f, DECAYED);
        on.close("v", v, velocity, 1e-6);
        on.close("w", weights, w, 1e-6);
    }

    @Test
    void aGradientThatIsNotFiniteIsLeftOut() {
        Buffer w = on.of(1, 2);
        Buffer zero = on.of(0, 0);
        Buffer broken = on.of(Float.NaN, Float.POSITIVE_INFINITY);
        backend.clipNorm(broken, 1, state);
        backend.adam(w, broken, zero, zero, state, 0.9f, 0.999f, 1e-8f, 0, 0);
        backend.sgd(w, broken, zero, state, 0.9f, 0, 0);
        assertArrayEquals(new float[] {1, 2}, on.read(w));
    }

    @Test
    void advanceReadsTheNextRowOfTheTable() {
        Buffer table = on.of(1, 2, 3, 4, 5, 6, 7, 8);
        backend.advance(100, 2, table, state);
        backend.advance(28, 2, table, state);
        int[] words = new int[StepState.WORDS];
        backend.read(state, words, 0);
        assertEquals(2, words[StepState.STEP]);
        assertEquals(128, words[StepState.ROW]);
        assertEquals(1, words[StepState.TABLE_ROW], "stays at the last row");
        assertEquals(5, real(StepState.LEARNING_RATE));
        assertEquals(6, real(StepState.KL_WEIGHT));
        assertEquals(7, real(StepState.CORRECTION_1));
        assertEquals(8, real(StepState.CORRECTION_2));
    }
}
