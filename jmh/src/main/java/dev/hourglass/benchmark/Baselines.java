package dev.hourglass.benchmark;

import dev.hourglass.data.Dataset;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Anomaly scores that need no training, from the columns standardised by the same rows (a constant column is 0), z, and the eigenvectors of their correlations:
 * what a model must beat.
 *
 * @param squares mean_j z_j^2 of each row
 * @param residual |z|^2 outside the first principal components
 * @param mahalanobis sum_k (v_k . z)^2 / l_k over all eigenvalues above 1e-10 of the largest
 * @param components the fewest that hold {@value #SHARE} of the variance
 */
record Baselines(double[] squares, double[] residual, double[] mahalanobis, int components) {
    private static final double SHARE = 0.9;
    private static final double LEAST_EIGENVALUE = 1e-10;

    static Baselines of(Dataset data) {
        DMatrixRMaj z = standardised(data);
        DMatrixRMaj correlation = new DMatrixRMaj(z.numCols, z.numCols);
        CommonOps_DDRM.multInner(z, correlation);
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(z.numCols, true, true);
        eigen.decompose(correlation);
        Integer[] order = IntStream.range(0, z.numCols).boxed()
                .sorted((a, b) -> Double.compare(eigen.getEigenvalue(b).real, eigen.getEigenvalue(a).real)).toArray(Integer[]::new);
        double[] values = Arrays.stream(order).mapToDouble(k -> eigen.getEigenvalue(k).real / z.numRows).toArray();
        int components = components(values);
        double[] squares = new double[z.numRows];
        double[] residual = new double[z.numRows];
        double[] mahalanobis = new double[z.numRows];
        for (int r = 0; r < z.numRows; r++) {
            for (int j = 0; j < z.numCols; j++) {
                squares[r] += z.get(r, j) * z.get(r, j) / z.numCols;
            }
            for (int k = 0; k < values.length; k++) {
                double along = along(z, r, eigen.getEigenVector(order[k]));
                residual[r] += k < components ? 0 : along * along;
                mahalanobis[r] += values[k] > LEAST_EIGENVALUE * values[0] ? along * along / values[k] : 0;
            }
        }
        return new Baselines(squares, residual, mahalanobis, components);
    }

    private static int components(double[] values) {
        double total = Arrays.stream(values).sum();
        double held = 0;
        for (int k = 0; k < values.length; k++) {
            held += values[k];
            if (held >= SHARE * total) {
                return k + 1;
            }
        }
        return values.length;
    }

    private static double along(DMatrixRMaj z, int row, DMatrixRMaj direction) {
        double sum = 0;
        for (int j = 0; j < z.numCols; j++) {
            sum += z.get(row, j) * direction.data[j];
        }
        return sum;
    }

    private static DMatrixRMaj standardised(Dataset data) {
        DMatrixRMaj z = new DMatrixRMaj(data.rows(), data.columns());
        for (int r = 0; r < z.numRows; r++) {
            float[] row = data.row(r);
            for (int j = 0; j < z.numCols; j++) {
                z.set(r, j, row[j]);
            }
        }
        for (int j = 0; j < z.numCols; j++) {
            double mean = 0;
            for (int r = 0; r < z.numRows; r++) {
                mean += z.get(r, j) / z.numRows;
            }
            double variance = 0;
            for (int r = 0; r < z.numRows; r++) {
                z.add(r, j, -mean);
                variance += z.get(r, j) * z.get(r, j) / z.numRows;
            }
            for (int r = 0; r < z.numRows && variance > 0; r++) {
                z.set(r, j, z.get(r, j) / Math.sqrt(variance));
            }
        }
        return z;
    }
}
