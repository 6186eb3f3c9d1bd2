package dev.hourglass.inference;

/** sum_k w_k and sum_k w_k^2 of weights given by their logarithms, in one pass: everything is kept relative to the largest so far. */
public final class ImportanceSum {
    private final double[] weighted;
    private long count;
    private double largest = Double.NEGATIVE_INFINITY;
    private double sum;
    private double squares;

    /** Also keeps the weighted sum of vectors of {@code width} values, 0 for none. */
    public ImportanceSum(int width) {
        weighted = new double[width];
    }

    /** Adds a weight, NaN as 0; returns it relative to the largest, the factor of what {@link #addWeighted} adds. */
    public double add(double given) {
        count++;
        double logWeight = Double.isNaN(given) ? Double.NEGATIVE_INFINITY : given;
        if (logWeight > largest) {
            double scale = Math.exp(largest - logWeight);
            sum *= scale;
            squares *= scale * scale;
            for (int i = 0; i < weighted.length; i++) {
                weighted[i] *= scale;
            }
            largest = logWeight;
        }
        double relative = largest == Double.NEGATIVE_INFINITY ? 0 : Math.exp(logWeight - largest);
        sum += relative;
        squares += relative * relative;
        return relative;
    }

    /** Adds to one value of the weighted vector. */
    public void addWeighted(int index, double value) {
        weighted[index] += value;
    }

    /** K. */
    public long count() {
        return count;
    }

    /** log((1/K) sum_k w_k). */
    public double logMean() {
        return largest + Math.log(sum / count);
    }

    /** (sum w)^2 / sum w^2, from 1 to K. */
    public double effectiveSampleSize() {
        return sum * sum / squares;
    }

    /** sum_k w_k v_k / sum_k w_k. */
    public double[] weightedMean() {
        double[] mean = new double[weighted.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = weighted[i] / sum;
        }
        return mean;
    }
}
