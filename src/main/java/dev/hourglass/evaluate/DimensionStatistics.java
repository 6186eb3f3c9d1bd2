package dev.hourglass.evaluate;

/** Sums over examples of what each latent dimension does: closed-form KL, and the variance of its mean by Welford's update. */
final class DimensionStatistics {
    private final double[] kl;
    private final double[] mean;
    private final double[] squares;
    private double totalKl;
    private long count;

    DimensionStatistics(int latent) {
        kl = new double[latent];
        mean = new double[latent];
        squares = new double[latent];
    }

    void add(GaussianHead posterior, GaussianHead prior, int rows) {
        for (int row = 0; row < rows; row++) {
            count++;
            totalKl += posterior.kl(row, prior);
            for (int j = 0; j < kl.length; j++) {
                kl[j] += posterior.marginalKl(row, j, prior);
                double change = posterior.mean(row, j) - mean[j];
                mean[j] += change / count;
                squares[j] += change * (posterior.mean(row, j) - mean[j]);
            }
        }
    }

    double kl() {
        return totalKl / count;
    }

    double[] klPerDimension() {
        return divided(kl);
    }

    double[] variances() {
        return divided(squares);
    }

    int active() {
        int active = 0;
        for (double variance : variances()) {
            active += variance > Decomposition.ACTIVE ? 1 : 0;
        }
        return active;
    }

    private double[] divided(double[] sums) {
        double[] means = new double[sums.length];
        for (int j = 0; j < means.length; j++) {
            means[j] = sums[j] / count;
        }
        return means;
    }
}
