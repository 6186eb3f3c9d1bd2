package dev.hourglass.evaluate.code;

import dev.hourglass.evaluate.RandomSequence;
import dev.hourglass.message.Require;
import java.util.Arrays;

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

    /**
     * Fits by expectation and maximisation (Dempster et al. 1977) from a k-means++ start (Arthur and Vassilvitskii 2007); stops when the mean log
     * density gains less than 1e-6 nats. The same codes and seed give the same mixture.
     *
     * @param codes [rows][latent], more rows than components
     * @param components at least 1
     * @param iterations at most
     */
    public static GaussianMixture fit(float[][] codes, int components, int iterations, long seed) {
        Require.that(components >= 1 && components < codes.length, "evaluate", "cannot fit so many components", "components", components,
                "1 to " + (codes.length - 1) + ", fewer than codes");
        Require.that(iterations >= 1, "evaluate", "no iterations", "iterations", iterations, "at least 1");
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

    /** Returns the weights of the components and the log-likelihood of the fit, without the covariances. */
    @Override
    public String toString() {
        return "GaussianMixture[weights " + Arrays.toString(weights) + ", log-likelihood " + (float) logLikelihood + "]";
    }
}
