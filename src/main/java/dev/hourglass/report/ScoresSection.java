package dev.hourglass.report;

import dev.hourglass.evaluate.AnomalyScores;
import dev.hourglass.evaluate.LogLikelihood;
import dev.hourglass.evaluate.Progress;
import dev.hourglass.evaluate.Roc;
import dev.hourglass.model.Specification;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** How unusual the examples are to the model, which ones most, and which features make them so. */
final class ScoresSection {
    private static final int BINS = 40;
    private static final int SHOWN = 10;
    private static final double TOP_SHARE = 0.01;
    private static final int NAMED_FEATURES = 3;

    private final Subject subject;
    private final double[] scores;
    private final double[][] contributions;
    private final AnomalyScores.Kind kind;
    private final int samples;

    /** Pictures take their scores from log p(x) where it was measured; tables score again, to learn what every feature contributes. */
    ScoresSection(Subject subject, LogLikelihood likelihood, int samples, Progress progress) {
        this.subject = subject;
        this.samples = samples;
        this.kind = AnomalyScores.defaultKind(subject.model());
        if (!subject.isPicture()) {
            this.scores = new double[subject.examples().rows()];
            this.contributions = new double[scores.length][];
            AnomalyScores.explain(subject.model(), subject.examples(), kind, samples, subject.seed(), progress, (row, score, parts) -> {
                scores[row] = score;
                contributions[row] = parts.clone();
            });
            return;
        }
        this.contributions = null;
        this.scores = kind == AnomalyScores.Kind.NEGATIVE_LOG_LIKELIHOOD ? Arrays.stream(likelihood.perExample()).map(value -> -value).toArray()
                : AnomalyScores.of(subject.model(), subject.examples(), kind, samples, subject.seed(), progress).scores();
    }

    String html() {
        int[] highest = IntStream.range(0, scores.length).boxed().sorted(Comparator.comparingDouble(i -> -scores[i])).mapToInt(i -> i).toArray();
        boolean[] anomalies = KnownAnomalies.of(subject.examples().features(), List.of());
        String unit = kind == AnomalyScores.Kind.RECONSTRUCTION_ERROR ? "squared error on the scale of the model" : "nats";
        List<String> figures = new ArrayList<>();
        figures.add(Html.figure("scores of " + scores.length + " examples" + (anomalies == null ? ""
                : " <small>area under the ROC curve " + Html.number(Roc.areaUnderCurve(scores, anomalies)) + "</small>"),
                CodesSection.histogram("scores", scores, anomalies, BINS, unit) + (anomalies == null ? "" : Html.legend(List.of("all", "labelled 1"))), ""));
        figures.add(subject.isPicture() ? pictures(highest) : table(highest));
        if (contributions != null) {
            figures.add(features(highest));
        }
        return Html.section("scores", "Anomaly scores", "The score " + Specification.label(kind) + ", higher is more unusual"
                + (kind == AnomalyScores.Kind.NEGATIVE_LOG_LIKELIHOOD ? ": importance-sampled \u2212log p(x), K = " + samples + "." : "."), Html.figures(figures.toArray(String[]::new)));
    }

    private String pictures(int[] highest) {
        int[] few = Arrays.copyOf(highest, Math.min(2 * SHOWN, highest.length));
        float[][] rows = Arrays.stream(few).mapToObj(subject.examples().features()::row).toArray(float[][]::new);
        return Html.figure("the most unusual examples", new Pictures(subject.model().domain()).grid(rows, SHOWN), "Highest score first.");
    }

    private String table(int[] highest) {
        List<List<String>> rows = new ArrayList<>();
        for (int row : Arrays.copyOf(highest, Math.min(SHOWN, highest.length))) {
            double[] parts = contributions[row];
            String names = IntStream.range(0, parts.length).boxed().sorted(Comparator.comparingDouble(j -> -parts[j])).limit(NAMED_FEATURES)
                    .map(j -> Html.escape(subject.featureNames().get(j)) + "&nbsp;<small>" + Html.number(parts[j]) + "</small>").reduce((a, b) -> a + ", " + b).orElse("");
            rows.add(List.of("row&nbsp;" + (row + 1), Html.number(scores[row]), names));
        }
        return Html.figure("the most unusual examples", Html.table(List.of("", "score", "largest contributions"), rows), "Rows are counted from 1.");
    }

    private String features(int[] highest) {
        int top = (int) Math.max(Math.min(5, scores.length), Math.round(TOP_SHARE * scores.length));
        double[] all = means(IntStream.range(0, scores.length).toArray());
        double[] extreme = means(Arrays.copyOf(highest, top));
        return Html.figure("contributions of features", Bars.lying(subject.featureNames(), all, extreme)
                + Html.legend(List.of("mean of all examples", "of the " + top + " most unusual")), "");
    }

    private double[] means(int[] rows) {
        double[] means = new double[subject.featureNames().size()];
        for (int row : rows) {
            for (int j = 0; j < means.length; j++) {
                means[j] += contributions[row][j] / rows.length;
            }
        }
        return means;
    }
}
