package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.UpdateRule;
import dev.hourglass.testkit.UpdateReference;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    /** Three steps on three gradients; the memory starts as it does in training, at 0. */
    @ParameterizedTest
    @EnumSource
    void updatesFollowTheirFormulas(UpdateRule rule) {
        UpdateReference reference = UpdateReference.of(rule);
        Buffer[] buffers = {on.normal(LENGTH, 1), on.of(new float[LENGTH]), rule.memories() == 2 ? on.of(new float[LENGTH]) : null};
        double[] start = on.doubles(buffers[0]);
        double[][] elements = new double[LENGTH][];
        Arrays.setAll(elements, i -> new double[] {start[i], 0, 0});
        set(StepState.CLIP_SCALE, 0.5f);
        for (int t = 1; t <= 3; t++) {
            Buffer gradient = on.normal(LENGTH, 0.1);
            double[] g = on.doubles(gradient);
            set(StepState.CORRECTION_1, (float) (1 - Math.pow(0.9f, t)));
            set(StepState.CORRECTION_2, (float) (1 - Math.pow(0.999f, t)));
            backend.update(rule, buffers[0], gradient, buffers[1], buffers[2], state, 0.9f, 0.999f, 1e-8f, 0.1f, DECAYED);
            UpdateReference.Numbers numbers = new UpdateReference.Numbers(0.01f, 0.5, 1 - Math.pow(0.9f, t), 1 - Math.pow(0.999f, t), 0.9f,
                    0.999f,
                    1e-8f);
            for (int i = 0; i < LENGTH; i++) {
                reference.step(numbers, i < DECAYED ? 0.1f : 0, g[i], elements[i]);
            }
        }
        for (int k = 0; k <= rule.memories(); k++) {
            int which = k;
            on.close(new String[] {"w", "first", "second"}[k], Arrays.stream(elements).mapToDouble(element -> element[which]).toArray(),
                    buffers[k],
                    reference.tolerances()[k]);
        }
    }

    @Test
    void momentsOfParametersWithoutGradientDoNotBecomeSubnormal() {
        Buffer w = on.of(1);
        Buffer m = on.of(1e-20f);
        Buffer v = on.of(1e-20f);
        for (int t = 0; t < 2000; t++) {
            backend.update(UpdateRule.ADAM, w, on.of(0), m, v, state, 0.9f, 0.9f, 1e-8f, 0, 0);
        }
        assertTrue(on.read(m)[0] < 1e-26f && on.read(v)[0] < 1e-26f, "decayed");
        assertTrue(on.read(m)[0] > Float.MIN_NORMAL && on.read(v)[0] > Float.MIN_NORMAL, "never subnormal");
        assertEquals(1f, on.read(w)[0], 1e-6f);
    }

    @ParameterizedTest
    @EnumSource
    void aGradientThatIsNotFiniteIsLeftOut(UpdateRule rule) {
        Buffer w = on.of(1, 2);
        Buffer zero = on.of(0, 0);
        Buffer broken = on.of(Float.NaN, Float.POSITIVE_INFINITY);
        backend.clipNorm(broken, 1, state);
        backend.update(rule, w, broken, zero, rule.memories() == 2 ? on.of(0, 0) : null, state, 0.9f, 0.999f, 1e-8f, 0, 0);
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
