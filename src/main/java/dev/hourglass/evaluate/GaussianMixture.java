package dev.hourglass.evaluate;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;

/**
 * Mixture of Gaussians with full covariances, in 64 bits: the density of codes that have no prior, to draw from and decode.
 *
 * @param weights of the components, summing to 1
 * @param means [components][latent]
 * @param factors [components][latent * latent], row-major lower triangular L with covariance L L^T
 * @param logLikelihood mean log density of the codes it was fitted to, nats per code
 */
public record GaussianMixture(double[] weights, double[][] means, double[][] factors, double logLikelihood) {
    private static final double LOG_TWO_PI = Math.log(2 * Math.PI);
    /** Part of the mean variance of the codes that is added to every variance, so that a component on few codes keeps a volume. */
    private static final double RIDGE = 1e-6;
    private static final double TOLERANCE = 1e-6;

    /**
     * Fits by expectation and maximisation (Dempster et al. 1977) from a k-means++ start (Arthur and Vassilvitskii 2007); stops when the mean log
     * density gains less than 1e-6 nats. The same codes and seed give the same mixture.
     *
     * @param codes [rows][latent], more rows than components
     * @param components at least 1
     * @param iterations at most
     */
    public static GaussianMixture fit(float[][] codes, int components, int iterations, long seed) {
        Evaluated.require(components >= 1 && components < codes.length, "cannot fit so many components", "components", components,
                "1 to " + (codes.length - 1) + ", fewer than codes");
        Evaluated.require(iterations >= 1, "no iterations", "iterations", iterations, "at least 1");
        return new MixtureFit(codes, components, seed).run(iterations);
    }

    /** Returns how many components there are. */
    public int components() {
        return weights.length;
    }

    /** Returns log p(z), nats. */
    public double logDensity(float[] z) {
        return logSumExp(logTerms(z));
    }

    /** log(weight_k N(z; mean_k, L_k L_k^T)) of every component. */
    double[] logTerms(float[] z) {
        double[] terms = new double[weights.length];
        for (int k = 0; k < terms.length; k++) {
            terms[k] = Math.log(weights[k]) + logNormal(z, means[k], factors[k]);
        }
        return terms;
    }

    private static double logNormal(float[] z, double[] mean, double[] factor) {
        int latent = mean.length;
        double result = -0.5 * latent * LOG_TWO_PI;
        double[] solved = new double[latent];
        for (int i = 0; i < latent; i++) {
            double rest = z[i] - mean[i];
            for (int j = 0; j < i; j++) {
                rest -= factor[i * latent + j] * solved[j];
            }
            solved[i] = rest / factor[i * latent + i];
            result -= 0.5 * solved[i] * solved[i] + Math.log(factor[i * latent + i]);
        }
        return result;
    }

    static double logSumExp(double[] terms) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double term : terms) {
            largest = Math.max(largest, term);
        }
        double sum = 0;
        for (double term : terms) {
            sum += Math.exp(term - largest);
        }
        return largest + Math.log(sum);
    }

    /** Returns {@code count} draws, [count][latent], the same for the same seed. */
    public float[][] sample(int count, long seed) {
        int latent = means[0].length;
        float[][] draws = new float[count][latent];
        RandomSequence random = new RandomSequence(seed, 0);
        for (float[] draw : draws) {
            int k = component(random.uniform());
            double[] noise = new double[latent];
            for (int i = 0; i < latent; i++) {
                noise[i] = random.normal();
                double value = means[k][i];
                for (int j = 0; j <= i; j++) {
                    value += factors[k][i * latent + j] * noise[j];
                }
                draw[i] = (float) value;
            }
        }
        return draws;
    }

    private int component(double uniform) {
        double reached = 0;
        for (int k = 0; k < weights.length - 1; k++) {
            reached += weights[k];
            if (uniform < reached) {
                return k;
            }
        }
        return weights.length - 1;
    }

    /** One fit. */
    private static final class MixtureFit {
        private final float[][] codes;
        private final int components;
        private final int latent;
        private final double ridge;
        private final double[][] responsibilities;

        MixtureFit(float[][] codes, int components, long seed) {
            this.codes = codes;
            this.components = components;
            this.latent = codes[0].length;
            this.ridge = Math.max(Double.MIN_NORMAL, RIDGE * meanVariance());
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
            return new GaussianMixture(mixture.weights, mixture.means, mixture.factors, expect(mixture));
        }

        /** Responsibilities under a mixture; returns the mean log density. */
        private double expect(GaussianMixture mixture) {
            double sum = 0;
            for (int n = 0; n < codes.length; n++) {
                double[] terms = mixture.logTerms(codes[n]);
                double total = logSumExp(terms);
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
}
