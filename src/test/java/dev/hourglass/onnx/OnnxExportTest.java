package dev.hourglass.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.inference.Inference;
import dev.hourglass.io.FormatException;
import dev.hourglass.model.Model;
import dev.hourglass.model.ModelGraphs;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.code.Deterministic;
import dev.hourglass.model.code.DiagonalGaussian;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exported graphs in ONNX Runtime against the model itself. */
class OnnxExportTest {
    private static final int ROWS = 37;
    private static final int COLUMNS = 11;
    private static final double RELATIVE = 1e-5;

    @TempDir
    Path folder;

    static Stream<String> models() {
        return variants().keySet().stream();
    }

    private static Map<String, ModelBuilder> variants() {
        Map<String, ModelBuilder> all = new LinkedHashMap<>();
        for (String preset : Hourglass.presets()) {
            ModelBuilder builder = Hourglass.preset(preset);
            boolean deep = !preset.equals("sparse") && !preset.equals("contractive");
            all.put(preset, (deep ? builder.hidden(9, 6) : builder).latent(4));
        }
        for (Activation activation : Activation.values()) {
            all.put("hidden layers of " + activation.label(), Hourglass.vae().hidden(9, 6).latent(4).activation(activation));
            all.put("tied layers and code of " + activation.label(),
                    Hourglass.undercomplete().hidden(9, 6).tied(true).activation(activation)
                            .code(Code.deterministic(4, activation)));
        }
        all.put("full covariance of one dimension", Hourglass.vae().hidden(5).code(Code.fullGaussian(1)));
        all.put("real conditions, full covariance", Hourglass.cvae().hidden(5).code(Code.fullGaussian(3)).condition(ConditionKind.VALUES));
        all.put("standardised",
                Hourglass.vae().hidden(5).latent(3).likelihood(Likelihood.gaussian(Variance.PER_FEATURE)).scaling("standardize"));
        all.put("fixed binarisation", Hourglass.vae().hidden(5).latent(3).binarization(Binarization.FIXED));
        all.put("counts", Hourglass.vae().hidden(5).latent(3).likelihood(Likelihood.poisson()));
        all.put("counts as they are", Hourglass.undercomplete().hidden(5).latent(3).likelihood(Likelihood.poisson()).scaling("none"));
        all.put("logarithms", Hourglass.vae().hidden(5).latent(3).likelihood(Likelihood.gaussian(1)).scaling("log"));
        all.put("linear, unscaled", Hourglass.undercomplete().hidden().latent(3).scaling("none"));
        return all;
    }

    @ParameterizedTest
    @MethodSource("models")
    void graphsComputeWhatTheModelComputes(String name) throws OrtException {
        Examples examples = examples(name.startsWith("counts"));
        try (Backend backend = new CpuBackend(1); Model model = variants().get(name).create(backend, examples, 5);
             Inference inference = new Inference(model)) {
            jiggle(model);
            OnnxExport.write(ModelGraphs.encoder(model), ModelGraphs.decoder(model), folder.resolve("new/onnx"), false);
            float[][] c = conditions(model, examples);
            float[][] expected = inference.encode(examples);
            Map<String, float[][]> encoded = run(folder.resolve("new/onnx").resolve(OnnxExport.ENCODER),
                    inputs("x", rows(examples.features()), c));
            assertClose(expected, encoded.get("code"));
            Map<String, float[][]> decoded = run(folder.resolve("new/onnx").resolve(OnnxExport.DECODER), inputs("z", expected, c));
            assertClose(inference.decode(expected, c), decoded.get("mean"));
            assertEquals(List.of("mean"), List.copyOf(decoded.keySet()));
            float[][] drawn = inference.encodeSample(examples, 3);
            // With all parameters zero z is eps itself, and a row draws the same whatever the parameters.
            model.parameters().values().write(new float[model.parameters().values().size()]);
            assertSamplesCanBeDrawn(model.specification().code(), drawn, expected, encoded, inference.encodeSample(examples, 3));
        }
    }

