package dev.hourglass.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.hourglass.backend.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Graphs run by ONNX Runtime against the same network in plain Java. */
class OnnxGraphTest {
    private static final int[] BATCHES = {1, 3, 64};

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Activation.class)
    void aTwoLayerNetworkComputesWhatJavaComputes(Activation activation) throws OrtException {
        Random random = new Random(activation.label().hashCode());
        float[] weight1 = normals(random, 13 * 7);
        float[] bias1 = normals(random, 13);
        float[] weight2 = normals(random, 13 * 5);
        float[] bias2 = normals(random, 5);
        OnnxGraph graph = new OnnxGraph("net");
        String hidden = graph.dense(graph.input("x", 7), weight1, bias1, activation);
        graph.output("y", graph.denseTransposed(hidden, weight2, bias2, activation));
        Path file = folder.resolve("net.onnx");
        graph.write(file);
        for (int batch : BATCHES) {
            float[][] x = rows(random, batch, 7);
            float[][] expected = new float[batch][];
            for (int row = 0; row < batch; row++) {
                double[] h = layer(activation, x[row], weight1, bias1, false);
                float[] narrow = new float[h.length];
                for (int i = 0; i < h.length; i++) {
                    narrow[i] = (float) h[i];
                }
                double[] y = layer(activation, narrow, weight2, bias2, true);
                expected[row] = new float[y.length];
                for (int i = 0; i < y.length; i++) {
                    expected[row][i] = (float) y[i];
                }
            }
            assertClose(expected, run(file, Map.of("x", x)).get("y"));
        }
    }

    @Test
    void aVariationalEncoderWithAllOtherOperators() throws OrtException {
        Random random = new Random(3);
        float[] weight = normals(random, 4 * 6);
        OnnxGraph graph = new OnnxGraph("vae");
        String x = graph.divide(graph.subtract(graph.input("x", 3), graph.constant(1, 2, 3)), graph.constant(2, 4, 8));
        String conditioned = graph.concat(x, graph.input("c", 3));
        String head = graph.dense(conditioned, weight, new float[4], Activation.IDENTITY);
        String[] code = {graph.slice(head, 0, 2), graph.slice(head, 2, 4)};
        String deviation = graph.exp(graph.multiply(code[1], graph.constant(0.5f)));
        graph.output("z", graph.add(code[0], graph.multiply(deviation, graph.input("epsilon", 2))));
        graph.output("mean", code[0]);
        graph.output("last", graph.slice(x, 1, 3));
        Path file = folder.resolve("vae.onnx");
        graph.metadata("model", "conditional").metadata("latent", "2").write(file);
        for (int batch : BATCHES) {
            float[][] input = rows(random, batch, 3);
            float[][] condition = rows(random, batch, 3);
            float[][] epsilon = rows(random, batch, 2);
            Map<String, float[][]> results = run(file, Map.of("x", input, "c", condition, "epsilon", epsilon));
            for (int row = 0; row < batch; row++) {
                float[] joined = new float[6];
                for (int i = 0; i < 3; i++) {
                    joined[i] = (input[row][i] - (i + 1)) / (2 << i);
                    joined[3 + i] = condition[row][i];
                }
                double[] h = layer(Activation.IDENTITY, joined, weight, new float[4], false);
                float[] z = new float[2];
                for (int i = 0; i < 2; i++) {
                    z[i] = (float) (h[i] + Math.exp(0.5 * h[2 + i]) * epsilon[row][i]);
                }
                assertClose(new float[][] {z}, new float[][] {results.get("z")[row]});
                assertClose(new float[][] {{(float) h[0], (float) h[1]}}, new float[][] {results.get("mean")[row]});
                assertArrayEquals(new float[] {joined[1], joined[2]}, results.get("last")[row], 1e-6f);
            }
        }
    }

    @Test
    void theModelDescribesItself() throws OrtException, IOException {
        Path file = folder.resolve("described.onnx");
        small().write(file);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
             OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString(), options)) {
            assertEquals(Map.of("model", "vae", "a", "\u00e9"), session.getMetadata().getCustomMetadata());
            assertEquals("hourglass", session.getMetadata().getProducerName());
            assertEquals("small", session.getMetadata().getGraphName());
            TensorInfo input = (TensorInfo) session.getInputInfo().get("x").getInfo();
            assertArrayEquals(new long[] {-1, 2}, input.getShape());
            assertArrayEquals(new String[] {"batch", ""}, input.getDimensionNames());
            assertArrayEquals(new long[] {-1, 1}, ((TensorInfo) session.getOutputInfo().get("y").getInfo()).getShape());
        }
        Path again = folder.resolve("again.onnx");
        small().write(again);
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
    }

    @Test
    void whatDoesNotFitIsNamed() {
        OnnxGraph graph = new OnnxGraph("g");
        String x = graph.input("x", 3);
        assertRefused("onnx dense: the weight does not fit: weight.length=5, expected in*out=3*2",
                () -> graph.dense(x, new float[5], new float[2], Activation.RELU));
        assertRefused("onnx slice: no such columns: columns=[1, 4), expected 0 <= from < to <= width=3", () -> graph.slice(x, 1, 4));
        assertRefused("onnx Add: the widths do not fit: widths=3 and 2, expected equal ones or one of them 1",
                () -> graph.add(x, graph.constant(1, 2)));
        assertRefused("onnx graph g: there is no such value: value=h, expected one of", () -> graph.exp("h"));
        assertRefused("onnx: two values of one name: value=x, expected a new name", () -> graph.output("x", x));
        assertRefused("onnx value y: it has no columns: columns=0, expected at least 1", () -> graph.input("y", 0));
        Path file = folder.resolve("none.onnx");
        assertEquals("onnx: there is no output: graph=g, expected at least one output",
                assertThrows(IllegalStateException.class, () -> graph.write(file)).getMessage());
        assertFalse(Files.exists(file));
    }

    private static void assertRefused(String start, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertEquals(start, message.substring(0, Math.min(start.length(), message.length())));
    }

    private static OnnxGraph small() {
        OnnxGraph graph = new OnnxGraph("small");
        graph.output("y", graph.dense(graph.input("x", 2), new float[] {1, 2}, new float[] {3}, Activation.GELU));
        return graph.metadata("model", "vae").metadata("a", "\u00e9");
    }

    private static Map<String, float[][]> run(Path file, Map<String, float[][]> inputs) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> tensors = new TreeMap<>();
        Map<String, float[][]> outputs = new TreeMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            for (Map.Entry<String, float[][]> input : inputs.entrySet()) {
                tensors.put(input.getKey(), OnnxTensor.createTensor(environment, input.getValue()));
            }
            try (OrtSession session = environment.createSession(file.toString(), options);
                 OrtSession.Result result = session.run(tensors)) {
                for (String name : session.getOutputNames()) {
                    outputs.put(name, (float[][]) result.get(name).orElseThrow().getValue());
                }
            }
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
        return outputs;
    }

    private static double[] layer(Activation activation, float[] x, float[] weight, float[] bias, boolean transposed) {
        double[] y = new double[bias.length];
        for (int out = 0; out < y.length; out++) {
            double sum = bias[out];
            for (int in = 0; in < x.length; in++) {
                sum += x[in] * (double) (transposed ? weight[in * y.length + out] : weight[out * x.length + in]);
            }
            y[out] = activate(activation, sum);
        }
        return y;
    }

    private static double activate(Activation activation, double a) {
        return switch (activation) {
            case IDENTITY -> a;
            case RELU -> Math.max(a, 0);
            case LEAKY_RELU -> a > 0 ? a : 0.01 * a;
            case ELU -> a > 0 ? a : Math.expm1(a);
            case GELU -> 0.5 * a * (1 + erf(a / Math.sqrt(2)));
            case SILU -> a / (1 + Math.exp(-a));
            case SOFTPLUS -> Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
            case SIGMOID -> 1 / (1 + Math.exp(-a));
            case TANH -> Math.tanh(a);
        };
    }

    /** Simpson's rule over [0, x]: far more exact than the floats compared. */
    private static double erf(double x) {
        double limit = Math.min(Math.abs(x), 6);
        int steps = 400;
        double sum = 1 + Math.exp(-limit * limit);
        for (int i = 1; i < steps; i++) {
            double t = limit * i / steps;
            sum += (i % 2 == 1 ? 4 : 2) * Math.exp(-t * t);
        }
        return Math.signum(x) * 2 / Math.sqrt(Math.PI) * sum * limit / steps / 3;
    }

    private static void assertClose(float[][] expected, float[][] found) {
        assertEquals(expected.length, found.length);
        for (int row = 0; row < expected.length; row++) {
            assertEquals(expected[row].length, found[row].length);
            for (int i = 0; i < expected[row].length; i++) {
                assertEquals(expected[row][i], found[row][i], 1e-5 * (1 + Math.abs(expected[row][i])), "row " + row + " column " + i);
            }
        }
    }

    private static float[][] rows(Random random, int batch, int columns) {
        float[][] rows = new float[batch][];
        for (int row = 0; row < batch; row++) {
            rows[row] = normals(random, columns);
        }
        return rows;
    }

    private static float[] normals(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
