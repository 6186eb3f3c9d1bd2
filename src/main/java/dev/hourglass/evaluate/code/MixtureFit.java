package dev.hourglass.evaluate.code;

import dev.hourglass.evaluate.RandomSequence;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;

/** One fit of a {@link GaussianMixture}: responsibilities and components in turn. */
final class MixtureFit {
    /** Part of the mean variance of the codes that is added to every variance, so that a component on few codes keeps a volume. */
    private static final double RIDGE = 1e-6;
    private static final double SMALLEST_RIDGE = 1e-12;
    private static final double TOLERANCE = 1e-6;

    private final float[][] codes;
    private final int components;
    private final int latent;
    private final double ridge;
    private final double[][] responsibilities;

    MixtureFit(float[][] codes, int components, long seed) {
        this.codes = codes;
        this.components = components;
        this.latent = codes[0].length;
        this.ridge = Math.max(SMALLEST_RIDGE, RIDGE * meanVariance());
        this.responsibilities = new double[codes.length][components];
        int[] nearest = Seeding.assign(codes, Seeding.plusPlus(codes, components, new RandomSequence(seed, 1)));
        for (int n = 0; n < codes.length; n++) {
            responsibilities[n][nearest[n]] = 1;
        }
    }

    private double meanVariance() {
        double total = 0;
        for (int j = 0; j < latent; j++) {
            double sum = 0;
            double squares = 0;
            for (float[] code : codes) {
                sum += code[j];
                squares += (double) code[j] * code[j];
            }
            total += squares / codes.length - sum / codes.length * sum / codes.length;
        }
        return total / latent;
    }

    GaussianMixture run(int iterations) {
        double before = Double.NEGATIVE_INFINITY;
        GaussianMixture mixture = maximise(before);
        for (int i = 0; i < iterations; i++) {
            double reached = expect(mixture);
            mixture = maximise(reached);
            if (reached - before < TOLERANCE) {
                break;
            }
            before = reached;
        }
        return new GaussianMixture(mixture.weights(), mixture.means(), mixture.factors(), expect(mixture));
    }

    /** Responsibilities under a mixture; returns the mean log density. */
    private double expect(GaussianMixture mixture) {
        double sum = 0;
        for (int n = 0; n < codes.length; n++) {
            double[] terms = mixture.logTerms(codes[n]);
            double total = GaussianMixture.logSumExp(terms);
            sum += total;
            for (int k = 0; k < components; k++) {
                responsibilities[n][k] = Math.exp(terms[k] - total);
            }
        }
        return sum / codes.length;
    }

    private GaussianMixture maximise(double reached) {
        double[] weights = new double[components];
        double[][] means = new double[components][latent];
        double[][] factors = new double[components][];
        for (int k = 0; k < components; k++) {
            double mass = 0;
            for (int n = 0; n < codes.length; n++) {
                double r = responsibilities[n][k];
                mass += r;
                for (int j = 0; j < latent; j++) {
                    means[k][j] += r * codes[n][j];
                }
            }
            mass = Math.max(mass, Double.MIN_NORMAL);
            for (int j = 0; j < latent; j++) {
                means[k][j] /= mass;
            }
            weights[k] = mass / codes.length;
            factors[k] = factor(covariance(k, means[k], mass));
        }
        return new GaussianMixture(weights, means, factors, reached);
    }

    private DMatrixRMaj covariance(int k, double[] mean, double mass) {
        DMatrixRMaj covariance = new DMatrixRMaj(latent, latent);
        double[] shift = new double[latent];
        for (int n = 0; n < codes.length; n++) {
            double r = responsibilities[n][k] / mass;
            if (r > 0) {
                for (int i = 0; i < latent; i++) {
                    shift[i] = codes[n][i] - mean[i];
                    for (int j = 0; j <= i; j++) {
                        covariance.data[i * latent + j] += r * shift[i] * shift[j];
                    }
                }
            }
        }
        for (int i = 0; i < latent; i++) {
            covariance.data[i * latent + i] += ridge;
            for (int j = 0; j < i; j++) {
                covariance.data[j * latent + i] = covariance.data[i * latent + j];
            }
        }
        return covariance;
    }

    private double[] factor(DMatrixRMaj covariance) {
        CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(latent, true);
        if (!cholesky.decompose(covariance.copy())) {
            throw new IllegalStateException("mixture: a covariance has no Cholesky factor: trace=" + CommonOps_DDRM.trace(covariance)
                    + ", expected finite codes; use fewer components");
        }
        return cholesky.getT(null).data.clone();
    }
}
