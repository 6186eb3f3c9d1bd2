package dev.hourglass.evaluate;

import dev.hourglass.message.Require;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The receiver operating characteristic of scores. */
public final class Roc {
    private Roc() {
    }

    /**
     * Area under the curve: the chance that an anomaly scores above a normal example, ties counting half (Mann and Whitney 1947).
     *
     * @param anomalous which examples are anomalies; at least one is and one is not
     * @throws IllegalArgumentException when the lengths differ, one class is empty or a score is NaN
     */
    public static double areaUnderCurve(double[] scores, boolean[] anomalous) {
        Require.that(scores.length == anomalous.length, "evaluate", "scores and labels differ in length", "labels", anomalous.length,
                String.valueOf(scores.length));
        Require.that(Arrays.stream(scores).noneMatch(Double::isNaN), "evaluate", "a score is not a number", "score", Double.NaN, "numbers");
        int[] order = IntStream.range(0, scores.length).boxed().sorted(Comparator.comparingDouble(i -> scores[i])).mapToInt(i -> i)
                .toArray();
        long positives = 0;
        double rankSum = 0;
        for (int start = 0; start < order.length;) {
            int end = start;
            while (end < order.length && scores[order[end]] == scores[order[start]]) {
                end++;
            }
            for (int i = start; i < end; i++) {
                if (anomalous[order[i]]) {
                    positives++;
                    rankSum += 0.5 * (start + 1 + end);
                }
            }
            start = end;
        }
        long negatives = scores.length - positives;
        Require.that(positives > 0 && negatives > 0, "evaluate", "one class is empty", "anomalies", positives,
                "between 1 and " + (scores.length - 1));
        return (rankSum - 0.5 * positives * (positives + 1)) / ((double) positives * negatives);
    }
}
