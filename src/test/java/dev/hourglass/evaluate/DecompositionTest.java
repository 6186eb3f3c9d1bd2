package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.Decomposition.Conditioning;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecompositionTest {
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

    private static Dataset normals(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Dataset.of(columns, values);
    }

    /** A model of 4 features whose encoder weights are {@code scale} times random ones, so that posteriors overlap less as it grows. */
    private Model model(Dataset data, boolean full, double scale) {
        Model model = Hourglass.vae().hidden(6).code(full ? Code.fullGaussian(3) : Code.diagonalGaussian(3))
                .likelihood(Likelihood.gaussian(1)).scaling("none").create(backend, Examples.of(data), 4);
        Tensor head = model.parameters().get("encoder.1.weight").value();
        Random random = new Random(3);
        float[] weights = new float[head.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (scale * random.nextGaussian() * (i < 3 * head.columns() ? 1 : 0.2));
        }
        head.write(weights);
        return model;
    }

    @Test
    void partsAddUpAndStayWithinTheirBounds() {
        Dataset data = normals(700, 4, 1);
        for (boolean full : new boolean[] {false, true}) {
            for (double scale : new double[] {0, 0.05, 0.5, 5, 50}) {
                try (Model model = model(data, full, scale)) {
                    Decomposition parts = Decomposition.of(model, Examples.of(data), 2, 5, ProgressListener.none());
                    double sum = parts.mutualInformation().mean() + parts.marginalKl().mean();
                    assertEquals(parts.sampledKl().mean(), sum, 1e-4 * Math.abs(parts.sampledKl().mean()));
                    assertEquals(parts.analyticKl(), parts.sampledKl().mean(), 4 * parts.sampledKl().standardError() + 1e-6,
                            "scale " + scale);
                    assertTrue(parts.mutualInformation().mean() >= 0 && parts.mutualInformation().mean() <= Math.log(700),
                            parts.toString());
                    assertEquals(Math.log(700), parts.mutualInformationBound(), 1e-12);
                    double perDimension = Arrays.stream(parts.klPerDimension()).sum();
                    assertTrue(perDimension <= parts.analyticKl() + 1e-9);
                    assertTrue(full || Math.abs(perDimension - parts.analyticKl()) <= 1e-9 * Math.max(1, perDimension));
                }
            }
        }
    }

    /** I and the marginal KL of a one-dimensional code against integrals over a fine grid in 64 bits. */
    @Test
    void agreesWithQuadratureInOneDimension() {
        double[] means = {-1.5, -0.2, 0.1, 0.9, 2.5};
        double[] logVariances = {-2, -0.5, 0.3, -1, -3};
        Dataset data = Dataset.of(5, new float[] {1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1});
        for (boolean full : new boolean[] {false, true}) {
            try (Model model = Hourglass.vae().hidden().code(full ? Code.fullGaussian(1) : Code.diagonalGaussian(1))
                    .likelihood(Likelihood.gaussian(1)).scaling("none").create(backend, Examples.of(data), 0)) {
                float[] head = new float[10];
                for (int n = 0; n < 5; n++) {
                    head[n] = (float) means[n];
                    head[5 + n] = (float) (full ? logVariances[n] / 2 : logVariances[n]);
                }
                model.parameters().get("encoder.0.weight").value().write(head);
                Decomposition parts = Decomposition.of(model, Examples.of(data), 2000, 6, ProgressListener.none());
                double[] exact = quadrature(means, logVariances);
                assertEquals(exact[0], parts.mutualInformation().mean(), 4 * parts.mutualInformation().standardError());
                assertEquals(exact[1], parts.marginalKl().mean(), 4 * parts.marginalKl().standardError());
                assertEquals(exact[0] + exact[1], parts.analyticKl(), 1e-5);
                assertTrue(parts.mutualInformation().standardError() < 0.01);
            }
        }
    }

    private static double[] quadrature(double[] means, double[] logVariances) {
        double step = 1e-3;
        double information = 0;
        double marginal = 0;
        for (double z = -12; z < 12; z += step) {
            double aggregate = 0;
            double terms = 0;
            for (int n = 0; n < means.length; n++) {
                double density = Math
                        .exp(-0.5 * (Math.log(2 * Math.PI) + logVariances[n] + Math.pow(z - means[n], 2) * Math.exp(-logVariances[n])));
                aggregate += density / means.length;
                terms += density > 0 ? density * Math.log(density) / means.length : 0;
            }
            double prior = -0.5 * (Math.log(2 * Math.PI) + z * z);
            information += aggregate > 0 ? step * (terms - aggregate * Math.log(aggregate)) : 0;
            marginal += aggregate > 0 ? step * aggregate * (Math.log(aggregate) - prior) : 0;
        }
        return new double[] {information, marginal};
    }

    @Test
    void saysWhenTheCodeHasCollapsed() {
        Dataset data = normals(50, 4, 1);
        try (Model model = model(data, false, 0); Model alive = model(data, false, 1)) {
            Decomposition parts = Decomposition.of(model, Examples.of(data), 1, 0, ProgressListener.none());
            assertEquals(0, parts.activeUnits());
            assertEquals(0, parts.mutualInformation().mean(), 1e-6);
            assertTrue(parts.warning().startsWith("posterior collapse: none of 3 latent dimensions is active"), parts.warning());
            Decomposition other = Decomposition.of(alive, Examples.of(data), 1, 0, ProgressListener.none());
            assertEquals(3, other.activeUnits());
            assertEquals("", other.warning());
            assertEquals(other.reconstruction().mean() - other.analyticKl(), other.elbo(), 1e-12);
        }
    }

    @Test
    void aCodeThatOnlyRepeatsTheConditionHasNoInformationWithinClasses() {
        int[] labels = new int[90];
        Arrays.setAll(labels, i -> i % 7 == 0 ? 0 : i % 2 + 1);
        Dataset data = normals(90, 4, 2).withLabels(labels);
        try (Model model = Hourglass.cvae().hidden().latent(2).likelihood(Likelihood.gaussian(1)).scaling("none")
                .create(backend, Examples.of(data), 1)) {
            model.parameters().get("encoder.0.weight").value().write(new float[model.parameters().get("encoder.0.weight").value().size()]);
            Decomposition parts = Decomposition.of(model, Examples.of(data), 3, 5, ProgressListener.none());
            assertEquals(Conditioning.WITHIN_CLASSES, parts.conditioning());
            assertEquals(0, parts.mutualInformation().mean(), 1e-6);
            assertEquals(parts.sampledKl().mean(), parts.marginalKl().mean(), 1e-6);
            assertEquals(parts.analyticKl(), parts.sampledKl().mean(), 4 * parts.sampledKl().standardError());
            double bound = 0;
            for (int c = 0; c < 3; c++) {
                int wanted = c;
                long size = Arrays.stream(labels).filter(label -> label == wanted).count();
                bound += size / 90.0 * Math.log(size);
            }
            assertEquals(bound, parts.mutualInformationBound(), 1e-12);
        }
    }

    @Test
    void realConditionsGiveTheJointFormAgainstTheConditionalPrior() {
        Examples examples = new Examples(normals(40, 4, 2), normals(40, 2, 3));
        try (Model model = Hourglass.cvae().hidden(5).latent(2).likelihood(Likelihood.gaussian(1)).scaling("none")
                .condition(ConditionKind.VALUES).create(backend, examples, 1)) {
            Decomposition parts = Decomposition.of(model, examples, 50, 5, ProgressListener.none());
            assertEquals(Conditioning.JOINT, parts.conditioning());
            assertEquals(parts.analyticKl(), parts.sampledKl().mean(), 4 * parts.sampledKl().standardError());
            assertEquals(Math.log(40), parts.mutualInformationBound(), 1e-12);
        }
    }

    @Test
    void theSameSeedGivesTheSameAndChunksDoNotMatter() {
        Dataset data = normals(600, 4, 9);
        try (Model model = model(data, false, 0.7)) {
            Decomposition one = Decomposition.of(model, Examples.of(data), 1, 5, ProgressListener.none());
            assertEquals(one.mutualInformation(),
                    Decomposition.of(model, Examples.of(data), 1, 5, ProgressListener.none()).mutualInformation());
            // 30 samples of each make several chunks.
            Decomposition many = Decomposition.of(model, Examples.of(data), 30, 6, ProgressListener.none());
            assertEquals(many.mutualInformation().mean(), one.mutualInformation().mean(), 4 * one.mutualInformation().standardError());
            assertEquals(many.analyticKl(), one.analyticKl(), 1e-9);
        }
    }
}