    /** z - mean of one draw of the model, through the exported factor, is the eps it drew. */
    private static void assertSamplesCanBeDrawn(Code code, float[][] z, float[][] mean, Map<String, float[][]> encoded,
            float[][] expected) {
        if (code instanceof Deterministic) {
            assertEquals(List.of("code"), List.copyOf(encoded.keySet()));
        } else if (code instanceof DiagonalGaussian) {
            assertEquals(List.of("code", "log_variance"), List.copyOf(encoded.keySet()));
            assertDrawn(expected, (r, j) -> (z[r][j] - mean[r][j]) / Math.exp(encoded.get("log_variance")[r][j] / 2));
        } else {
            float[][] diagonal = encoded.get("factor_diagonal");
            float[][] below = encoded.get("factor_off_diagonal");
            assertEquals(code.latent() == 1, below == null);
            double[][] eps = new double[z.length][code.latent()];
            for (int r = 0; r < z.length; r++) {
                for (int i = 0, at = 0; i < code.latent(); i++) {
                    double rest = z[r][i] - mean[r][i];
                    for (int j = 0; j < i; j++) {
                        rest -= below[r][at++] * eps[r][j];
                    }
                    eps[r][i] = rest / diagonal[r][i];
                }
            }
            assertDrawn(expected, (r, j) -> eps[r][j]);
        }
    }

    private interface Element {
        double at(int row, int column);
    }

    private static void assertDrawn(float[][] expected, Element eps) {
        for (int row = 0; row < expected.length; row++) {
            for (int j = 0; j < expected[row].length; j++) {
                assertEquals(expected[row][j], eps.at(row, j), 2e-3, "eps of row " + row + ", dimension " + j);
            }
        }
    }

