package dev.hourglass.evaluate;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/** Ridge regression of one-hot classes on standardised codes with an intercept: W = (Z^T Z + lambda N I)^-1 Z^T Y, the intercept not shrunk. */
final class LinearProbe {
    private static final double LAMBDA = 1e-3;

    private final double[] mean;
    private final double[] scale;
    private final DMatrixRMaj weights;

    private LinearProbe(double[] mean, double[] scale, DMatrixRMaj weights) {
        this.mean = mean;
        this.scale = scale;
        this.weights = weights;
    }

    static LinearProbe fit(CodeQuality.Codes training, int classes) {
        float[][] codes = training.values();
        int latent = codes[0].length;
        LinearProbe probe = standardised(codes, new DMatrixRMaj(latent + 1, classes));
        DMatrixRMaj normal = new DMatrixRMaj(latent + 1, latent + 1);
        DMatrixRMaj right = new DMatrixRMaj(latent + 1, classes);
        double[] z = new double[latent + 1];
        for (int n = 0; n < codes.length; n++) {
            probe.standardise(codes[n], z);
            for (int i = 0; i <= latent; i++) {
                right.add(i, training.labels()[n], z[i]);
                for (int j = 0; j <= latent; j++) {
                    normal.data[i * (latent + 1) + j] += z[i] * z[j];
                }
            }
        }
        for (int i = 0; i < latent; i++) {
            normal.add(i, i, LAMBDA * codes.length);
        }
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(latent + 1);
        if (!solver.setA(normal)) {
            throw new IllegalStateException("linear probe: no solution: latent=" + latent + ", expected finite codes");
        }
        solver.solve(right, probe.weights);
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

    private void standardise(float[] code, double[] z) {
        for (int j = 0; j < code.length; j++) {
            z[j] = (code[j] - mean[j]) * scale[j];
        }
        z[code.length] = 1;
    }

    int[] classify(float[][] codes) {
        int[] classes = new int[codes.length];
        double[] z = new double[mean.length + 1];
        for (int n = 0; n < codes.length; n++) {
            standardise(codes[n], z);
            double best = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < weights.numCols; c++) {
                double value = 0;
                for (int i = 0; i < z.length; i++) {
                    value += z[i] * weights.get(i, c);
                }
                if (value > best) {
                    best = value;
                    classes[n] = c;
                }
            }
        }
        return classes;
    }
}
