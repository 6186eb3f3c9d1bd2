package dev.hourglass.inference;

import dev.hourglass.message.Require;
import java.util.Arrays;
import java.util.List;

/**
 * Scores of rows that training did not learn from, kept with a model: what a score is compared with.
 *
 * @param settings of the scores
 * @param source where the rows came from, for people
 * @param finite the scores that are finite, ascending
 * @param infinite how many are +Infinity
 */
public record HeldOutScores(ScoreSettings settings, String source, List<Double> finite, int infinite) {
    /** The quantile of held-out scores above which a row is called an anomaly, unless told otherwise. */
    public static final double DEFAULT_QUANTILE = 0.95;

    public HeldOutScores {
        finite = finite.stream().sorted().toList();
        Require.that(infinite >= 0, "evaluate", "a negative number of infinite scores", "infinite", infinite, "at least 0");
        Require.that(finite.stream().allMatch(Double::isFinite), "evaluate", "not finite among the finite scores", "reference scores",
                finite.size(),
                "finite numbers");
        Require.that(finite.size() + infinite > 0, "evaluate", "no reference scores", "reference scores", 0, "at least 1");
    }

    /** Keeps scores; NaN is refused. */
    public static HeldOutScores of(ScoreSettings settings, String source, double[] scores) {
        Require.that(Arrays.stream(scores).noneMatch(Double::isNaN), "evaluate", "a reference score is not a number", "score", Double.NaN,
                "numbers");
        List<Double> finite = Arrays.stream(scores).filter(Double::isFinite).boxed().toList();
        return new HeldOutScores(settings, source, finite, scores.length - finite.size());
    }

    /** Returns all scores, ascending, the infinite ones last. */
    public double[] ascending() {
        double[] all = new double[finite.size() + infinite];
        Arrays.fill(all, Double.POSITIVE_INFINITY);
        for (int i = 0; i < finite.size(); i++) {
            all[i] = finite.get(i);
        }
        return all;
    }
}
