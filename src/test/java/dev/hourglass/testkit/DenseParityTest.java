package dev.hourglass.testkit;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Matrix products, bias and activation, and whole dense layers on every backend. */
class DenseParityTest {
    /** m, n, k: single numbers, edges of the tile 32 x 32 and of the depth 16, K cut into parts. */
    private static final int[][] PRODUCTS = {{1, 1, 1}, {31, 33, 32}, {33, 257, 31}, {32, 32, 784}, {257, 1, 33}, {1, 257, 160}};

    /** Rows, outputs, inputs: as above, with 16 and with 32 rows to a block. */
    private static final int[][] LAYERS = {{1, 1, 1}, {31, 33, 32}, {33, 257, 31}, {64, 36, 260}, {5, 784, 33}, {385, 384, 20}};
    /** A layer with too many tiles for the kernels that do a layer whole. */
    private static final int[] LARGE_LAYER = {900, 800, 17};
    private static final Activation[] KINDS = {Activation.IDENTITY, Activation.RELU, Activation.TANH, Activation.GELU};

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
                    sum += Math.abs(left[transposeA ? d * m + index / n : index / n * k + d]
                            * (double) right[transposeB ? index % n * k + d : d * n + index % n]);
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
            float[] saved = activation.savesInput() || activation == Activation.IDENTITY ? bench.normal(rows * columns)
                    : bench.uniform(rows * columns, 0.02f, 0.98f);
            float[] dOutput = bench.normal(rows * columns);
            float[] before = bench.normal(rows * columns);
            float[] biasBefore = bench.normal(columns);
            Buffer s = bench.floats(saved);
            Buffer d = bench.floats(dOutput);
            Bench.Bound element = (index, expected) -> 16 * 0x1p-24
                    * (1.2 * Math.abs(dOutput[index]) + (accumulate ? Math.abs(before[index]) : 0));
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

    @Test
    void layersForward() {
        for (int i = 0; i < LAYERS.length; i++) {
            for (int way = 0; way < 4; way++) {
                layer(LAYERS[i], KINDS[(i + way) % KINDS.length], (way & 1) != 0, (way & 2) != 0);
            }
        }
    }

    @Test
    void largeLayers() {
        layer(LARGE_LAYER, Activation.RELU, false, false);
        layerBackward(LARGE_LAYER, Activation.TANH, true, true);
    }

    private static void layer(int[] shape, Activation activation, boolean transposed, boolean accumulate) {
        int rows = shape[0];
        int outputs = shape[1];
        int inputs = shape[2];
        String name = "%s layer of %d inputs%s%s".formatted(activation.label(), inputs, transposed ? " transposed" : "",
                accumulate ? " adding" : "");
        parity.check(name, bench -> {
            float[] x = bench.normal(rows * inputs);
            float[] w = scaled(bench.normal(outputs * inputs), (float) (1 / Math.sqrt(inputs)));
            float[] before = bench.normal(rows * outputs);
            float[] b = bench.normal(outputs);
            // The sum as in a product, and three more roundings; f has a slope of at most 1.2 and is itself off by a few units in the last place.
            Bench.Bound sum = (index, expected) -> {
                double total = Math.abs(b[index % outputs]) + (accumulate ? Math.abs(before[index]) : 0);
                for (int d = 0; d < inputs; d++) {
                    total += Math
                            .abs(x[index / outputs * inputs + d] * (double) weight(w, transposed, outputs, inputs, index % outputs, d));
                }
                return 2 * (inputs + 3) * 0x1p-24 * total;
            };
            Bench.Bound value = (index, expected) -> 1.2 * sum.allowed(index, expected) + 16 * 0x1p-23 * Math.abs(expected) + 1e-7;
            Buffer bias = bench.floats(b);
            Buffer input = bench.floats(x);
            Buffer weights = bench.floats(w);
            Buffer pre = accumulate ? bench.output("a", rows, outputs, before, sum) : bench.output("a", rows, outputs, sum);
            Buffer output = bench.output("y", rows, outputs, value);
            bench.backend().dense(rows, outputs, inputs, activation, input, weights, transposed, accumulate, bias, pre, output);
            if (!activation.savesInput()) {
                Buffer inPlace = bench.output("y in place", rows, outputs, (index, expected) -> 2 * value.allowed(index, expected));
                bench.backend().dense(rows, outputs, inputs, activation, input, weights, transposed, false, null, inPlace, inPlace);
            }
        });
    }

    private static float weight(float[] w, boolean transposed, int outputs, int inputs, int output, int input) {
        return transposed ? w[input * outputs + output] : w[output * inputs + input];
    }

    @Test
    void layersBackward() {
        for (int i = 0; i < LAYERS.length; i++) {
            for (int way = 0; way < 4; way++) {
                layerBackward(LAYERS[i], KINDS[(i + way) % KINDS.length], (way & 1) != 0, (way & 2) != 0);
            }
        }
    }

