package dev.hourglass.evaluate;

import dev.hourglass.backend.Posterior;

/** The Gaussians of a host copy of heads, in 64 bits; rows are laid out as {@link Posterior} says. */
final class GaussianHead {
    private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

    private final Posterior posterior;
    private final int latent;
    private final float[] values;
    private final double floor;

    /** {@code floor} is the lower bound of log variances of a diagonal head. */
    GaussianHead(Posterior posterior, int latent, float[] values, double floor) {
        this.posterior = posterior;
        this.latent = latent;
        this.values = values;
        this.floor = floor;
    }

    /** {@code rows} times N(0, I). */
    static GaussianHead standard(int latent, int rows) {
        return new GaussianHead(Posterior.DIAGONAL, latent, new float[rows * 2 * latent], 0);
    }

    double mean(int row, int j) {
        return values[row * posterior.headWidth(latent) + j];
    }

    private double logScale(int row, int j) {
        double value = values[row * posterior.headWidth(latent) + latent + j];
        return posterior == Posterior.DIAGONAL ? Math.max(floor, value) / 2 : value;
    }

    private double factor(int row, int i, int j) {
        return i == j ? Math.exp(logScale(row, i)) : values[row * posterior.headWidth(latent) + 2 * latent + i * (i - 1) / 2 + j];
    }

    /** Variance of dimension j. */
    double variance(int row, int j) {
        if (posterior == Posterior.DIAGONAL) {
            return Math.exp(2 * logScale(row, j));
        }
        double sum = 0;
        for (int k = 0; k <= j; k++) {
            sum += factor(row, j, k) * factor(row, j, k);
        }
        return sum;
    }

    /** log density of {@code z[at .. at + latent)} under the Gaussian of {@code row}: a forward solve for a full covariance. */
    double logDensity(int row, float[] z, int at) {
        double result = -0.5 * latent * LOG_TWO_PI;
        double[] solved = new double[latent];
        for (int i = 0; i < latent; i++) {
            double rest = z[at + i] - mean(row, i);
            for (int j = 0; j < i && posterior == Posterior.FULL; j++) {
                rest -= factor(row, i, j) * solved[j];
            }
            solved[i] = rest * Math.exp(-logScale(row, i));
            result -= 0.5 * solved[i] * solved[i] + logScale(row, i);
        }
        return result;
    }

    /** KL(N_j || prior_j) of the marginal of dimension j, the prior being diagonal. */
    double marginalKl(int row, int j, GaussianHead prior) {
        double priorVariance = prior.variance(row, j);
        double ratio = variance(row, j) / priorVariance;
        double shift = mean(row, j) - prior.mean(row, j);
        return 0.5 * (ratio - Math.log(ratio) - 1 + shift * shift / priorVariance);
    }

    /** KL(N || prior), the prior being diagonal. */
    double kl(int row, GaussianHead prior) {
        double sum = 0;
        for (int j = 0; j < latent; j++) {
            sum += marginalKl(row, j, prior) + 0.5 * Math.log(variance(row, j)) - logScale(row, j);
        }
        return sum;
    }
}
