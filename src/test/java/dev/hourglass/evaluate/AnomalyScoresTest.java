package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.inference.ScoreSettings;
import dev.hourglass.model.Model;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.testkit.Infer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnomalyScoresTest {
    private static final LinearGaussian TRUTH = LinearGaussian.random(5, 2, 0.5, 1);
    private final Dataset data = TRUTH.sample(150, 2);
    private Backend backend;

    @BeforeEach
    void open() {
        backend = new CpuBackend(1);
    }

    @AfterEach
    void nothingLeaks() {
        assertEquals(0, backend.liveBytes());
        backend.close();
    }

    private List<Model> models() {
        return List.of(
                Hourglass.vae().hidden(4).latent(2).likelihood(Likelihood.gaussian(Variance.PER_FEATURE)).create(backend, Examples.of(data),
                        0),
                Hourglass.vae().hidden(4).latent(2).scaling("minmax").create(backend, Examples.of(data), 0),
                Hourglass.undercomplete().hidden(4).latent(2).likelihood(Likelihood.gaussian(0.5)).create(backend, Examples.of(data), 0),
                Hourglass.fullCovarianceVae().hidden(4).latent(2).likelihood(Likelihood.gaussian(0.5)).create(backend, Examples.of(data),
                        0));
    }

    @Test
    void contributionsAddUpToTheScore() {
        for (Model built : models()) {
            try (Model model = built) {
                for (ScoreKind kind : new ScoreKind[] {ScoreKind.RECONSTRUCTION_ERROR, ScoreKind.RECONSTRUCTION_PROBABILITY}) {
                    double[] scores = Infer.score(model, Examples.of(data), kind, 70, 3);
                    Infer.explain(model, Examples.of(data), kind, 70, 3, (row, score, contributions) -> {
                        assertEquals(5, contributions.length);
                        assertEquals(scores[row], score, 1e-9);
                        assertEquals(score, Arrays.stream(contributions).sum(), 1e-5 * Math.max(1, Math.abs(score)));
                    });
                }
            }
        }
    }

    /** With the exact posterior the weights are equal, and -log p(x) = E[-log p(x|z)] + KL(p(z|x)||p(z)). */
    @Test
    void contributionsToTheLikelihoodLeaveTheDivergence() {
        try (Model model = TRUTH.model(backend, data, true, 1, "none")) {
            double[] kl = Infer.score(model, Examples.of(data), ScoreKind.KL, 1, 0);
            double[] exact = LogLikelihood.estimate(model, Examples.of(data), 10, 3, ProgressListener.none()).perExample();
            Infer.explain(model, Examples.of(data), ScoreKind.NEGATIVE_LOG_LIKELIHOOD, 4000, 3, (row, score, contributions) -> {
                assertEquals(-exact[row], score, 1e-4);
                assertEquals(score - kl[row], Arrays.stream(contributions).sum(), 0.15);
            });
        }
    }

    @Test
    void scoresAreThoseOfTheOtherEstimates() {
        try (Model model = TRUTH.model(backend, data, false, 1.5, "none")) {
            Examples examples = Examples.of(data);
            double[] scores = Infer.score(model, examples, ScoreKind.NEGATIVE_LOG_LIKELIHOOD, 4000, 3);
            double[] likelihoods = LogLikelihood.estimate(model, examples, 4000, 3, ProgressListener.none()).perExample();
            // Two estimates from different draws of the same quantity.
            assertArrayEquals(Arrays.stream(likelihoods).map(value -> -value).toArray(), scores, 0.05);
            assertEquals(-Arrays.stream(likelihoods).average().orElseThrow(), Arrays.stream(scores).average().orElseThrow(), 0.005);
            double[] kl = Infer.score(model, examples, ScoreKind.KL, 1, 3);
            Decomposition parts = Decomposition.of(model, examples, 1, 0, ProgressListener.none());
            assertEquals(parts.analyticKl(), Arrays.stream(kl).average().orElseThrow(), 1e-5);
            float[][] means = Infer.reconstruct(model, examples);
            double[] errors = Infer.score(model, examples, ScoreKind.RECONSTRUCTION_ERROR, 1, 3);
            for (int row = 0; row < 150; row++) {
                double square = 0;
                for (int j = 0; j < 5; j++) {
                    square += Math.pow(data.value(row, j) - means[row][j], 2);
                }
                assertEquals(square, errors[row], 1e-4 * Math.max(1, square));
            }
        }
    }

    @Test
    void aFarPointScoresHighest() {
        float[][] rows = new float[151][];
        for (int row = 0; row < 150; row++) {
            rows[row] = data.row(row);
        }
        rows[150] = new float[] {30, -30, 30, -30, 30};
        Examples examples = Examples.of(Dataset.of(rows));
        try (Model model = TRUTH.model(backend, data, true, 1, "none")) {
            for (ScoreKind kind : new ScoreKind[] {ScoreKind.RECONSTRUCTION_ERROR, ScoreKind.RECONSTRUCTION_PROBABILITY,
                ScoreKind.NEGATIVE_LOG_LIKELIHOOD}) {
                double[] scores = Infer.score(model, examples, kind, 20, 0);
                assertEquals(scores[150], Arrays.stream(scores).max().orElseThrow(), kind.name());
            }
        }
    }

    @Test
    void refusesWhatTheModelDoesNotHave() {
        try (Model model = Hourglass.undercomplete().hidden(4).latent(2).create(backend, Examples.of(data), 0)) {
            assertEquals(
                    "evaluate: the likelihood is no density: likelihood=squared-error, expected bernoulli, gaussian or poisson, or the score reconstruction-error",
                    assertThrows(IllegalArgumentException.class,
                            () -> Infer.score(model, Examples.of(data), ScoreKind.RECONSTRUCTION_PROBABILITY, 5, 0)).getMessage());
            assertEquals("evaluate: the score kl needs q(z|x): code=deterministic, expected a Gaussian code",
                    assertThrows(IllegalArgumentException.class, () -> Infer.score(model, Examples.of(data), ScoreKind.KL, 5, 0))
                            .getMessage());
            double[] scores = Infer.score(model, Examples.of(data), ScoreKind.RECONSTRUCTION_ERROR, 5, 0);
            assertEquals(1, new ScoreSettings(ScoreKind.RECONSTRUCTION_ERROR, 5, 0).drawn(model.specification()));
            assertTrue(Arrays.stream(scores).allMatch(score -> score >= 0));
        }
    }
}