    private static void layerBackward(int[] shape, Activation activation, boolean transposed, boolean accumulate) {
        int rows = shape[0];
        int outputs = shape[1];
        int inputs = shape[2];
        String name = "%s layer of %d inputs backward%s%s".formatted(activation.label(), inputs, transposed ? " transposed" : "",
                accumulate ? " adding" : "");
        parity.check(name, bench -> {
            float[] x = bench.normal(rows * inputs);
            float[] w = scaled(bench.normal(outputs * inputs), (float) (1 / Math.sqrt(inputs)));
            float[] saved = activation.savesInput() ? bench.normal(rows * outputs) : bench.uniform(rows * outputs, 0.02f, 0.98f);
            float[] upstream = bench.normal(rows * outputs);
            float[] preBefore = bench.normal(rows * outputs);
            float[] dxBefore = bench.normal(rows * inputs);
            float[] dwBefore = bench.normal(outputs * inputs);
            float[] biasBefore = bench.normal(outputs);
            double[] largest = new double[rows * outputs];
            for (int i = 0; i < largest.length; i++) {
                largest[i] = 1.2 * Math.abs(upstream[i]) + (accumulate ? Math.abs(preBefore[i]) : 0);
            }
            // Each factor dPre is off by 16 roundings, each sum of k products by k more on either side.
            Bench.Bound pre = (index, expected) -> 16 * 0x1p-24 * largest[index];
            Bench.Bound dx = (index, expected) -> {
                double total = accumulate ? Math.abs(dxBefore[index]) : 0;
                for (int o = 0; o < outputs; o++) {
                    total += largest[index / inputs * outputs + o] * Math.abs(weight(w, transposed, outputs, inputs, o, index % inputs));
                }
                return (19 + 2 * outputs) * 0x1p-24 * total;
            };
            Bench.Bound dw = (index, expected) -> {
                int output = transposed ? index % outputs : index / inputs;
                int input = transposed ? index / outputs : index % inputs;
                double total = accumulate ? Math.abs(dwBefore[index]) : 0;
                for (int r = 0; r < rows; r++) {
                    total += largest[r * outputs + output] * Math.abs(x[r * inputs + input]);
                }
                return (19 + 2 * rows) * 0x1p-24 * total;
            };
            Bench.Bound bias = (column, expected) -> {
                double total = Math.abs(biasBefore[column]);
                for (int r = 0; r < rows; r++) {
                    total += largest[r * outputs + column];
                }
                return (16 + 2 * rows) * 0x1p-24 * total;
            };
            int height = transposed ? inputs : outputs;
            int width = transposed ? outputs : inputs;
            Buffer input = bench.floats(x);
            Buffer weights = bench.floats(w);
            Buffer s = bench.floats(saved);
            Buffer dOutput = bench.floats(upstream);
            Buffer dPre = accumulate ? bench.output("dpre", rows, outputs, preBefore, pre) : bench.output("dpre", rows, outputs, pre);
            Buffer dInput = accumulate ? bench.output("dx", rows, inputs, dxBefore, dx) : bench.output("dx", rows, inputs, dx);
            Buffer dWeight = accumulate ? bench.output("dw", height, width, dwBefore, dw) : bench.output("dw", height, width, dw);
            Buffer dBias = accumulate ? bench.output("dbias", 1, outputs, biasBefore, bias) : bench.output("dbias", 1, outputs, bias);
            bench.backend().denseBackward(rows, outputs, inputs, activation, input, weights, transposed, s, dOutput, dPre, accumulate,
                    dInput,
                    accumulate, dWeight, accumulate, dBias, accumulate);
            layerBackwardInParts(bench, shape, transposed, input, weights, dPre, dw, bias);
        });
    }

    /** The first layer of a network wants no dx; a frozen layer no dW; dPre that is there is used as it is. */
    private static void layerBackwardInParts(Bench bench, int[] shape, boolean transposed, Buffer input, Buffer weights, Buffer dPre,
            Bench.Bound dw,
            Bench.Bound bias) {
        int rows = shape[0];
        int outputs = shape[1];
        int inputs = shape[2];
        Bench.Bound twice = (index, expected) -> 2 * dw.allowed(index, expected);
        Buffer dWeight = bench.output("dw alone", transposed ? inputs : outputs, transposed ? outputs : inputs, twice);
        bench.backend().denseBackward(rows, outputs, inputs, Activation.IDENTITY, input, weights, transposed, dPre, dPre, dPre, false, null,
                false,
                dWeight, false, null, false);
        Buffer dBias = bench.output("dbias alone", 1, outputs, (column, expected) -> 2 * bias.allowed(column, expected));
        bench.backend().denseBackward(rows, outputs, inputs, Activation.IDENTITY, input, weights, transposed, dPre, dPre, dPre, false, null,
                false,
                null, false, dBias, false);
    }

    private static float[] scaled(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return values;
    }
}
