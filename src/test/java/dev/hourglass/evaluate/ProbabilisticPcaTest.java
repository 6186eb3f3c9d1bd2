package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.spec.DataSpec;
import dev.hourglass.model.Model;
import dev.hourglass.testkit.SmallDigits;
import java.nio.file.Path;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.junit.jupiter.api.Test;

/** Probabilistic PCA of optdigits, K = 8, in closed form (Tipping and Bishop 1999), put into a linear VAE. */
class ProbabilisticPcaTest {
    private static final int LATENT = 8;
    private static final double SCALE = 1 / 16.0;

    private static LinearGaussian fit(Dataset data) {
        int features = data.columns();
        double[] mean = new double[features];
        DMatrixRMaj covariance = new DMatrixRMaj(features, features);
        for (int row = 0; row < data.rows(); row++) {
            for (int i = 0; i < features; i++) {
                mean[i] += data.value(row, i) * SCALE / data.rows();
            }
        }
        for (int row = 0; row < data.rows(); row++) {
            for (int i = 0; i < features; i++) {
                for (int j = 0; j < features; j++) {
                    covariance.add(i, j, (data.value(row, i) * SCALE - mean[i]) * (data.value(row, j) * SCALE - mean[j]) / data.rows());
                }
            }
        }
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(features, true, true);
        assertTrue(eigen.decompose(covariance));
        Integer[] order = java.util.stream.IntStream.range(0, features).boxed()
                .sorted(java.util.Comparator.comparingDouble(i -> -eigen.getEigenvalue(i).getReal())).toArray(Integer[]::new);
        double variance = 0;
        for (int i = LATENT; i < features; i++) {
            variance += eigen.getEigenvalue(order[i]).getReal() / (features - LATENT);
        }
        DMatrixRMaj loadings = new DMatrixRMaj(features, LATENT);
        for (int k = 0; k < LATENT; k++) {
            double length = Math.sqrt(eigen.getEigenvalue(order[k]).getReal() - variance);
            for (int i = 0; i < features; i++) {
                loadings.set(i, k, eigen.getEigenVector(order[k]).get(i) * length);
            }
        }
        return new LinearGaussian(loadings, mean, variance);
    }

    @Test
    void importanceSamplingFindsThePublishedLikelihoodOfOptdigits() {
        String folder = System.getProperty("hourglass.data", "");
        assumeTrue(!folder.isEmpty(), "optdigits is read only with -Dhourglass.data=FOLDER");
        Dataset data = DataSpec.read(Path.of(folder, "optdigits/optdigits.tra").toString(), DataOptions.defaults().withLabelColumn("65"))
                .train();
        assertEquals(14.2352, fit(data).meanLogDensity(data, SCALE), 1e-4);
        importanceSamplingFinds(data, "optdigits");
    }

    @Test
    void importanceSamplingFindsTheLikelihoodOfDigits() {
        importanceSamplingFinds(SmallDigits.of(800, 1), "digits");
    }

    private static void importanceSamplingFinds(Dataset data, String name) {
        LinearGaussian truth = fit(data);
        double exact = truth.meanLogDensity(data, SCALE);
        try (Backend backend = new CpuBackend(1); Model posterior = truth.model(backend, data, false, 1, "divide:16");
             Model wide = truth.model(backend, data, false, 1.3, "divide:16")) {
            assertEquals(exact, LogLikelihood.estimate(posterior, Examples.of(data), 1, 0, ProgressListener.none()).mean(), 1e-3);
            double before = Double.NEGATIVE_INFINITY;
            LogLikelihood result = null;
            for (int samples : new int[] {1, 20, 400}) {
                result = LogLikelihood.estimate(wide, Examples.of(data), samples, 2, ProgressListener.none());
                assertTrue(result.mean() > before, "K=" + samples);
                before = result.mean();
            }
            assertEquals(exact, result.mean(), 4 * result.standardError());
            System.out.println(name + ", probabilistic PCA: " + exact + " exact, " + result.mean() + " +- " + result.standardError()
                    + " with K=400");
        }
    }
}
