package dev.hourglass.evaluate;

import dev.hourglass.inference.ImportanceSum;
import java.util.Arrays;

/**
 * log (1/K) sum_k w_k of one example, and the variance of that over other draws of its K codes, by the jackknife that leaves out a group of codes at a time
 * (Busing et al. 1999, for groups whose sizes differ by one). The delta method says too little where few weights carry the sum: its variance cannot exceed 1,
 * while that of a logarithm can. Memory does not grow with K.
 */
final class JackknifedLogMean {
    private static final int GROUPS = 16;

    private final ImportanceSum all = new ImportanceSum(0);
    private final ImportanceSum[] groups = new ImportanceSum[GROUPS];

    JackknifedLogMean() {
        Arrays.setAll(groups, g -> new ImportanceSum(0));
    }

    /** Adds a weight by its logarithm. */
    void add(double logWeight) {
        groups[(int) (all.count() % GROUPS)].add(logWeight);
        all.add(logWeight);
    }

    /** All weights together. */
    ImportanceSum all() {
        return all;
    }

    /**
     * Variance of the log mean: (1/G) sum_g (K/n_g - 1) (t_g - t)^2 over G = min(16, K) groups of n_g codes, t_g the log mean without group g and t the
     * mean of these; 0 with K = 1, where there is none, and +Infinity where one group holds all of the weight.
     */
    double variance() {
        int count = (int) Math.min(GROUPS, all.count());
        if (count < 2) {
            return 0;
        }
        double[] without = new double[count];
        double mean = 0;
        for (int g = 0; g < count; g++) {
            ImportanceSum others = new ImportanceSum(0);
            for (int other = 0; other < count; other++) {
                if (other != g) {
                    others.add(groups[other].logMean() + Math.log(groups[other].count()));
                }
            }
            without[g] = others.logMean() + Math.log((count - 1.0) / (all.count() - groups[g].count()));
            mean += without[g] / count;
        }
        double sum = 0;
        for (int g = 0; g < count; g++) {
            double change = without[g] - mean;
            sum += ((double) all.count() / groups[g].count() - 1) * change * change / count;
        }
        return Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum;
    }
}
