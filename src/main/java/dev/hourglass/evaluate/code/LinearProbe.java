package dev.hourglass.evaluate.code;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * Multinomial logistic regression on standardised codes with an intercept: least of the mean of -log softmax(W z)_class + lambda/2 |W|^2. Böhning's
 * (1992) bound 1/2 Z^T Z/N of the second derivative, factorised once, gives steps that never rise and need no rate.
 */
final class LinearProbe {
    private static final double LAMBDA = 1e-4;
    private static final int ITERATIONS = 100;

    private final double[] mean;
    private final double[] scale;
    private final DMatrixRMaj weights;

    private LinearProbe(double[] mean, double[] scale, DMatrixRMaj weights) {
        this.mean = mean;
        this.scale = scale;
        this.weights = weights;
    }

    /** Weights [latent + 1, classes], the intercept last. */
    static LinearProbe fit(CodeQuality.Codes training, int classes) {
        float[][] codes = training.values();
        LinearProbe probe = standardised(codes, new DMatrixRMaj(codes[0].length + 1, classes));
        int width = codes[0].length + 1;
        LinearSolverDense<DMatrixRMaj> bound = probe.bound(codes);
        DMatrixRMaj gradient = new DMatrixRMaj(width, classes);
        DMatrixRMaj step = new DMatrixRMaj(width, classes);
        for (int i = 0; i < ITERATIONS; i++) {
            probe.gradient(training, gradient);
            bound.solve(gradient, step);
            CommonOps_DDRM.subtractEquals(probe.weights, step);
        }
        return probe;
    }

    private static LinearProbe standardised(float[][] codes, DMatrixRMaj weights) {
        int latent = codes[0].length;
        double[] mean = new double[latent];
        double[] scale = new double[latent];
        for (int j = 0; j < latent; j++) {
            for (float[] code : codes) {
                mean[j] += code[j] / (double) codes.length;
            }
            double variance = 0;
            for (float[] code : codes) {
                variance += (code[j] - mean[j]) * (code[j] - mean[j]) / codes.length;
            }
            scale[j] = variance > 0 ? 1 / Math.sqrt(variance) : 1;
        }
        return new LinearProbe(mean, scale, weights);
    }

    /** 1/2 Z^T Z/N + lambda I, ready to solve with. */
    private LinearSolverDense<DMatrixRMaj> bound(float[][] codes) {
        int width = mean.length + 1;
        DMatrixRMaj matrix = CommonOps_DDRM.diag(new double[width]);
        double[] z = new double[width];
        for (float[] code : codes) {
            standardise(code, z);
            for (int i = 0; i < width; i++) {
                for (int j = 0; j < width; j++) {
                    matrix.data[i * width + j] += 0.5 * z[i] * z[j] / codes.length;
                }
            }
        }
        CommonOps_DDRM.addEquals(matrix, LAMBDA, CommonOps_DDRM.identity(width));
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(width);
        if (!solver.setA(matrix)) {
            throw new IllegalStateException("linear probe: no solution: latent=" + mean.length + ", expected finite codes");
        }
        return solver;
    }

    /** Z^T (softmax(Z W) - one-hot) / N + lambda W. */
    private void gradient(CodeQuality.Codes training, DMatrixRMaj gradient) {
        gradient.setTo(weights);
        CommonOps_DDRM.scale(LAMBDA, gradient);
        int classes = weights.numCols;
        double[] z = new double[mean.length + 1];
        double[] scores = new double[classes];
        for (int n = 0; n < training.labels().length; n++) {
            standardise(training.values()[n], z);
            scores(z, scores);
            double total = GaussianMixture.logSumExp(scores);
            for (int c = 0; c < classes; c++) {
                double error = (Math.exp(scores[c] - total) - (training.labels()[n] == c ? 1 : 0)) / training.labels().length;
                for (int i = 0; i < z.length; i++) {
                    gradient.data[i * classes + c] += error * z[i];
                }
            }
        }
    }

    private void standardise(float[] code, double[] z) {
        for (int j = 0; j < code.length; j++) {
            z[j] = (code[j] - mean[j]) * scale[j];
        }
        z[code.length] = 1;
    }

    private void scores(double[] z, double[] scores) {
        for (int c = 0; c < scores.length; c++) {
            scores[c] = 0;
            for (int i = 0; i < z.length; i++) {
                scores[c] += z[i] * weights.data[i * scores.length + c];
            }
        }
    }

    int[] classify(float[][] codes) {
        int[] classes = new int[codes.length];
        double[] z = new double[mean.length + 1];
        double[] scores = new double[weights.numCols];
        for (int n = 0; n < codes.length; n++) {
            standardise(codes[n], z);
            scores(z, scores);
            for (int c = 1; c < scores.length; c++) {
                classes[n] = scores[c] > scores[classes[n]] ? c : classes[n];
            }
        }
        return classes;
    }
}
