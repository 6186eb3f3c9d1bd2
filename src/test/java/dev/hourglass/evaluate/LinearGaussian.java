package dev.hourglass.evaluate;

import dev.hourglass.Hourglass;
import dev.hourglass.backend.Backend;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;

/**
 * x = W z + m + noise of variance s2, z ~ N(0, I): a linear VAE whose log p(x) and posterior are known in closed form
 * (Tipping and Bishop 1999): p(x) = N(m, W W^T + s2 I), p(z|x) = N(M^-1 W^T (x - m), s2 M^-1), M = W^T W + s2 I.
 */
record LinearGaussian(DMatrixRMaj loadings, double[] mean, double variance) {

    /** Loadings and means drawn from N(0, 1). */
    static LinearGaussian random(int features, int latent, double variance, long seed) {
        Random random = new Random(seed);
        DMatrixRMaj loadings = new DMatrixRMaj(features, latent);
        for (int i = 0; i < loadings.data.length; i++) {
            loadings.data[i] = random.nextGaussian();
        }
        double[] mean = random.doubles(features).toArray();
        return new LinearGaussian(loadings, mean, variance);
    }

    /** Draws from p(x). */
    Dataset sample(int rows, long seed) {
        Random random = new Random(seed);
        float[][] x = new float[rows][mean.length];
        for (float[] row : x) {
            double[] z = random.doubles(loadings.numCols).map(u -> random.nextGaussian()).toArray();
            for (int i = 0; i < row.length; i++) {
                double value = mean[i] + Math.sqrt(variance) * random.nextGaussian();
                for (int j = 0; j < z.length; j++) {
                    value += loadings.get(i, j) * z[j];
                }
                row[i] = (float) value;
            }
        }
        return Dataset.of(x);
    }

    /** The model with this decoder and q(z|x) the exact posterior, its covariance times {@code widening} (a diagonal q takes the diagonal). */
    Model model(Backend backend, Dataset data, boolean full, double widening, String scaling) {
        int latent = loadings.numCols;
        Model model = Hourglass.vae().hidden().code(full ? Code.fullGaussian(latent) : Code.diagonalGaussian(latent))
                .likelihood(Likelihood.gaussian(variance)).scaling(scaling).create(backend, Examples.of(data), 0);
        DMatrixRMaj inverse = new DMatrixRMaj(latent, latent);
        CommonOps_DDRM.multInner(loadings, inverse);
        CommonOps_DDRM.addEquals(inverse, variance, CommonOps_DDRM.identity(latent));
        CommonOps_DDRM.invert(inverse);
        DMatrixRMaj encoder = new DMatrixRMaj(latent, mean.length);
        CommonOps_DDRM.multTransB(inverse, loadings, encoder);
        DMatrixRMaj shift = new DMatrixRMaj(latent, 1);
        CommonOps_DDRM.mult(-1, encoder, new DMatrixRMaj(mean.length, 1, true, mean), shift);
        CommonOps_DDRM.scale(variance * widening, inverse);
        int head = model.specification().code().headWidth();
        model.parameters().get("encoder.0.weight").value().write(java.util.Arrays.copyOf(floats(encoder.data), head * mean.length));
        model.parameters().get("encoder.0.bias").value().write(headBias(shift, inverse, full, head));
        model.parameters().get("decoder.0.weight").value().write(floats(loadings.data));
        model.parameters().get("decoder.0.bias").value().write(floats(mean));
        return model;
    }

    private static float[] headBias(DMatrixRMaj shift, DMatrixRMaj covariance, boolean full, int head) {
        int latent = shift.numRows;
        float[] bias = java.util.Arrays.copyOf(floats(shift.data), head);
        DMatrixRMaj factor = cholesky(covariance);
        for (int i = 0; i < latent; i++) {
            bias[latent + i] = (float) Math.log(full ? factor.get(i, i) : covariance.get(i, i));
            for (int j = 0; full && j < i; j++) {
                bias[2 * latent + i * (i - 1) / 2 + j] = (float) factor.get(i, j);
            }
        }
        return bias;
    }

    /** log p(x), nats, averaged over the rows of {@code data} after multiplying by {@code scale}. */
    double meanLogDensity(Dataset data, double scale) {
        DMatrixRMaj covariance = new DMatrixRMaj(mean.length, mean.length);
        CommonOps_DDRM.multOuter(loadings, covariance);
        CommonOps_DDRM.addEquals(covariance, variance, CommonOps_DDRM.identity(mean.length));
        DMatrixRMaj factor = cholesky(covariance);
        double constant = -0.5 * mean.length * Math.log(2 * Math.PI);
        for (int i = 0; i < mean.length; i++) {
            constant -= Math.log(factor.get(i, i));
        }
        double sum = 0;
        for (int row = 0; row < data.rows(); row++) {
            sum += constant - 0.5 * squaredNorm(factor, data.row(row), scale);
        }
        return sum / data.rows();
    }

    private double squaredNorm(DMatrixRMaj factor, float[] x, double scale) {
        double[] solved = new double[mean.length];
        double square = 0;
        for (int i = 0; i < mean.length; i++) {
            double rest = x[i] * scale - mean[i];
            for (int j = 0; j < i; j++) {
                rest -= factor.get(i, j) * solved[j];
            }
            solved[i] = rest / factor.get(i, i);
            square += solved[i] * solved[i];
        }
        return square;
    }

    private static DMatrixRMaj cholesky(DMatrixRMaj matrix) {
        CholeskyDecomposition_F64<DMatrixRMaj> decomposition = DecompositionFactory_DDRM.chol(matrix.numRows, true);
        if (!decomposition.decompose(matrix.copy())) {
            throw new IllegalStateException("not positive definite");
        }
        return decomposition.getT(null);
    }

    static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }
}
