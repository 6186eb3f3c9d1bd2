package dev.hourglass.evaluate.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.Examples;
import dev.hourglass.data.digits.SyntheticDigits;
import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.evaluate.code.CodeQuality.Codes;
import dev.hourglass.inference.Inference;
import dev.hourglass.model.Model;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mixtures, neighbours, probes and walks through the space of codes. */
class CodesTest {
    private static final double[][] CENTRES = {{-4, 0}, {4, 1}, {0, 6}};

    /** Three clusters; the second is stretched along the diagonal. Cluster i is chosen with weight 1/2, 1/3, 1/6. */
    private static Codes clusters(int rows, long seed) {
        Random random = new Random(seed);
        float[][] values = new float[rows][2];
        int[] labels = new int[rows];
        for (int n = 0; n < rows; n++) {
            int k = n % 6 < 3 ? 0 : n % 6 < 5 ? 1 : 2;
            double a = random.nextGaussian();
            double b = random.nextGaussian() * 0.5;
            values[n][0] = (float) (CENTRES[k][0] + (k == 1 ? a + b : b));
            values[n][1] = (float) (CENTRES[k][1] + (k == 1 ? a - b : a));
            labels[n] = k;
        }
        return new Codes(values, labels);
    }

    @Test
    void mixtureRecoversWhatTheCodesWereDrawnFrom() {
        GaussianMixture mixture = GaussianMixture.fit(clusters(6000, 1).values(), 3, 200, 5);
        double[] weights = {1 / 2.0, 1 / 3.0, 1 / 6.0};
        double[][] covariances = {{0.25, 0, 1}, {1.25, 0.75, 1.25}, {0.25, 0, 1}};
        for (int k = 0; k < 3; k++) {
            int found = nearest(mixture, CENTRES[k]);
            assertEquals(weights[k], mixture.weights()[found], 0.01);
            assertEquals(CENTRES[k][0], mixture.means()[found][0], 0.1);
            assertEquals(CENTRES[k][1], mixture.means()[found][1], 0.1);
            double[] l = mixture.factors()[found];
            assertEquals(0, l[1]);
            assertEquals(covariances[k][0], l[0] * l[0], 0.1);
            assertEquals(covariances[k][1], l[0] * l[2], 0.1);
            assertEquals(covariances[k][2], l[2] * l[2] + l[3] * l[3], 0.1);
        }
    }

    private static int nearest(GaussianMixture mixture, double[] centre) {
        int best = 0;
        for (int k = 1; k < mixture.components(); k++) {
            best = distance(mixture.means()[k], centre) < distance(mixture.means()[best], centre) ? k : best;
        }
        return best;
    }

    private static double distance(double[] a, double[] b) {
        return Math.hypot(a[0] - b[0], a[1] - b[1]);
    }

    @Test
    void mixtureIsDeterministicAndItsDrawsHaveItsDensity() {
        float[][] codes = clusters(2000, 2).values();
        GaussianMixture mixture = GaussianMixture.fit(codes, 4, 100, 5);
        GaussianMixture again = GaussianMixture.fit(codes, 4, 100, 5);
        assertArrayEquals(mixture.means()[2], again.means()[2]);
        assertArrayEquals(mixture.sample(50, 3)[49], again.sample(50, 3)[49]);
        double sum = 0;
        for (float[] code : codes) {
            sum += mixture.logDensity(code);
        }
        assertEquals(mixture.logLikelihood(), sum / codes.length, 1e-9);
        assertTrue(mixture.logLikelihood() > GaussianMixture.fit(codes, 1, 100, 5).logLikelihood() + 0.5);
        double drawn = 0;
        for (float[] code : mixture.sample(4000, 9)) {
            drawn += mixture.logDensity(code) / 4000;
        }
        assertEquals(mixture.logLikelihood(), drawn, 0.1);
        assertThrows(IllegalArgumentException.class, () -> GaussianMixture.fit(codes, 2000, 5, 0));
    }

    @Test
    void separatedClustersAreClassified() {
        try (Backend backend = new CpuBackend(1)) {
            CodeQuality quality = CodeQuality.of(backend, clusters(900, 1), clusters(300, 2), 3, 5, ProgressListener.none());
            assertTrue(quality.nearestNeighbourAccuracy() > 0.99, quality.toString());
            assertTrue(quality.linearProbeAccuracy() > 0.95, quality.toString());
            assertEquals(0.5, quality.majorityAccuracy());
            Codes training = clusters(500, 1);
            assertEquals(1, CodeQuality.of(backend, training, training, 3, 1, ProgressListener.none()).nearestNeighbourAccuracy());
            assertEquals(0, backend.liveBytes());
        }
    }

    @Test
    void walksStartAndEndWhereTheyShould() {
        Examples digits = Examples.of(SyntheticDigits.generate(10, 0));
        try (Backend backend = new CpuBackend(1); Model model = Hourglass.vae().hidden(8).latent(2).create(backend, digits, 0);
             Model conditional = Hourglass.cvae().hidden(8).latent(3).create(backend, digits, 0);
             Inference inference = new Inference(model); Inference conditionalInference = new Inference(conditional)) {
            Latents latents = new Latents(inference, 2);
            float[][] codes = inference.encode(digits);
            float[][] decoded = inference.decode(codes, null);
            float[][] line = latents.interpolate(codes[0], codes[1], 5, null);
            assertArrayEquals(decoded[0], line[0]);
            assertArrayEquals(decoded[1], line[4]);
            float[][] walk = latents.traverse(codes[0], 1, new float[] {codes[0][1], 3}, null);
            assertArrayEquals(decoded[0], walk[0]);
            float[][] grid = latents.grid(Latents.values(-1, 1, 3), Latents.values(codes, 1, 0, 1, 2), null);
            assertEquals(6, grid.length);
            assertArrayEquals(latents.traverse(new float[] {-1, grid.length}, 1, Latents.values(codes, 1, 1, 1, 1), null)[0], grid[3]);
            assertThrows(IllegalArgumentException.class, () -> latents.traverse(codes[0], 2, new float[1], null));
            Latents walks = new Latents(conditionalInference, 3);
            float[] seven = new float[10];
            seven[7] = 1;
            assertEquals(4, walks.traverse(new float[3], 0, Latents.values(-3, 3, 4), seven).length);
            assertThrows(IllegalArgumentException.class, () -> walks.grid(new float[1], new float[1], seven));
        }
    }
}
