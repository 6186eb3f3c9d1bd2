package dev.hourglass.testkit;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Matrix products, bias and activation on every backend. */
class DenseParityTest {
    /** m, n, k: single numbers, edges of the tile 32 x 32 and of the depth 16, K cut into parts. */
    private static final int[][] PRODUCTS = {{1, 1, 1}, {31, 33, 32}, {33, 257, 31}, {32, 32, 784}, {257, 1, 33}, {1, 257, 160}};

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
    void products() {
        for (int[] shape : PRODUCTS) {
            for (int transposes = 0; transposes < 4; transposes++) {
                product(shape[0], shape[1], shape[2], (transposes & 1) != 0, (transposes & 2) != 0, 1, 0);
            }
            product(shape[0], shape[1], shape[2], false, true, 0.5f, -2);
            product(shape[0], shape[1], shape[2], true, false, -1, 1);
        }
    }

    /** As many tiles of 128 x 64 as a large device has multiprocessors: the kernel with the large tile, whose loads and stores these vary. */
    @Test
    void largeProducts() {
        product(900, 514, 20, false, false, 1, 0);
        product(900, 516, 17, true, false, 1, 0.5f);
        product(897, 516, 20, false, true, 1, 0);
    }

    private static void product(int m, int n, int k, boolean transposeA, boolean transposeB, float alpha, float beta) {
        String name = "gemm %s%s k=%d alpha=%s beta=%s".formatted(transposeA ? "T" : "N", transposeB ? "T" : "N", k, alpha, beta);
        parity.check(name, bench -> {
            float[] left = bench.normal(m * k);
            float[] right = bench.normal(k * n);
            float[] before = bench.normal(m * n);
            // Each side rounds each of k products and sums once: k 2^-24 sum |a||b| for either, and the scaling by alpha and beta.
            Bench.Bound bound = (index, expected) -> {
                double sum = 0;
                for (int d = 0; d < k; d++) {
                    sum += Math.abs(left[transposeA ? d * m + index / n : index / n * k + d] * (double) right[transposeB ? index % n * k + d : d * n + index % n]);
                }
                return 2 * (k + 3) * 0x1p-24 * (Math.abs(alpha) * sum + Math.abs(beta * before[index]));
            };
            Buffer a = bench.floats(left);
            Buffer b = bench.floats(right);
            Buffer c = beta == 0 ? bench.output("c", m, n, bound) : bench.output("c", m, n, before, bound);
            bench.backend().gemm(transposeA, transposeB, m, n, k, alpha, a, b, beta, c);
        });
    }