    @Test
    void theFolderIsReplacedOnlyWhenAskedAndOnlyAnExport() throws IOException {
        Examples examples = examples(false);
        Path target = folder.resolve("onnx");
        try (Backend backend = new CpuBackend(1); Model model = Hourglass.vae().hidden(5).latent(2).create(backend, examples, 5)) {
            OnnxExport.write(ModelGraphs.encoder(model), ModelGraphs.decoder(model), target, false);
            byte[] first = Files.readAllBytes(target.resolve(OnnxExport.ENCODER));
            FormatException taken = assertThrows(FormatException.class,
                    () -> OnnxExport.write(ModelGraphs.encoder(model), ModelGraphs.decoder(model), target, false));
            assertTrue(taken.getMessage().contains("already holds an export"), taken.getMessage());
            jiggle(model);
            OnnxExport.write(ModelGraphs.encoder(model), ModelGraphs.decoder(model), target, true);
            assertFalse(Arrays.equals(first, Files.readAllBytes(target.resolve(OnnxExport.ENCODER))));
            Files.writeString(target.resolve("thesis.txt"), "of great worth");
            FormatException foreign = assertThrows(FormatException.class,
                    () -> OnnxExport.write(ModelGraphs.encoder(model), ModelGraphs.decoder(model), target, true));
            assertTrue(foreign.getMessage().contains("other files, such as thesis.txt"), foreign.getMessage());
            assertEquals("of great worth", Files.readString(target.resolve("thesis.txt")));
            assertThrows(FormatException.class,
                    () -> OnnxExport.write(ModelGraphs.encoder(model), ModelGraphs.decoder(model), target.resolve("thesis.txt"), true));
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(target), left.toList());
        }
    }

    /** A column that floats would make one value goes in and out as doubles. */
    @Test
    void wideColumnsGoInAndOutAsDoubles() throws OrtException {
        Random random = new Random(6);
        double[][] rows = new double[ROWS][];
        Arrays.setAll(rows, i -> new double[] {1e6 + 0.004 * random.nextGaussian(), random.nextGaussian()});
        for (String scaling : List.of("standardize", "log")) {
            Examples examples = new Examples(Dataset.of(rows), Dataset.of(rows));
            ModelBuilder builder = Hourglass.cvae().hidden(5).latent(3).likelihood(Likelihood.gaussian(1)).condition(ConditionKind.VALUES)
                    .scaling(scaling);
            try (Backend backend = new CpuBackend(1); Model model = builder.create(backend, examples, 5);
                 Inference inference = new Inference(model)) {
                jiggle(model);
                OnnxExport.write(ModelGraphs.encoder(model), ModelGraphs.decoder(model), folder.resolve(scaling), false);
                float[][] codes = inference.encode(examples);
                assertClose(codes,
                        (float[][]) run(folder.resolve(scaling).resolve(OnnxExport.ENCODER), "code", Map.of("x", rows, "c", rows)));
                double[][] mean = (double[][]) run(folder.resolve(scaling).resolve(OnnxExport.DECODER), "mean",
                        Map.of("z", codes, "c", rows));
                double[][] decoded = inference.decodeDouble(codes, rows);
                for (int i = 0; i < ROWS; i++) {
                    assertEquals(decoded[i][0], mean[i][0], 1e-6);
                    assertEquals(decoded[i][1], mean[i][1], 1e-4);
                }
            }
        }
    }

    private static Object run(Path file, String output, Map<String, Object> inputs) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString())) {
            Map<String, OnnxTensor> tensors = new HashMap<>();
            for (Map.Entry<String, Object> input : inputs.entrySet()) {
                tensors.put(input.getKey(), OnnxTensor.createTensor(environment, input.getValue()));
            }
            try (OrtSession.Result result = session.run(tensors)) {
                return result.get(output).orElseThrow().getValue();
            } finally {
                tensors.values().forEach(OnnxTensor::close);
            }
        }
    }

    private static void jiggle(Model model) {
        Random random = new Random(3);
        Tensor all = model.parameters().values();
        float[] values = all.read();
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.2 * random.nextGaussian());
        }
        all.write(values);
    }

    private static Examples examples(boolean counts) {
        Random random = new Random(1);
        float[] values = new float[ROWS * COLUMNS];
        float[] conditions = new float[ROWS * 2];
        int[] labels = new int[ROWS];
        for (int i = 0; i < values.length; i++) {
            values[i] = 3 + i % COLUMNS * random.nextFloat();
            values[i] = counts ? (float) Math.floor(values[i]) : values[i];
        }
        for (int i = 0; i < conditions.length; i++) {
            conditions[i] = (float) (5 + 2 * random.nextGaussian());
        }
        Arrays.setAll(labels, i -> i % 3);
        return new Examples(Dataset.of(COLUMNS, values).withLabels(labels), Dataset.of(2, conditions));
    }

    private static float[][] conditions(Model model, Examples examples) {
        return switch (model.specification().condition()) {
            case NONE -> null;
            case VALUES -> rows(examples.conditions());
            case LABELS -> {
                float[][] oneHot = new float[ROWS][3];
                for (int r = 0; r < ROWS; r++) {
                    oneHot[r][examples.features().label(r)] = 1;
                }
                yield oneHot;
            }
        };
    }

    private static float[][] rows(Dataset data) {
        float[][] rows = new float[data.rows()][];
        Arrays.setAll(rows, data::row);
        return rows;
    }

    private static Map<String, float[][]> inputs(String name, float[][] first, float[][] c) {
        Map<String, float[][]> inputs = new HashMap<>(Map.of(name, first));
        if (c != null) {
            inputs.put("c", c);
        }
        return inputs;
    }

    private static Map<String, float[][]> run(Path file, Map<String, float[][]> inputs) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (OrtSession session = environment.createSession(file.toString(), options)) {
                Map<String, OnnxTensor> tensors = new HashMap<>();
                for (Map.Entry<String, float[][]> input : inputs.entrySet()) {
                    tensors.put(input.getKey(), OnnxTensor.createTensor(environment, input.getValue()));
                }
                Map<String, float[][]> outputs = new TreeMap<>();
                try (OrtSession.Result result = session.run(tensors)) {
                    for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
                        outputs.put(output.getKey(), (float[][]) output.getValue().getValue());
                    }
                } finally {
                    tensors.values().forEach(OnnxTensor::close);
                }
                return outputs;
            }
        }
    }

    /** Relative to the largest value of the row: single values may cancel. */
    private static void assertClose(float[][] expected, float[][] actual) {
        assertEquals(expected.length, actual.length, "rows");
        for (int r = 0; r < expected.length; r++) {
            double largest = 0;
            for (float value : expected[r]) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertArrayEquals(expected[r], actual[r], (float) (RELATIVE * largest), "row " + r);
        }
    }
}
