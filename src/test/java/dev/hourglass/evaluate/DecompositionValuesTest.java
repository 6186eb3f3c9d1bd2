package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.Hourglass;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.Model;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.prior.Learned;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Terms of the decomposition whose values can be written down: the encoder is blind or takes one feature each. */
class DecompositionValuesTest {
    private final Backend backend = new CpuBackend(1);

    @AfterEach
    void nothingLeaks() {
        assertEquals(0, backend.liveBytes());
        backend.close();
    }

    /** Rows of +1 and -1 in all combinations: every column has mean 0 and variance 1. */
    private static Dataset signs(int columns, int rows) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i / columns >> i % columns & 1) == 0 ? 1 : -1;
        }
        return Dataset.of(columns, values);
    }

    /** q(z|x,c) = N((0.5, -0.25), diag(e^-1, e^-3)) for every x; p(z|c) has log variances below the floor of -8 for one of the two classes. */
    @Test
    void theFloorOfALearnedPriorHoldsInEveryTerm() {
        Dataset data = signs(3, 40).withLabels(java.util.stream.IntStream.range(0, 40).map(i -> i % 4 == 0 ? 1 : 0).toArray());
        Examples examples = Examples.of(data);
        double[][] means = {{0.1, 0.2}, {-0.3, 0.4}};
        double[][] logVariances = {{0.5, -2}, {-12, -8.5}};
        try (Model model = Hourglass.cvae().hidden().latent(2).likelihood(Likelihood.gaussian(1)).prior(new Learned(
                dev.hourglass.model.prior.KlWeight.constant(1), 0, List.of())).scaling("none").create(backend, examples, 1)) {
            set(model, "encoder.0.weight", new float[12]);
            set(model, "encoder.0.condition.weight", new float[8]);
            set(model, "encoder.0.bias", 0.5f, -0.25f, -1, -3);
            // [4 outputs, 2 classes]
            set(model, "prior.0.condition.weight", 0.1f, -0.3f, 0.2f, 0.4f, 0.5f, -12, -2, -8.5f);
            set(model, "prior.0.bias", new float[4]);
            double[] perDimension = new double[2];
            for (int c = 0; c < 2; c++) {
                for (int j = 0; j < 2; j++) {
                    double s = j == 0 ? -1 : -3;
                    double p = Math.max(-8, logVariances[c][j]);
                    double shift = (j == 0 ? 0.5 : -0.25) - means[c][j];
                    perDimension[j] += (c == 0 ? 0.75 : 0.25) * 0.5 * (Math.exp(s - p) + shift * shift * Math.exp(-p) - 1 + p - s);
                }
            }
            Decomposition parts = Decomposition.of(model, examples, 400, 3, ProgressListener.none());
            assertArrayEquals(perDimension, parts.klPerDimension(), 1e-4 * perDimension[0]);
            assertEquals(perDimension[0] + perDimension[1], parts.analyticKl(), 1e-6 * perDimension[0]);
            assertEquals(parts.analyticKl(), parts.sampledKl().mean(), 4 * parts.sampledKl().standardError());
            assertEquals(0, parts.mutualInformation().mean(), 1e-5);
            assertEquals(parts.sampledKl().mean(), parts.marginalKl().mean(), 1e-4);
        }
    }

    private static void set(Model model, String name, float... values) {
        model.parameters().get(name).value().write(values);
    }

    /**
     * A unit is active when the variance of its posterior mean over the data is above 0.01 (Burda et al. 2016): the means are 5 + a x with Var x = 1, so
     * the variance is a^2. How wide q(z|x) is does not matter, nor where the mean lies.
     */
    @Test
    void aUnitIsActiveWhenItsMeanVariesByMoreThanAHundredth() {
        double[] variances = {0.25, 0.0098, 0.0102, 4};
        float[] weights = new float[2 * 4 * 4];
        for (int j = 0; j < 4; j++) {
            weights[j * 4 + j] = (float) Math.sqrt(variances[j]);
        }
        Examples examples = Examples.of(signs(4, 640));
        try (Model model = Hourglass.vae().hidden().latent(4).likelihood(Likelihood.gaussian(1)).scaling("none").create(backend, examples,
                1)) {
            set(model, "encoder.0.weight", weights);
            set(model, "encoder.0.bias", 5, 5, 5, 5, 3, 2, -3, -2);
            Decomposition parts = Decomposition.of(model, examples, 1, 0, ProgressListener.none());
            assertArrayEquals(variances, parts.meanVariances(), 1e-5);
            assertEquals(3, parts.activeUnits());
            assertEquals("", parts.warning());
        }
    }

    @Test
    void collapseIsPartialBelowHalfOfTheUnits() {
        assertEquals("", Decomposition.warning(2, 4, 1));
        assertEquals("partial collapse: 1 of 4", Decomposition.warning(1, 4, 1).substring(0, 24));
        assertEquals("posterior collapse: none of 4", Decomposition.warning(0, 4, 1).substring(0, 29));
    }
}
