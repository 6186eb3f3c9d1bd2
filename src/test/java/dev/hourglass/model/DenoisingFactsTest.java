package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.data.Examples;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.Term;
import dev.hourglass.train.EpochReport;
import dev.hourglass.train.Listener;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Corruption of the input: what is compared with what, when noise is drawn, and where training leads. */
class DenoisingFactsTest {
    private static final int FEATURES = 3;

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

    /** The linear autoencoder without a bottleneck whose reconstruction is its input. */
    private Model identity(Examples examples, Corruption corruption) {
        Model model = linear(corruption).scaling("none").create(backend, examples, 0);
        float[] one = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        Facts.set(model, "encoder.0.weight", one);
        Facts.set(model, "decoder.0.weight", one);
        return model;
    }

    private static ModelBuilder linear(Corruption corruption) {
        return Hourglass.denoising().hidden().code(Code.deterministic(FEATURES, Activation.IDENTITY)).corruption(corruption)
                .outputBiasFromData(false);
    }

    private static double squares(Examples examples) {
        double sum = 0;
        for (int r = 0; r < examples.rows(); r++) {
            for (float value : examples.features().row(r)) {
                sum += (double) value * value;
            }
        }
        return sum / examples.rows();
    }

    @Test
    void theTargetIsTheCleanInput() {
        Examples examples = Facts.examples(Facts.normal(60, FEATURES, 51));
        // Everything masked: the identity answers 0, whose distance from the clean x is |x|^2.
        try (Model masked = identity(examples, Corruption.masking(1))) {
            assertEquals(squares(examples), Facts.terms(masked, examples, 1, 0).get(Term.RECONSTRUCTION), 1e-5);
        }
        try (Model clean = identity(examples, Corruption.none())) {
            assertEquals(0, Facts.terms(clean, examples, 1, 0).get(Term.RECONSTRUCTION), 1e-10);
        }
        // Additive noise: the distance is |noise|^2, sigma^2 for each feature.
        try (Model noisy = identity(examples, Corruption.gaussian(0.5))) {
            Facts.Estimate error = Facts.estimate(noisy, examples, Term.RECONSTRUCTION, 1, 200);
            assertEquals(0.25 * FEATURES, error.mean(), 3 * error.error());
        }
        // Salt and pepper: half of the replaced values become 0, half 1.
        try (Model peppered = identity(examples, Corruption.saltAndPepper(0.4))) {
            double expected = 0;
            for (int r = 0; r < examples.rows(); r++) {
                for (float x : examples.features().row(r)) {
                    expected += 0.2 * (x * x + (1 - x) * (1 - x)) / examples.rows();
                }
            }
            Facts.Estimate error = Facts.estimate(peppered, examples, Term.RECONSTRUCTION, 1, 200);
            assertEquals(expected, error.mean(), 3 * error.error());
        }
    }

    @Test
    void noiseIsFreshInEveryEpochAndFollowsTheSeed() {
        Examples examples = Facts.examples(Facts.normal(60, FEATURES, 52));
        List<Double> first = epochErrors(examples, 1);
        assertEquals(first, epochErrors(examples, 1));
        assertEquals(4, first.stream().distinct().count(), () -> "every epoch another error: " + first);
        assertNotEquals(first, epochErrors(examples, 2));
    }

    /** Reconstruction of the identity in each epoch: nothing but the noise. The learning rate is too small to move a weight. */
    private List<Double> epochErrors(Examples examples, long seed) {
        List<Double> errors = new ArrayList<>();
        TrainingSettings plan = TrainingSettings.defaults().withEpochs(4).withBatch(25).withLearningRate(1e-20).withSeed(seed);
        Listener listener = new Listener() {
            @Override
            public void epoch(Trainer trainer, EpochReport report) {
                errors.add(report.train().get(Term.RECONSTRUCTION));
            }
        };
        try (Model model = identity(examples, Corruption.gaussian(0.5));
             Trainer trainer = new Trainer(model, plan, examples, null, List.of(listener))) {
            trainer.run();
        }
        return errors;
    }

    /** E|x - A x~|^2 over x~ = x + n, n ~ N(0, v I), is least at A = C (C + v I)^-1. */
    @Test
    void linearDenoisingReachesTheWienerFilter() {
        double variance = 0.5;
        float[][] rows = Facts.normal(1000, FEATURES, 53);
        for (float[] x : rows) {
            x[2] = 0.8f * x[0] - 0.6f * x[1] + 0.3f * x[2];
            x[0] *= 1.5f;
        }
        Examples examples = Facts.examples(rows);
        DMatrixRMaj expected = wiener(rows, variance);
        try (Model model = Facts.trained(backend, linear(Corruption.gaussian(Math.sqrt(variance))), examples, Facts.plan(150, 100, 0.02))) {
            DMatrixRMaj actual = new DMatrixRMaj(FEATURES, FEATURES);
            CommonOps_DDRM.mult(matrix(model.parameters().get("decoder.0.weight").value().read()),
                    matrix(model.parameters().get("encoder.0.weight").value().read()), actual);
            for (int i = 0; i < FEATURES * FEATURES; i++) {
                assertEquals(expected.get(i), actual.get(i), 0.01, () -> "expected " + expected + " actual " + actual);
            }
            assertTrue(Math.abs(expected.get(0, 0) - 1) > 0.1, "far from the identity");
        }
    }

    private static DMatrixRMaj matrix(float[] values) {
        DMatrixRMaj matrix = new DMatrixRMaj(FEATURES, FEATURES);
        for (int i = 0; i < values.length; i++) {
            matrix.set(i, values[i]);
        }
        return matrix;
    }

    private static DMatrixRMaj wiener(float[][] rows, double variance) {
        double[] mean = new double[FEATURES];
        DMatrixRMaj c = new DMatrixRMaj(FEATURES, FEATURES);
        for (float[] x : rows) {
            for (int i = 0; i < FEATURES; i++) {
                mean[i] += (double) x[i] / rows.length;
            }
        }
        for (float[] x : rows) {
            for (int i = 0; i < FEATURES; i++) {
                for (int j = 0; j < FEATURES; j++) {
                    c.add(i, j, (x[i] - mean[i]) * (x[j] - mean[j]) / rows.length);
                }
            }
        }
        DMatrixRMaj noisy = c.copy();
        CommonOps_DDRM.addEquals(noisy, variance, CommonOps_DDRM.identity(FEATURES));
        CommonOps_DDRM.invert(noisy);
        DMatrixRMaj filter = new DMatrixRMaj(FEATURES, FEATURES);
        CommonOps_DDRM.mult(c, noisy, filter);
        return filter;
    }
}
