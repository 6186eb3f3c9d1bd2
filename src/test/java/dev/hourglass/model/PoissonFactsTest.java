package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.StepTable;
import dev.hourglass.batch.Batch;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.Scaling;
import dev.hourglass.data.Support;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.model.likelihood.FeatureTerms;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.loss.Term;
import dev.hourglass.tensor.Scope;
import dev.hourglass.testkit.Backends;
import dev.hourglass.testkit.Infer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Counts: what is refused, what is compared with what, and where training leads. */
class PoissonFactsTest {
    private static final int ROWS = 400;
    private static final int FEATURES = 6;

    /** Counts whose log rates lie on a line: a_j = 1.5 + w_j z. */
    private static Dataset counts(boolean bytes) {
        Random random = new Random(4);
        float[] values = new float[ROWS * FEATURES];
        byte[] small = new byte[values.length];
        for (int row = 0; row < ROWS; row++) {
            double z = random.nextGaussian();
            for (int j = 0; j < FEATURES; j++) {
                double rate = Math.exp(1.5 + (j - 2.5) / 2.5 * z);
                int count = 0;
                for (double left = -Math.log(1 - random.nextDouble()); left < rate; left -= Math.log(1 - random.nextDouble())) {
                    count++;
                }
                values[row * FEATURES + j] = Math.min(255, count);
                small[row * FEATURES + j] = (byte) Math.min(255, count);
            }
        }
        return bytes ? Dataset.of(FEATURES, small) : Dataset.of(FEATURES, values);
    }

    private static ModelBuilder model() {
        return Hourglass.vae().hidden(16).latent(1).likelihood(Likelihood.poisson());
    }

    /** The best that does not look at the row: -log p of every count at its column's mean. */
    private static double constantRates(Dataset data) {
        FeatureTerms terms = Likelihood.poisson().onHost(null, FEATURES);
        double sum = 0;
        for (int j = 0; j < FEATURES; j++) {
            double mean = 0;
            for (int row = 0; row < ROWS; row++) {
                mean += data.value(row, j) / ROWS;
            }
            for (int row = 0; row < ROWS; row++) {
                sum += terms.loss(j, Math.log(mean), data.value(row, j)) / ROWS;
            }
        }
        return sum;
    }

    @Test
    void trainingFindsTheLine() {
        Dataset data = counts(false);
        Examples examples = Examples.of(data);
        try (Backend backend = Facts.open()) {
            try (Model model = Facts.trained(model().create(backend, examples, 1), examples, Facts.plan(60, 40, 0.01))) {
                double loss = Facts.terms(model, examples, 1, 3).get(Term.LOSS);
                double constant = constantRates(data);
                assertTrue(loss < constant - 2, loss + " nats, constant rates " + constant);
                float[][] means = Infer.reconstruct(model, examples);
                double error = 0;
                for (int row = 0; row < ROWS; row++) {
                    for (int j = 0; j < FEATURES; j++) {
                        assertTrue(means[row][j] > 0);
                        error += Math.abs(means[row][j] - data.value(row, j)) / ROWS / FEATURES;
                    }
                }
                assertTrue(error < 2.5, "mean error of the rates " + error);
            }
            assertEquals(0, backend.liveBytes(), "leaked bytes");
        }
    }

    /** log x! and the terms of the device are those of the definition, in 64 bits. */
    @Test
    void termsOnTheHostAreTheDefinition() {
        FeatureTerms terms = Likelihood.poisson().onHost(null, 1);
        for (int x : new int[] {0, 1, 2, 19, 20, 21, 100, 5000}) {
            double logFactorial = 0;
            for (int i = 2; i <= x; i++) {
                logFactorial += Math.log(i);
            }
            for (double a : new double[] {-3, 0, 2.5, 6, 31}) {
                double bounded = Math.min(a, 30);
                double expected = Math.exp(bounded) - x * bounded + logFactorial;
                assertEquals(expected, terms.loss(0, a, x), 1e-10 * Math.max(1, Math.abs(expected)), "x " + x + ", a " + a);
            }
        }
        assertEquals(0, Likelihood.poisson().biasStart(1), 1e-12);
        assertTrue(Double.isFinite(Likelihood.poisson().biasStart(0)));
    }