    @ParameterizedTest
    @EnumSource
    void biasActivation(Activation activation) {
        for (int[] shape : BackendParity.RAGGED) {
            int rows = shape[0];
            int columns = shape[1];
            parity.check(activation.label() + " forward", bench -> {
                Buffer bias = bench.floats(bench.normal(columns));
                // One addition: the same bits. f: a few units in the last place of exp, log1p, erf or tanh on either side.
                Buffer product = bench.output("a", rows, columns, scaled(bench.normal(rows * columns), 3), Bench.EQUAL);
                Buffer output = bench.output("y", rows, columns, Bench.ulps(16, 1e-7));
                bench.backend().biasActivation(rows, columns, activation, product, bias, output);
            });
            parity.check(activation.label() + " forward in place without bias", bench -> {
                Buffer product = bench.output("y", rows, columns, scaled(bench.normal(rows * columns), 3), Bench.ulps(16, 1e-7));
                bench.backend().biasActivation(rows, columns, activation, product, null, product);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void biasActivationBackward(Activation activation) {
        for (int[] shape : BackendParity.RAGGED) {
            for (boolean accumulate : new boolean[] {false, true}) {
                backward(activation, shape[0], shape[1], accumulate);
            }
        }
    }

    private static void backward(Activation activation, int rows, int columns, boolean accumulate) {
        parity.check(activation.label() + " backward" + (accumulate ? " adding" : ""), bench -> {
            // Values that f can take, so that f' from y is what training meets.
            float[] saved = activation.savesInput() || activation == Activation.IDENTITY ? bench.normal(rows * columns) : bench.uniform(rows * columns, 0.02f, 0.98f);
            float[] dOutput = bench.normal(rows * columns);
            float[] before = bench.normal(rows * columns);
            float[] biasBefore = bench.normal(columns);
            Buffer s = bench.floats(saved);
            Buffer d = bench.floats(dOutput);
            Bench.Bound element = (index, expected) -> 16 * 0x1p-24 * (1.2 * Math.abs(dOutput[index]) + (accumulate ? Math.abs(before[index]) : 0));
            // A sum of rows terms in another order, of terms that differ by the bound above.
            Bench.Bound sum = (column, expected) -> {
                double total = Math.abs(biasBefore[column]);
                for (int r = 0; r < rows; r++) {
                    total += 1.2 * Math.abs(dOutput[r * columns + column]) + (accumulate ? Math.abs(before[r * columns + column]) : 0);
                }
                return (16 + rows) * 0x1p-24 * total;
            };
            Buffer dPre = accumulate ? bench.output("dx", rows, columns, before, element) : bench.output("dx", rows, columns, element);
            Buffer dBias = accumulate ? bench.output("dbias", 1, columns, biasBefore, sum) : bench.output("dbias", 1, columns, sum);
            bench.backend().biasActivationBackward(rows, columns, activation, s, d, dPre, accumulate, dBias, accumulate);
        });
    }

    @Test
    void biasActivationBackwardWithoutBiasInPlaceAndWithoutUpstream() {
        int rows = 33;
        int columns = 257;
        parity.check("tanh backward in place", bench -> {
            float[] gradient = bench.normal(rows * columns);
            Buffer saved = bench.floats(bench.uniform(rows * columns, -0.9f, 0.9f));
            Buffer dPre = bench.output("dx", rows, columns, gradient, (index, expected) -> 0x1p-22 * Math.abs(gradient[index]));
            bench.backend().biasActivationBackward(rows, columns, Activation.TANH, saved, dPre, dPre, false, null, false);
        });
        parity.check("tanh backward of no upstream", bench -> {
            float[] gradient = bench.normal(rows * columns);
            Buffer saved = bench.floats(bench.uniform(rows * columns, -0.9f, 0.9f));
            Buffer dPre = bench.output("dx", rows, columns, gradient, Bench.EQUAL);
            Buffer dBias = bench.output("dbias", 1, columns, (column, expected) -> rows * 0x1p-24 * rows * 4);
            bench.backend().biasActivationBackward(rows, columns, Activation.TANH, saved, null, dPre, true, dBias, false);
        });
    }

    /** Many rows: the bias sum is cut into blocks that meet in scratch memory, and the counters are ready for the next launch. */
    @Test
    void longBiasSumsRepeatBitByBit() {
        int rows = 5000;
        int columns = 3;
        parity.check("identity backward of many rows", bench -> {
            Buffer saved = bench.floats(bench.normal(rows * columns));
            Buffer dOutput = bench.floats(bench.normal(rows * columns));
            Buffer dPre = bench.output("dx", rows, columns, Bench.EQUAL);
            Buffer first = bench.scratch(columns);
            Buffer second = bench.scratch(columns);
            bench.backend().biasActivationBackward(rows, columns, Activation.IDENTITY, saved, dOutput, dPre, false, first, false);
            bench.backend().biasActivationBackward(rows, columns, Activation.IDENTITY, saved, dOutput, dPre, false, second, false);
            Buffer difference = bench.output("difference of two runs", 1, columns, Bench.EQUAL);
            bench.backend().copy(first, difference);
            bench.backend().add(-1, second, difference);
        });
    }

    private static float[] scaled(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return values;
    }
}
