package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.code.UnitActivity;
import dev.hourglass.inference.Inference;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.penalty.SparsityKl;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sparse codes: where the mean activation settles, and how it is reported. */
class SparsityFactsTest {
    private static final double RHO = 0.2;

    private final Examples examples = Facts.examples(Facts.curved(512, 20, 3, 41));
    private Backend backend;

    @BeforeEach
    void open() {
        backend = Facts.open();
    }

    @AfterEach
    void close() {
        assertEquals(0, backend.liveBytes(), "leaked bytes");
        backend.close();
    }

    private static ModelBuilder sparse(Activation activation, double momentum) {
        return Hourglass.sparse().code(Code.deterministic(16, activation))
                .penalty(new SparsityKl(RHO, 10, momentum));
    }

    @ParameterizedTest
    @CsvSource({"SIGMOID, 0, 128", "TANH, 0, 128", "SIGMOID, 0.95, 16", "TANH, 0.95, 16"})
    void meanActivationSettlesAtRho(Activation activation, double momentum, int batch) {
        try (Model model = Facts.trained(backend, sparse(activation, momentum), examples, Facts.plan(60, batch, 0.01))) {
            UnitActivity activations = activity(model);
            // The share of its range: (1 + h) / 2 for tanh.
            double[] shares = Arrays.stream(activations.mean()).map(m -> activation == Activation.TANH ? (1 + m) / 2 : m).toArray();
            assertEquals(RHO, Arrays.stream(shares).average().orElseThrow(), 0.005, () -> Arrays.toString(shares));
            for (double unit : shares) {
                assertEquals(RHO, unit, 0.02, () -> Arrays.toString(shares));
            }
            // Not by switching units off: reconstruction is better than that of the mean.
            double error = Facts.terms(model, examples, 1, 0).get(Term.RECONSTRUCTION);
            assertTrue(error < 0.5 * variance(), () -> "error " + error + ", variance " + variance());
        }
    }

    @Test
    void termIsTheDivergenceOfTheReportedMeans() {
        try (Model model = sparse(Activation.SIGMOID, 0).scaling("none").create(backend, examples, 3)) {
            Facts.scatter(model, 0.5, 4);
            double expected = 0;
            for (double mean : activity(model).mean()) {
                expected += RHO * Math.log(RHO / mean) + (1 - RHO) * Math.log((1 - RHO) / (1 - mean));
            }
            assertEquals(expected, Facts.terms(model, examples, 1, 0).get(Term.SPARSITY), 1e-5 * expected);
        }
    }

    @Test
    void evaluationLeavesTheRunningMeanAlone() {
        try (Model model = sparse(Activation.SIGMOID, 0.9).scaling("none").create(backend, examples, 3)) {
            float[] before = model.penaltyState().get(0).read();
            double first = Facts.terms(model, examples, 1, 0).get(Term.SPARSITY);
            assertEquals(first, Facts.terms(model, examples, 1, 0).get(Term.SPARSITY));
            assertArrayEquals(before, model.penaltyState().get(0).read());
        }
    }

    @Test
    void histogramCountsEveryUnitOnce() {
        try (Model model = sparse(Activation.SIGMOID, 0).scaling("none").create(backend, examples, 3)) {
            float[] weights = new float[16 * 20];
            float[] biases = new float[16];
            for (int j = 0; j < 16; j++) {
                biases[j] = (float) Math.log((j + 0.5) / (15.5 - j));
            }
            Facts.set(model, "encoder.0.weight", weights);
            Facts.set(model, "encoder.0.bias", biases);
            UnitActivity activations = activity(model);
            assertEquals(0.5, activations.overall(), 1e-6);
            assertEquals(3.5 / 16, activations.mean()[3], 1e-6);
            assertArrayEquals(new int[] {2, 1, 2, 1, 2, 2, 1, 2, 1, 2}, activations.histogram());
        }
    }

    private UnitActivity activity(Model model) {
        try (Inference inference = new Inference(model)) {
            return UnitActivity.of(model, inference, examples);
        }
    }

    private double variance() {
        int columns = examples.features().columns();
        double sum = 0;
        for (int c = 0; c < columns; c++) {
            double mean = 0;
            double squares = 0;
            for (int r = 0; r < examples.rows(); r++) {
                mean += examples.features().value(r, c) / examples.rows();
                squares += Math.pow(examples.features().value(r, c), 2) / examples.rows();
            }
            sum += squares - mean * mean;
        }
        return sum;
    }
}
