package dev.hourglass.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import dev.hourglass.backend.UpdateRule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Norm clipping, optimizers and the end of a step on every backend. */
class OptimizerParityTest {
    private static final int[] LENGTHS = {1, 3, 32, 257, 784, 70000};

    private static BackendParity parity;

    @BeforeAll
    static void open() {
        parity = new BackendParity();
    }

    @AfterAll
    static void close() {
        parity.close();
    }

    @Test
    void clipsNorms() {
        for (int n : LENGTHS) {
            for (float maximum : new float[] {0.5f, 1e6f}) {
                parity.check("clip norm", bench -> {
                    Buffer gradient = bench.floats(bench.normal(n));
                    Buffer state = bench.state(0);
                    bench.backend().clipNorm(gradient, maximum, state);
                    // A double sum rounded once, then a sum and a quotient in float.
                    bench.backend().fillFromState(state, StepState.GRADIENT_NORM, 1, bench.output("norm", 1, 1, Bench.ulps(1, 0)));
                    bench.backend().fillFromState(state, StepState.CLIP_SCALE, 1, bench.output("scale", 1, 1, Bench.ulps(4, 0)));
                });
            }
        }
    }

    @Test
    void normsThatAreNotFiniteStopTheGradient() {
        for (Backends.Kind kind : Backends.enabled()) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 3e38f}) {
                try (Backend backend = Backends.open(kind)) {
                    float[] gradient = new float[1000];
                    gradient[777] = bad;
                    gradient[3] = bad;
                    assertEquals(0, clipScale(backend, gradient), kind.label() + " " + bad);
                }
            }
        }
    }

    private static float clipScale(Backend backend, float[] values) {
        Buffer gradient = backend.allocate(ElementType.FLOAT32, values.length);
        Buffer state = backend.allocate(ElementType.INT32, StepState.WORDS);
        backend.write(gradient, values, 0, values.length);
        backend.write(state, StepState.words(1, 0, 10, new StepTable(1)), 0, StepState.WORDS);
        backend.clipNorm(gradient, 1, state);
        int[] words = new int[StepState.WORDS];
        backend.read(state, words, 0);
        backend.release(gradient);
        backend.release(state);
        return Float.intBitsToFloat(words[StepState.CLIP_SCALE]);
    }

    @ParameterizedTest
    @EnumSource
    void updates(UpdateRule rule) {
        Bench.Bound[] bounds = UpdateReference.of(rule).bounds();
        for (int n : LENGTHS) {
            for (int decayed : new int[] {0, n / 2 + 1, n}) {
                parity.check(rule.name(), bench -> {
                    Buffer gradient = bench.floats(bench.normal(n));
                    Buffer w = bench.output("w", 1, n, bench.normal(n), bounds[0]);
                    Buffer first = bench.output("first", 1, n, bench.normal(n), bounds[1]);
                    Buffer second = rule.memories() == 2 ? bench.output("second", 1, n, bench.uniform(n, 0.1f, 1), bounds[2]) : null;
                    bench.backend().update(rule, w, gradient, first, second, bench.state(0), 0.9f, 0.999f, 1e-8f, 0.02f, decayed);
                });
            }
        }
    }

    @Test
    void advancesToTheEndOfTheTable() {
        parity.check("advance", bench -> {
            Buffer table = bench.floats(bench.normal(3 * StepState.TABLE_COLUMNS));
            Buffer state = bench.outputInts("state", bench.stateWords(40));
            for (int step = 0; step < 4; step++) {
                bench.backend().advance(128, 3, table, state);
            }
        });
    }
}
