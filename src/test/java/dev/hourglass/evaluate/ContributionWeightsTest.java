package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.model.Model;
import dev.hourglass.testkit.Infer;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;

/** Contributions to -log p(x) when q(z|x) is not the posterior, so that the weights of the samples differ: E[-log p(x_j|z)] over p(z|x) in closed form. */
class ContributionWeightsTest {
    private static final LinearGaussian TRUTH = LinearGaussian.random(5, 2, 0.5, 1);
    private static final double WIDENING = 2.5;

    /** E over N(m, factor S) of -log N(x_j; mean_j + w_j z, s2), where p(z|x) = N(m, S), S = s2 (W^T W + s2 I)^-1, m = S W^T (x - mean) / s2. */
    private static double[] expected(float[] x, double factor) {
        DMatrixRMaj covariance = new DMatrixRMaj(2, 2);
        CommonOps_DDRM.multInner(TRUTH.loadings(), covariance);
        CommonOps_DDRM.addEquals(covariance, TRUTH.variance(), CommonOps_DDRM.identity(2));
        CommonOps_DDRM.invert(covariance);
        CommonOps_DDRM.scale(TRUTH.variance(), covariance);
        double[] projected = new double[2];
        for (int k = 0; k < 2; k++) {
            for (int j = 0; j < 5; j++) {
                projected[k] += TRUTH.loadings().get(j, k) * (x[j] - TRUTH.mean()[j]) / TRUTH.variance();
            }
        }
        double[] parts = new double[5];
        for (int j = 0; j < 5; j++) {
            double rest = x[j] - TRUTH.mean()[j];
            double spread = 0;
            for (int k = 0; k < 2; k++) {
                rest -= TRUTH.loadings().get(j, k) * (covariance.get(k, 0) * projected[0] + covariance.get(k, 1) * projected[1]);
                for (int l = 0; l < 2; l++) {
                    spread += factor * TRUTH.loadings().get(j, k) * covariance.get(k, l) * TRUTH.loadings().get(j, l);
                }
            }
            parts[j] = 0.5 * Math.log(2 * Math.PI * TRUTH.variance()) + (rest * rest + spread) / (2 * TRUTH.variance());
        }
        return parts;
    }

    /** Parts of each feature averaged over the rows; a plain mean over the samples would be the one with the widened covariance. */
    @Test
    void samplesWeighAsMuchAsThePosteriorMakesOfThem() {
        Dataset data = TRUTH.sample(60, 2);
        double[] found = new double[5];
        double[] weighted = new double[5];
        double[] plain = new double[5];
        try (Backend backend = new CpuBackend(1); Model model = TRUTH.model(backend, data, true, WIDENING, "none")) {
            Infer.explain(model, Examples.of(data), ScoreKind.NEGATIVE_LOG_LIKELIHOOD, 2000, 3, (row, score, contributions) -> {
                double[] exact = expected(data.row(row), 1);
                double[] wide = expected(data.row(row), WIDENING);
                for (int j = 0; j < 5; j++) {
                    found[j] += contributions[j] / 60;
                    weighted[j] += exact[j] / 60;
                    plain[j] += wide[j] / 60;
                }
            });
        }
        double apart = 0;
        for (int j = 0; j < 5; j++) {
            assertEquals(weighted[j], found[j], 0.02, "feature " + j);
            apart = Math.max(apart, plain[j] - weighted[j]);
        }
        double most = apart;
        assertTrue(most > 0.2, () -> "weights must matter here: " + most);
    }
}
