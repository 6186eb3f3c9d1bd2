package dev.hourglass.cli;

import dev.hourglass.data.Csv;
import dev.hourglass.data.CsvTable;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.DataSpec;
import dev.hourglass.data.Imputation;
import dev.hourglass.evaluate.AnomalyScores;
import dev.hourglass.evaluate.Roc;
import dev.hourglass.evaluate.Threshold;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Examples;
import dev.hourglass.model.Specification;
import dev.hourglass.report.KnownAnomalies;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes how unusual every example is: csv in, csv out, the original columns kept as they were. */
@Command(name = "score", sortOptions = false, description = "Write how anomalous every example is: score, probability and label, beside the original columns.")
final class Score implements Callable<Integer> {
    private static final double DEFAULT_QUANTILE = 0.95;

    @Mixin
    Common common = new Common();
    @Mixin
    RunOptions run = new RunOptions();
    @Mixin
    RunOptions.DataChoice data = new RunOptions.DataChoice();
    @Option(names = "--kind", paramLabel = "K", order = 20, description = "reconstruction-error, reconstruction-probability, negative-log-likelihood or kl"
            + " (negative-log-likelihood; reconstruction-error for deterministic codes)")
    AnomalyScores.Kind kind;
    @Option(names = "--samples", paramLabel = "K", defaultValue = "" + AnomalyScores.DEFAULT_SAMPLES, order = 21, description = "codes per example, where the score samples (" + AnomalyScores.DEFAULT_SAMPLES + ")")
    int samples;
    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", order = 22, description = "of the samples (0)")
    long seed;
    @Option(names = "--contamination", paramLabel = "P", order = 23, description = "label that share of the data scored as anomalies")
    Double contamination;
    @Option(names = "--quantile", paramLabel = "Q", order = 24, description = "label what scores above that quantile of validation data (0.95)")
    Double quantile;
    @Option(names = "--validation", paramLabel = "SPEC", order = 25, description = "the validation data for that, normal examples (those of the run)")
    String validation;
    @Option(names = "--anomaly-label", paramLabel = "L,L", order = 26, description = "the labels of anomalies, for the area under the ROC curve (1 of 0 and 1)")
    String anomalyLabel;
    @Option(names = "--contributions", order = 27, description = "also write what every feature contributes to the score")
    boolean contributions;
    @Option(names = "--out", paramLabel = "FILE", order = 30, description = "a csv file (csv on stdout)")
    Path out;

    @Override
    public Integer call() {
        run.open();
        check();
        Examples examples = run.read(data);
        Examples reference = contamination != null ? null : run.read(data.of(validation));
        boolean[] anomalies = KnownAnomalies.of(examples.features(), anomalyLabel == null ? List.of() : Words.names(anomalyLabel));
        CsvTable table = table();
        PrintStream told = out == null ? common.err() : common.out();
        run.use(model -> {
            try (ProgressLine progress = new ProgressLine(common.err())) {
                AnomalyScores.Kind chosen = kind == null ? AnomalyScores.defaultKind(model) : kind;
                AnomalyScores scores = AnomalyScores.of(model, examples, chosen, samples, seed, progress.apply("scores"));
                Threshold threshold = contamination != null ? Threshold.byContamination(scores.scores(), contamination)
                        : Threshold.byQuantile(AnomalyScores.of(model, reference, chosen, samples, seed, progress.apply("reference")).scores(), quantile());
                Output.lines(out, common.out(), lines -> write(lines, table, model, examples, scores, threshold, progress));
                summary(told, scores, threshold, reference, anomalies);
                return null;
            }
        });
        return 0;
    }

    private void check() {
        require(samples >= 1, "--samples " + samples + ": expected at least 1");
        require(contamination == null || contamination > 0 && contamination < 1, "--contamination " + contamination + ": expected a share between 0 and 1");
        require(quantile == null || quantile > 0 && quantile < 1, "--quantile " + quantile + ": expected a number between 0 and 1");
        require(contamination == null || quantile == null && validation == null,
                "--contamination takes the threshold from the data scored, --quantile and --validation from other data; leave one out");
        require(!contributions || kind != AnomalyScores.Kind.KL, "--contributions: the score kl says nothing of single features; choose another --kind");
        require(anomalyLabel == null || !Words.names(anomalyLabel).isEmpty(), "--anomaly-label is empty, expected labels joined by commas");
        require(out == null || out.toString().toLowerCase(Locale.ROOT).endsWith(".csv"), "--out " + out + ": expected a file that ends in .csv");
        Output.requirePlace(out);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new UsageException(otherwise);
        }
    }

    private double quantile() {
        return quantile == null ? DEFAULT_QUANTILE : quantile;
    }

    /** The texts of the rows, when they are those of a csv file; missing values stay as they are. */
    private CsvTable table() {
        if (data.data == null || !DataSpec.isCsv(data.data)) {
            return null;
        }
        var words = run.described(data);
        return Csv.readTable(Path.of(data.data), DataOptions.defaults().withImputation(Imputation.of(Imputation.Kind.ZERO))
                .withColumns(words.columns().toArray(String[]::new)).withLabelColumn(words.labelColumn()));
    }

    private void write(PrintStream lines, CsvTable original, Autoencoder model, Examples examples, AnomalyScores scores, Threshold threshold, ProgressLine progress) {
        List<String> added = new ArrayList<>(original == null && examples.features().hasLabels() ? List.of("label") : List.of());
        added.addAll(List.of("score", "probability", "anomaly"));
        if (contributions) {
            Output.features(model.domain()).forEach(name -> added.add("contribution_" + name));
        }
        ScoreTable table = new ScoreTable(lines, original, added);
        AnomalyScores.Receiver rows = (row, ignored, parts) -> {
            table.start(row);
            if (original == null && examples.features().hasLabels()) {
                table.field(examples.features().classNames().get(examples.features().label(row)));
            }
            table.field(scores.scores()[row]);
            table.field(threshold.probability(scores.scores()[row]));
            table.field(scores.scores()[row] > threshold.value() ? "1" : "0");
            Arrays.stream(parts).forEach(table::field);
            table.end();
        };
        if (contributions) {
            AnomalyScores.explain(model, examples, scores.kind(), samples, seed, progress.apply("contributions"), rows);
        } else {
            for (int row = 0; row < examples.rows(); row++) {
                rows.score(row, scores.scores()[row], new double[0]);
            }
        }
    }

    private void summary(PrintStream told, AnomalyScores scores, Threshold threshold, Examples reference, boolean[] anomalies) {
        boolean error = scores.kind() == AnomalyScores.Kind.RECONSTRUCTION_ERROR;
        told.printf(Locale.ROOT, "score %s, %s; higher is more anomalous%n", Specification.label(scores.kind()),
                error ? "squared error on the scale of the model" : "nats, " + scores.samples() + " codes per example, seed " + seed);
        told.printf(Locale.ROOT, "threshold %.6g: %s%n", threshold.value(), reference == null
                ? "the share " + contamination + " of these " + scores.scores().length + " examples scores above it"
                : "the " + quantile() + " quantile of " + reference.rows() + " rows of " + reference.features().source());
        long labelled = Arrays.stream(scores.scores()).filter(score -> score > threshold.value()).count();
        told.printf(Locale.ROOT, "anomalies %d of %d%n", labelled, scores.scores().length);
        if (anomalies != null) {
            told.printf(Locale.ROOT, "area under the ROC curve %.4f%n", Roc.areaUnderCurve(scores.scores(), anomalies));
        }
    }
}
