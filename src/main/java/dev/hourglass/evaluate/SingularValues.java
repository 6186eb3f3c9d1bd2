package dev.hourglass.evaluate;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Singular values and right singular vectors of J [rows, columns] in 64 bits, from the eigenvalues of the smaller of J J^T and J^T J.
 *
 * @param jacobian J
 * @param values largest first, min(rows, columns) of them
 * @param vectors eigenvectors in the order of the values, one per row
 */
record SingularValues(DMatrixRMaj jacobian, double[] values, double[][] vectors) {
    static SingularValues of(float[] rowMajor, int rows, int columns) {
        DMatrixRMaj jacobian = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < rowMajor.length; i++) {
            jacobian.data[i] = rowMajor[i];
        }
        int size = Math.min(rows, columns);
        DMatrixRMaj gram = new DMatrixRMaj(size, size);
        if (rows <= columns) {
            CommonOps_DDRM.multOuter(jacobian, gram);
        } else {
            CommonOps_DDRM.multInner(jacobian, gram);
        }
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(size, true, true);
        if (!eigen.decompose(gram)) {
            throw new IllegalStateException(
                    "jacobian: its eigenvalues were not found: size=" + size + ", expected finite values; check the model for NaN");
        }
        Integer[] order = java.util.stream.IntStream.range(0, size).boxed()
                .sorted(java.util.Comparator.comparingDouble(i -> -eigen.getEigenvalue(i).getReal())).toArray(Integer[]::new);
        double[] values = new double[size];
        double[][] vectors = new double[size][];
        for (int i = 0; i < size; i++) {
            values[i] = Math.sqrt(Math.max(0, eigen.getEigenvalue(order[i]).getReal()));
            vectors[i] = eigen.getEigenVector(order[i]).data.clone();
        }
        return new SingularValues(jacobian, values, vectors);
    }

    /** The first right singular vectors, v_i = J^T u_i / sigma_i, of length 1 (zero where sigma_i is 0), largest component positive. */
    float[][] rightVectors(int count) {
        float[][] directions = new float[count][];
        for (int i = 0; i < count; i++) {
            double[] v = vectors[i];
            if (jacobian.numRows <= jacobian.numCols) {
                v = new double[jacobian.numCols];
                for (int k = 0; k < jacobian.data.length; k++) {
                    v[k % jacobian.numCols] += vectors[i][k / jacobian.numCols] * jacobian.data[k];
                }
            }
            directions[i] = unit(v);
        }
        return directions;
    }

    private static float[] unit(double[] v) {
        double square = 0;
        double largest = 0;
        for (double value : v) {
            square += value * value;
            largest = Math.abs(value) > Math.abs(largest) ? value : largest;
        }
        double scale = square == 0 ? 0 : Math.signum(largest) / Math.sqrt(square);
        float[] result = new float[v.length];
        for (int j = 0; j < v.length; j++) {
            result[j] = (float) (v[j] * scale);
        }
        return result;
    }
}
