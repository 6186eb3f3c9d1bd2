package dev.hourglass.evaluate;

import dev.hourglass.message.Require;
import java.util.Arrays;

/**
 * Where a score becomes an anomaly, and how unusual a score is among those of reference examples.
 *
 * @param value scores above it are labelled anomalies
 * @param reference scores of the reference examples, ascending
 */
public record Threshold(double value, double[] reference) {
    public Threshold {
        Require.that(reference.length > 0, "evaluate", "no reference scores", "reference scores", 0, "at least 1");
        Require.that(Arrays.stream(reference).noneMatch(Double::isNaN), "evaluate", "a reference score is not a number", "score",
                Double.NaN, "numbers");
        reference = reference.clone();
        Arrays.sort(reference);
    }

    /**
     * For scores of unlabelled data of which a share is taken to be anomalous: so many of them lie above the threshold, rounded.
     *
     * @param contamination in (0, 1)
     */
    public static Threshold byContamination(double[] scores, double contamination) {
        Require.that(contamination > 0 && contamination < 1, "evaluate", "contamination out of range", "contamination", contamination,
                "between 0 and 1");
        return byQuantile(scores, 1 - contamination);
    }

    /**
     * For scores of normal examples held out of training: that share of them lies at or below the threshold, so 1 - quantile is the rate of false
     * alarms to expect.
     *
     * @param quantile in (0, 1)
     */
    public static Threshold byQuantile(double[] scores, double quantile) {
        Require.that(quantile > 0 && quantile < 1, "evaluate", "quantile out of range", "quantile", quantile, "between 0 and 1");
        Require.that(scores.length > 0, "evaluate", "no reference scores", "reference scores", 0, "at least 1");
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        int below = (int) Math.round(quantile * sorted.length);
        return new Threshold(sorted[Math.max(0, Math.min(sorted.length, below) - 1)], sorted);
    }

    /** Returns whether a score is that of an anomaly: above the threshold, or infinite, as that of values the model gives no probability to. */
    public boolean isExceededBy(double score) {
        return score > value || score == Double.POSITIVE_INFINITY;
    }

    /** Returns which scores are anomalies. */
    public boolean[] labels(double[] scores) {
        boolean[] labels = new boolean[scores.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = isExceededBy(scores[i]);
        }
        return labels;
    }

    /**
     * Returns how unusual a score is: #{reference below it} / (1 + #reference), which is 1 - p of the conformal test that it belongs to the
     * reference (Vovk et al. 2005). A statement on ranks; it is not the chance that the example is an anomaly, for which one would have to know
     * how anomalies score.
     */
    public double probability(double score) {
        int low = 0;
        int high = reference.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (reference[middle] < score) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low / (1.0 + reference.length);
    }

    @Override
    public double[] reference() {
        return reference.clone();
    }

    /** Returns the value and how many scores it comes from. */
    @Override
    public String toString() {
        return "Threshold[" + (float) value + ", from " + reference.length + " scores]";
    }
}