    @Test
    void onlyCountsAreCounts() {
        try (Backend backend = Facts.open()) {
            for (float[] wrong : new float[][] {{1, 2, -1}, {1, 0.5f, 3}}) {
                Examples examples = Examples.of(Dataset.of(new float[][] {{1, 2, 3}, wrong}));
                String line = assertThrows(DataException.class, () -> model().create(backend, examples, 0)).getMessage();
                assertTrue(line.startsWith("data set: row 2, column ") && line.contains("expected a count: 0, 1, 2, ..."), line);
            }
            String scaled = assertThrows(IllegalArgumentException.class,
                    () -> model().scaling("minmax").create(backend, Examples.of(counts(false)), 0)).getMessage();
            assertEquals(
                    "model: counts are compared as they are: scaling=minmax, expected auto, log or none, which scale what the encoder sees",
                    scaled);
            Examples examples = Examples.of(counts(false));
            try (Model model = model().create(backend, examples, 0)) {
                double[] scores = Infer.score(model,
                        Examples.of(Dataset.of(new float[][] {{1, 2, 3, 4, 5, 6}, {1, 2, 3, -4, 5, 6}, {1, 2, 3, 4.5f, 5, 6}})),
                        ScoreKind.NEGATIVE_LOG_LIKELIHOOD, 20, 0);
                assertTrue(Double.isFinite(scores[0]));
                assertEquals(Double.POSITIVE_INFINITY, scores[1]);
                assertEquals(Double.POSITIVE_INFINITY, scores[2]);
            }
        }
    }

    @Test
    void valuesWithoutProbabilityAreTold() {
        Examples counts = Examples.of(counts(false));
        try (Backend backend = Facts.open(); Model model = model().create(backend, counts, 0)) {
            assertEquals(Optional.empty(), model.schema().outsideTheSupport(counts, model.specification()));
            Examples odd = Examples.of(Dataset.of(new float[][] {{1, 2, 3, 4, 5, 6}, {1, 2.5f, 3, 4, 5, 6}}));
            assertEquals(
                    "data set: row 2, 'x2' is 2.5 on the scale of the model, expected a count: 0, 1, 2, ...: the likelihood gives it no probability, so no"
                            + " mean over these rows says how well the model fits; its score is infinite",
                    model.schema().outsideTheSupport(odd, model.specification()).orElseThrow());
        }
    }

    /** The encoder sees logarithms whether the counts came as bytes or floats, resident or through a window, on every device. */
    @Test
    void inputsAreLogarithmsEverywhere() {
        for (Backends.Kind kind : Backends.enabled()) {
            try (Backend backend = Backends.open(kind)) {
                float[] expected = encodedInputs(backend, counts(false), Long.MAX_VALUE);
                float[] reference = new float[ROWS * FEATURES];
                counts(false).copyRows(0, ROWS, reference, 0);
                Scaling.fit("log", counts(false), Support.REAL).apply(reference, 0, FEATURES, ROWS);
                assertArrayEquals(reference, expected, 2e-6f);
                assertArrayEquals(expected, encodedInputs(backend, counts(true), Long.MAX_VALUE), "bytes, " + kind);
                assertEquals(0, backend.liveBytes(), "leaked bytes");
            }
        }
    }

    private static float[] encodedInputs(Backend backend, Dataset data, long resident) {
        Examples examples = Examples.of(data);
        try (Model model = model().create(backend, examples, 0);
             DeviceData device = new DeviceData(backend, model.schema().encoding(model.specification()), examples, ROWS, ROWS, resident);
             Scope scope = new Scope(backend, "facts")) {
            Tape tape = new Tape(scope);
            Batch batch = device.batch(tape, ROWS, false);
            device.begin(DeviceData.inOrder(ROWS), 0, 0, StepTable.constant(1));
            tape.forward();
            float[] targets = batch.target().read();
            float[] raw = new float[ROWS * FEATURES];
            for (int row = 0; row < ROWS; row++) {
                System.arraycopy(data.row(row), 0, raw, row * FEATURES, FEATURES);
            }
            assertArrayEquals(raw, targets, "targets are the counts");
            return batch.input().read();
        }
    }

    @Test
    void aRowAloneIsARowAmongOthers() {
        Examples examples = Examples.of(counts(true));
        try (Backend backend = Facts.open(); Model model = model().create(backend, examples, 3)) {
            Facts.scatter(model, 0.2, 5);
            double[] scores = Infer.score(model, examples, ScoreKind.NEGATIVE_LOG_LIKELIHOOD, 30, 2);
            double[] alone = new double[20];
            Arrays.setAll(alone, row -> Infer.score(model, examples.select(new int[] {row}), ScoreKind.NEGATIVE_LOG_LIKELIHOOD, 30, 2)[0]);
            assertArrayEquals(Arrays.copyOf(scores, 20), alone);
        }
    }
}
