package dev.hourglass.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Program;
import dev.hourglass.backend.StepState;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Fills, copies, sums, transfers and recorded programs on every backend. */
class MemoryParityTest {
    private static final int[] LENGTHS = {1, 3, 31, 32, 33, 257, 784, 5000};

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
    void fills() {
        for (int n : LENGTHS) {
            parity.check("fill", bench -> bench.backend().fill(bench.output("target", 1, n, Bench.EQUAL), -1.25f));
            parity.check("fill doubles", bench -> bench.backend().fill(bench.outputDoubles("target", n, Float.NaN, Bench.EQUAL), 2.5f));
            parity.check("fill from state",
                    bench -> bench.backend().fillFromState(bench.state(0), StepState.KL_WEIGHT, 3,
                            bench.output("target", 1, n, Bench.EQUAL)));
        }
    }

    @Test
    void copiesAndAdds() {
        for (int n : LENGTHS) {
            parity.check("copy", bench -> bench.backend().copy(bench.floats(bench.normal(n)), bench.output("target", 1, n, Bench.EQUAL)));
            parity.check("copy integers",
                    bench -> bench.backend().copy(bench.ints(bench.integers(n, 1000)), bench.outputInts("target", new int[n])));
            parity.check("add", bench -> {
                float[] source = bench.normal(n);
                // One multiplication and one addition, fused or not.
                Buffer target = bench.output("target", 1, n, bench.normal(n),
                        (index, expected) -> 0x1p-23 * (Math.abs(expected) + Math.abs(source[index])));
                bench.backend().add(0.3f, bench.floats(source), target);
            });
        }
    }

    @Test
    void copiesColumns() {
        for (int[] shape : BackendParity.RAGGED) {
            for (boolean accumulate : new boolean[] {false, true}) {
                copyColumns(shape[0], shape[1], 1, 0, 0, 0, accumulate);
                copyColumns(shape[0], shape[1], 1, 3, 1, 2, accumulate);
                copyColumns(3 * shape[0], shape[1], 3, 8, 4, 8, accumulate);
            }
        }
    }

    private static void copyColumns(int rows, int columns, int repeats, int margin, int from, int to, boolean accumulate) {
        parity.check("copy columns" + (accumulate ? " adding" : ""), bench -> {
            int width = columns + margin;
            Buffer source = bench.floats(bench.normal(rows / repeats * width));
            // What lies outside the block stays: the target starts with numbers.
            Buffer target = bench.output("target", rows, columns + 2 * to, bench.normal(rows * (columns + 2 * to)), Bench.EQUAL);
            bench.backend().copyColumns(rows, columns, repeats, source, width, from, target, columns + 2 * to, to, accumulate);
        });
    }

    @Test
    void sumsRepeats() {
        for (int[] shape : BackendParity.RAGGED) {
            for (int repeats : new int[] {1, 5}) {
                for (boolean accumulate : new boolean[] {false, true}) {
                    sumRepeats(shape[0], shape[1], repeats, accumulate);
                }
            }
        }
    }

    private static void sumRepeats(int rows, int columns, int repeats, boolean accumulate) {
        parity.check("sum repeats" + (accumulate ? " adding" : ""), bench -> {
            float[] values = bench.uniform(rows * repeats * columns, -1, 1);
            float[] before = bench.uniform(rows * columns, -1, 1);
            // At most repeats additions of numbers below one, each of a sum below repeats + 1.
            Bench.Bound bound = (index, expected) -> repeats * (repeats + 1) * 0x1p-24;
            Buffer source = bench.floats(values);
            Buffer target = accumulate ? bench.output("target", rows, columns, before, bound)
                    : bench.output("target", rows, columns, bound);
            bench.backend().sumRepeats(rows, columns, repeats, source, target, accumulate);
        });
    }

    @Test
    void accumulates() {
        for (int n : LENGTHS) {
            parity.check("accumulate", bench -> {
                Buffer values = bench.floats(bench.normal(n));
                Buffer upstream = bench.floats(bench.uniform(n, 0, 1));
                // Sums of n numbers around one in double, in any order; weight 1.5, and count times it for the loss.
                Buffer metrics = bench.outputDoubles("metrics", 5, 10, (index, expected) -> 1e-15 * 10 * n * n + 1e-14);
                bench.backend().accumulate(n, values, upstream, 1.5f, metrics, 1, 3);
                bench.backend().accumulate(n, values, null, 2, metrics, 4, 0);
            });
        }
    }

    @Test
    void writesPartsOfArraysInOrder() {
        for (Backends.Kind kind : Backends.enabled()) {
            try (Backend backend = Backends.open(kind)) {
                int n = 3 << 20;  // 12 MiB: more than one staging buffer
                float[] source = new float[n + 2];
                for (int i = 0; i < source.length; i++) {
                    source[i] = i;
                }
                Buffer buffer = backend.allocate(ElementType.FLOAT32, n);
                backend.write(buffer, source, 1, n);
                Arrays.fill(source, -1);
                backend.write(buffer.slice(n - 1, 1), new float[] {5}, 0, 1);
                float[] result = new float[n + 1];
                backend.read(buffer, result, 1);
                backend.release(buffer);
                float[] expected = new float[n + 1];
                for (int i = 1; i < n; i++) {
                    expected[i] = i;
                }
                expected[n] = 5;
                assertArrayEquals(expected, result, kind.label());
            }
        }
    }

    @Test
    void programsRunTheirPrimitivesEachTime() {
        for (Backends.Kind kind : Backends.enabled()) {
            try (Backend backend = Backends.open(kind)) {
                Buffer values = backend.allocate(ElementType.FLOAT32, 33);
                Buffer sum = backend.allocate(ElementType.FLOAT32, 33);
                backend.fill(sum, 0);
                backend.fill(values, 1);
                try (Program program = backend.record(() -> {
                    backend.add(2, values, sum);
                    backend.add(1, sum, values);
                })) {
                    backend.fill(sum, 0);
                    backend.fill(values, 1);
                    program.run();
                    program.run();
                }
                float[] result = new float[33];
                backend.read(values, result, 0);
                backend.release(values);
                backend.release(sum);
                float[] expected = new float[33];
                Arrays.fill(expected, 11);  // sum 2, values 3; sum 8, values 11
                assertArrayEquals(expected, result, kind.label());
            }
        }
    }
}
