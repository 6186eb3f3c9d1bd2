package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.backend.Posterior;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Densities and divergences of heads against the formulas with whole matrices: covariance, inverse, determinant and trace. */
class GaussianHeadTest {
    private static final int LATENT = 4;
    private static final int ROWS = 3;
    /** The same accuracy for all: 64 bits, matrices of order 4. */
    private static final double CLOSE = 1e-9;

    private final Random random = new Random(17);

    private float[] normal(int count, double scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
        return values;
    }

    /** B B^T with the layout of the head written out once more: means, logarithms, then the rows of the strict lower triangle. */
    private static DMatrixRMaj covariance(Posterior posterior, float[] head, int row) {
        int at = row * posterior.headWidth(LATENT);
        DMatrixRMaj factor = new DMatrixRMaj(LATENT, LATENT);
        int next = at + 2 * LATENT;
        for (int i = 0; i < LATENT; i++) {
            double log = head[at + LATENT + i];
            factor.set(i, i, posterior == Posterior.DIAGONAL ? Math.exp(log / 2) : Math.exp(log));
            for (int j = 0; j < i && posterior == Posterior.FULL; j++) {
                factor.set(i, j, head[next++]);
            }
        }
        DMatrixRMaj product = new DMatrixRMaj(LATENT, LATENT);
        CommonOps_DDRM.multTransB(factor, factor, product);
        return product;
    }

    private static double quadratic(DMatrixRMaj inverse, double[] difference) {
        double sum = 0;
        for (int i = 0; i < LATENT; i++) {
            for (int j = 0; j < LATENT; j++) {
                sum += difference[i] * inverse.get(i, j) * difference[j];
            }
        }
        return sum;
    }

    private static DMatrixRMaj inverse(DMatrixRMaj matrix) {
        DMatrixRMaj inverse = new DMatrixRMaj(LATENT, LATENT);
        CommonOps_DDRM.invert(matrix, inverse);
        return inverse;
    }

    private static double[] difference(float[] left, int leftAt, float[] right, int rightAt) {
        double[] result = new double[LATENT];
        for (int i = 0; i < LATENT; i++) {
            result[i] = (double) left[leftAt + i] - right[rightAt + i];
        }
        return result;
    }

    /** log N(z; m, C) = -(K log 2 pi + log det C + (z - m)^T C^-1 (z - m)) / 2. */
    @ParameterizedTest
    @EnumSource
    void logDensityIsThatOfTheWholeCovariance(Posterior posterior) {
        int width = posterior.headWidth(LATENT);
        float[] head = normal(ROWS * width, 0.7);
        float[] z = normal(ROWS * LATENT + 2, 1.5);
        GaussianHead gaussian = new GaussianHead(posterior, LATENT, head, Double.NEGATIVE_INFINITY);
        for (int row = 0; row < ROWS; row++) {
            int at = 2 + row * LATENT;
            DMatrixRMaj covariance = covariance(posterior, head, row);
            double square = quadratic(inverse(covariance), difference(z, at, head, row * width));
            double expected = -0.5 * (LATENT * Math.log(2 * Math.PI) + Math.log(CommonOps_DDRM.det(covariance)) + square);
            assertEquals(expected, gaussian.logDensity(row, z, at), CLOSE * Math.abs(expected));
            for (int j = 0; j < LATENT; j++) {
                assertEquals(head[row * width + j], gaussian.mean(row, j), 0);
                assertEquals(covariance.get(j, j), gaussian.variance(row, j), CLOSE * covariance.get(j, j));
            }
        }
    }

    /** KL = (tr(P^-1 C) + (m - p)^T P^-1 (m - p) - K + log det P - log det C) / 2, of the whole code and of one dimension. */
    @ParameterizedTest
    @EnumSource
    void divergenceIsThatOfTheWholeCovariance(Posterior posterior) {
        int width = posterior.headWidth(LATENT);
        float[] head = normal(ROWS * width, 0.7);
        float[] priorHead = normal(ROWS * 2 * LATENT, 0.8);
        GaussianHead gaussian = new GaussianHead(posterior, LATENT, head, Double.NEGATIVE_INFINITY);
        GaussianHead prior = new GaussianHead(Posterior.DIAGONAL, LATENT, priorHead, Double.NEGATIVE_INFINITY);
        for (int row = 0; row < ROWS; row++) {
            DMatrixRMaj own = covariance(posterior, head, row);
            DMatrixRMaj other = covariance(Posterior.DIAGONAL, priorHead, row);
            double[] shift = difference(head, row * width, priorHead, row * 2 * LATENT);
            DMatrixRMaj product = new DMatrixRMaj(LATENT, LATENT);
            CommonOps_DDRM.mult(inverse(other), own, product);
            double expected = 0.5 * (CommonOps_DDRM.trace(product) + quadratic(inverse(other), shift) - LATENT
                    + Math.log(CommonOps_DDRM.det(other)) - Math.log(CommonOps_DDRM.det(own)));
            assertEquals(expected, gaussian.kl(row, prior), CLOSE * expected);
            for (int j = 0; j < LATENT; j++) {
                double c = own.get(j, j);
                double p = other.get(j, j);
                assertEquals(0.5 * (c / p + shift[j] * shift[j] / p - 1 + Math.log(p / c)), gaussian.marginalKl(row, j, prior), CLOSE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFloorBelongsToDiagonalHeads(Posterior posterior) {
        float[] head = new float[posterior.headWidth(LATENT)];
        head[LATENT] = -9;
        head[LATENT + 1] = -7;
        GaussianHead gaussian = new GaussianHead(posterior, LATENT, head, -8);
        boolean diagonal = posterior == Posterior.DIAGONAL;
        assertEquals(diagonal ? Math.exp(-8) : Math.exp(-18), gaussian.variance(0, 0), 1e-15);
        assertEquals(diagonal ? Math.exp(-7) : Math.exp(-14), gaussian.variance(0, 1), 1e-15);
        double logs = diagonal ? -4 - 3.5 : -9 - 7;
        assertEquals(-0.5 * LATENT * Math.log(2 * Math.PI) - logs, gaussian.logDensity(0, new float[LATENT], 0), 1e-12);
    }
}
