package dev.hourglass.report;

import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.evaluate.Roc;
import dev.hourglass.inference.Inference;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.inference.ScoreSettings;
import dev.hourglass.message.Label;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** How unusual the examples are to the model, which ones most, and which features make them so. */
final class ScoresSection {
    private static final int SHOWN = 10;
    private static final double TOP_SHARE = 0.01;
    private static final int NAMED_FEATURES = 3;

    private final ReportInput input;
    private final double[] scores;
    private final double[][] contributions;
    private final ScoreSettings settings;

    /** Scores the examples; tables learn what every feature contributes. */
    ScoresSection(ReportInput input, Inference inference, int samples, ProgressListener progress) {
        this.input = input;
        this.settings = new ScoreSettings(ScoreKind.defaultOf(input.specification()), samples, input.seed());
        boolean explained = !input.isPicture();
        this.contributions = explained ? new double[input.examples().rows()][] : null;
        this.scores = inference.score(input.examples(), settings, null, explained, (row, score, parts) -> {
            if (explained) {
                contributions[row] = parts;
            }
        }, done -> progress.at(done, input.examples().rows()));
    }

    String html() {
        int[] highest = IntStream.range(0, scores.length).boxed().sorted(Comparator.comparingDouble(i -> -scores[i])).mapToInt(i -> i)
                .toArray();
        boolean[] anomalies = KnownAnomalies.of(input.examples().features(), List.of());
        String unit = settings.kind().unit();
        List<String> figures = new ArrayList<>();
        figures.add(Html.figure("scores of " + scores.length + " examples" + (anomalies == null ? ""
                : " <small>area under the ROC curve " + Html.number(Roc.areaUnderCurve(scores, anomalies)) + "</small>"),
                CodesSection.histogram("scores", scores, anomalies, unit)
                        + (anomalies == null ? "" : Html.legend(List.of("all", "labelled 1"))),
                ""));
        figures.add(input.isPicture() ? pictures(highest) : table(highest));
        if (contributions != null) {
            figures.add(features(highest));
        }
        return Html.section("scores", "Anomaly scores", "The score " + Label.of(settings.kind()) + ", higher is more unusual"
                + (settings.kind() == ScoreKind.NEGATIVE_LOG_LIKELIHOOD
                        ? ": importance-sampled \u2212log p(x), K = " + settings.samples() + "." : "."),
                Html.figures(figures.toArray(String[]::new)));
    }

    private String pictures(int[] highest) {
        int[] few = Arrays.copyOf(highest, Math.min(2 * SHOWN, highest.length));
        float[][] rows = Arrays.stream(few).mapToObj(input.examples().features()::row).toArray(float[][]::new);
        return Html.figure("the most unusual examples", new Pictures(input.model().schema()).grid(rows, SHOWN), "Highest score first.");
    }

    private String table(int[] highest) {
        List<List<String>> rows = new ArrayList<>();
        for (int row : Arrays.copyOf(highest, Math.min(SHOWN, highest.length))) {
            double[] parts = contributions[row];
            String names = IntStream.range(0, parts.length).boxed().sorted(Comparator.comparingDouble(j -> -parts[j])).limit(NAMED_FEATURES)
                    .map(j -> Html.escape(input.model().schema().featureNames().get(j)) + "&nbsp;<small>" + Html.number(parts[j])
                            + "</small>")
                    .reduce((a, b) -> a + ", " + b).orElse("");
            rows.add(List.of("row&nbsp;" + (row + 1), Html.number(scores[row]), names));
        }
        return Html.figure("the most unusual examples", Html.table(List.of("", "score", "largest contributions"), rows),
                "Rows are counted from 1.");
    }

    private String features(int[] highest) {
        int top = (int) Math.max(Math.min(5, scores.length), Math.round(TOP_SHARE * scores.length));
        double[] all = means(IntStream.range(0, scores.length).toArray());
        double[] extreme = means(Arrays.copyOf(highest, top));
        return Html.figure("contributions of features", Bars.lying(input.model().schema().featureNames(), all, extreme)
                + Html.legend(List.of("mean of all examples", "of the " + top + " most unusual")), "");
    }

    private double[] means(int[] rows) {
        double[] means = new double[input.model().schema().featureNames().size()];
        for (int row : rows) {
            for (int j = 0; j < means.length; j++) {
                means[j] += contributions[row][j] / rows.length;
            }
        }
        return means;
    }
}
