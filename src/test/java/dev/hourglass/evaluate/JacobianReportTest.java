package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.JacobianReport.Settings;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.testkit.Infer;
import java.util.List;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JacobianReportTest {
    private static final int FEATURES = 6;
    private Backend backend;
    private final Dataset data = data();

    @BeforeEach
    void open() {
        backend = new CpuBackend(1);
    }

    @AfterEach
    void nothingLeaks() {
        assertEquals(0, backend.liveBytes());
        backend.close();
    }

    private static Dataset data() {
        Random random = new Random(8);
        float[] values = new float[30 * FEATURES];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Dataset.of(FEATURES, values);
    }

    @Test
    void aLinearEncoderHasTheSingularValuesOfItsWeights() {
        for (int latent : new int[] {3, 9}) {
            try (Model model = Hourglass.undercomplete().hidden().latent(latent).scaling("none").create(backend, Examples.of(data), 2)) {
                float[] weights = model.parameters().get("encoder.0.weight").value().read();
                DMatrixRMaj matrix = new DMatrixRMaj(latent, FEATURES);
                double square = 0;
                for (int i = 0; i < weights.length; i++) {
                    matrix.data[i] = weights[i];
                    square += (double) weights[i] * weights[i];
                }
                double[] expected = SingularOps_DDRM.singularValues(matrix);
                JacobianReport report = JacobianReport.of(model, Examples.of(data), Settings.defaults(), ProgressListener.none());
                assertEquals(Math.min(latent, FEATURES), report.spectrum().length);
                for (int i = 0; i < report.spectrum().length; i++) {
                    assertEquals(expected[i], report.spectrum()[i], 1e-6);
                }
                assertEquals(square, report.meanSquaredNorm(), 1e-5);
                assertEquals(Math.sqrt(square), report.meanNorm(), 1e-5);
                assertEquals(Math.sqrt(square), report.encoderWeightNorm(), 1e-6);
                assertTrue(Double.isNaN(report.saturated()));
                // A linear map shrinks every distance by the same ratio, whatever the radius.
                assertEquals(report.contraction().get(1).ratio(), report.contraction().get(2).ratio(), 1e-4);
            }
        }
    }

    @Test
    void agreesWithDifferencesOnADeepNetwork() {
        for (Model built : List.of(
                Hourglass.undercomplete().hidden(7, 5).activation(Activation.TANH).code(Code.deterministic(4, Activation.SIGMOID))
                        .scaling("none")
                        .create(backend, Examples.of(data), 2),
                Hourglass.vae().hidden(7).activation(Activation.GELU).latent(4).likelihood(Likelihood.gaussian(1)).scaling("none")
                        .create(backend, Examples.of(data), 2))) {
            try (Model model = built) {
                Settings settings = new Settings(1, List.of(4, 0), 4, List.of(1e-2), 0);
                JacobianReport report = JacobianReport.of(model, Examples.of(data), settings, ProgressListener.none());
                double squares = 0;
                for (int row = 0; row < data.rows(); row++) {
                    double[][] differences = differences(model, data.row(row));
                    for (double[] line : differences) {
                        for (double value : line) {
                            squares += value * value / data.rows();
                        }
                    }
                    if (row == 4) {
                        checkTangents(differences, report.tangents().get(0));
                    }
                }
                assertEquals(squares, report.meanSquaredNorm(), 2e-3 * squares);
                assertEquals(0, report.tangents().get(1).row());
                assertTrue(report.meanNorm() * report.meanNorm() <= report.meanSquaredNorm());
                assertTrue(report.contraction().get(0).ratio() > 0 && report.contraction().get(0).ratio() <= report.meanNorm() * 1.1);
            }
        }
    }

    /** |J v_i| = sigma_i, and the v_i are orthonormal. */
    private static void checkTangents(double[][] jacobian, JacobianReport.Tangents tangents) {
        assertEquals(4, tangents.row());
        for (int i = 0; i < tangents.singularValues().length; i++) {
            double square = 0;
            for (double[] line : jacobian) {
                square += Math.pow(dot(line, tangents.directions()[i]), 2);
            }
            assertEquals(tangents.singularValues()[i], Math.sqrt(square), 5e-3 * tangents.singularValues()[0]);
            for (int k = 0; k <= i; k++) {
                double[] other = new double[FEATURES];
                for (int j = 0; j < FEATURES; j++) {
                    other[j] = tangents.directions()[k][j];
                }
                assertEquals(i == k ? 1 : 0, dot(other, tangents.directions()[i]), 1e-4);
            }
        }
    }

    private static double dot(double[] a, float[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += a[j] * b[j];
        }
        return sum;
    }

    private static double[][] differences(Model model, float[] x) {
        float step = 1f / 64;
        float[][] moved = new float[2 * FEATURES][];
        for (int j = 0; j < FEATURES; j++) {
            moved[2 * j] = x.clone();
            moved[2 * j][j] += step;
            moved[2 * j + 1] = x.clone();
            moved[2 * j + 1][j] -= step;
        }
        float[][] codes = Infer.encode(model, Examples.of(Dataset.of(moved)));
        double[][] jacobian = new double[codes[0].length][FEATURES];
        for (int k = 0; k < jacobian.length; k++) {
            for (int j = 0; j < FEATURES; j++) {
                jacobian[k][j] = ((double) codes[2 * j][k] - codes[2 * j + 1][k]) / (2 * step);
            }
        }
        return jacobian;
    }

    @Test
    void countsSaturatedUnits() {
        for (Activation activation : new Activation[] {Activation.SIGMOID, Activation.TANH}) {
            try (Model model = Hourglass.undercomplete().hidden().code(Code.deterministic(4, activation)).scaling("none")
                    .create(backend, Examples.of(data), 2)) {
                model.parameters().get("encoder.0.weight").value().write(new float[4 * FEATURES]);
                model.parameters().get("encoder.0.bias").value().write(new float[] {-10, 0, 0.5f, 10});
                JacobianReport report = JacobianReport.of(model, Examples.of(data), Settings.defaults(), ProgressListener.none());
                assertEquals(0.5, report.saturated());
                assertEquals(0, report.meanNorm());
            }
        }
    }
}
