package dev.hourglass.cli;

import dev.hourglass.Scorer;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.OptionText;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.cli.output.Output;
import dev.hourglass.cli.output.ProgressLine;
import dev.hourglass.cli.output.ScoreTable;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.Imputation;
import dev.hourglass.data.csv.Csv;
import dev.hourglass.data.csv.CsvTable;
import dev.hourglass.data.spec.DataSpec;
import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.evaluate.Roc;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.inference.ScoreSettings;
import dev.hourglass.message.Label;
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
@Command(name = "score", sortOptions = false,
        description = "Write how anomalous every example is: score, probability and label, beside the original columns.")
final class Score implements Callable<Integer> {
    private static final double DEFAULT_QUANTILE = 0.95;

    @Mixin
    Common common = new Common();
    @Mixin
    RunOptions run = new RunOptions();
    @Mixin
    RunOptions.DataChoice data = new RunOptions.DataChoice();
    @Option(names = "--kind", paramLabel = "K", order = 20,
            description = "reconstruction-error, reconstruction-probability, negative-log-likelihood or kl"
                    + " (negative-log-likelihood; reconstruction-error for deterministic codes)")
    ScoreKind kind;
    @Option(names = "--samples", paramLabel = "K", defaultValue = "" + ScoreSettings.DEFAULT_SAMPLES, order = 21,
            description = "codes per example, where the score samples (" + ScoreSettings.DEFAULT_SAMPLES + ")")
    int samples;
    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", order = 22, description = "of the samples (0)")
    long seed;
    @Option(names = "--contamination", paramLabel = "P", order = 23, description = "label that share of the data scored as anomalies")
    Double contamination;
    @Option(names = "--quantile", paramLabel = "Q", order = 24,
            description = "label what scores above that quantile of held-out rows (0.95)")
    Double quantile;
    @Option(names = "--validation", paramLabel = "SPEC", order = 25,
            description = "other normal rows for that (those that the run held out and keeps the scores of)")
    String validation;
    @Option(names = "--anomaly-label", paramLabel = "L,L", order = 26,
            description = "the labels of anomalies, for the area under the ROC curve (1 of 0 and 1)")
    String anomalyLabel;
    @Option(names = "--id-column", paramLabel = "C", order = 27,
            description = "key the samples of a row by this csv column instead of by what the row holds")
    String idColumn;
    @Option(names = "--contributions", order = 27, description = "also write what every feature contributes to the score")
    boolean contributions;
    @Option(names = "--out", paramLabel = "FILE", order = 30, description = "a csv file (csv on stdout)")
    Path out;

    /**
     * What is scored and what stands beside the scores.
     *
     * @param table the texts of the rows, null when they come from no csv file
     * @param ids what keys the draws of each row, null for what it holds
     * @param anomalies which rows are known to be, null when nobody knows
     * @param told what the summary goes to
     */
    private record Work(Examples examples, CsvTable table, String[] ids, boolean[] anomalies, PrintStream told) {
    }

    @Override
    public Integer call() {
        Specification specification = run.open().configuration().model();
        check();
        ScoreSettings settings = new ScoreSettings(kind == null ? ScoreKind.defaultOf(specification) : kind, samples, seed);
        settings.kind().check(specification);
        run.requireApart("--out", out, data.data);
        Examples examples = run.read(data);
        boolean[] anomalies = KnownAnomalies.of(examples.features(), anomalyLabel == null ? List.of() : OptionText.names(anomalyLabel));
        CsvTable table = table();
        Work work = new Work(examples, table, ids(table, examples.rows()), anomalies, out == null ? common.err() : common.out());
        run.use(model -> {
            try (ProgressLine progress = new ProgressLine(common.err())) {
                score(model.scorer().with(settings.kind(), samples, seed), work, progress);
                return null;
            }
        });
        return 0;
    }

    /** Scores once where the threshold is known before, twice where it comes from the scores or the rows are to be explained. */
    private void score(Scorer scorer, Work work, ProgressLine progress) {
        ProgressListener first = progress.apply("scores");
        Scorer known = contamination != null ? scorer : compared(scorer, progress);
        if (contamination == null && !contributions) {
            Output.lines(out, common.out(), lines -> write(lines, work, known, first));
            return;
        }
        int rows = work.examples.rows();
        double[] scores = scorer.score(work.examples, work.ids, false, (row, score, parts) -> {}, done -> first.at(done, rows));
        Scorer chosen = contamination == null ? known : scorer.contaminated(scores, contamination);
        ProgressListener second = progress.apply("scores, written");
        Output.lines(out, common.out(), lines -> write(lines, work, chosen, second));
    }

    /** Compares with the held-out scores that the run keeps, or with those of other rows when asked or when it keeps none of this kind. */
    private Scorer compared(Scorer scorer, ProgressLine progress) {
        if (validation == null && scorer.heldOut() != null) {
            return scorer.quantile(quantile());
        }
        Examples rows = run.read(data.of(validation));
        ProgressListener bar = progress.apply("held-out rows");
        return scorer.against(rows, quantile(), done -> bar.at(done, rows.rows()));
    }

    private String[] ids(CsvTable table, int rows) {
        if (idColumn == null) {
            return null;
        }
        int column = table == null ? -1 : table.header().indexOf(idColumn);
        if (column < 0) {
            throw new UsageException("--id-column " + idColumn + ": there is no such column, expected "
                    + (table == null ? "a csv file as --data" : "one of " + String.join(", ", table.header())));
        }
        return table.rows().stream().map(row -> row[column]).toArray(String[]::new);
    }

    private void check() {
        require(samples >= 1, "--samples " + samples + ": expected at least 1");
        require(contamination == null || contamination > 0 && contamination < 1,
                "--contamination " + contamination + ": expected a share between 0 and 1");
        require(quantile == null || quantile > 0 && quantile < 1, "--quantile " + quantile + ": expected a number between 0 and 1");
        require(contamination == null || quantile == null && validation == null,
                "--contamination takes the threshold from the data scored, --quantile and --validation from other data; leave one out");
        require(!contributions || kind != ScoreKind.KL,
                "--contributions: the score kl says nothing of single features; choose another --kind");
        require(anomalyLabel == null || !OptionText.names(anomalyLabel).isEmpty(),
                "--anomaly-label is empty, expected labels joined by commas");
        require(out == null || out.toString().toLowerCase(Locale.ROOT).endsWith(".csv"),
                "--out " + out + ": expected a file that ends in .csv");
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
                .withColumns(words.columns().toArray(String[]::new)).withLabelColumn(words.labelColumn()).withHeader(words.header()));
    }

    private void write(PrintStream lines, Work work, Scorer scorer, ProgressListener progress) {
        Dataset features = work.examples.features();
        boolean labelled = work.table == null && features.hasLabels();
        List<String> added = new ArrayList<>(labelled ? List.of("label") : List.of());
        added.addAll(List.of("score", "probability", "anomaly"));
        if (contributions) {
            scorer.columns().forEach(name -> added.add("contribution_" + name));
            added.add("contribution_remainder");
        }
        ScoreTable table = new ScoreTable(lines, work.table, added);
        double[] scores = scorer.score(work.examples, work.ids, contributions, (row, value, parts) -> {
            table.start(row);
            if (labelled) {
                table.field(features.classNames().get(features.label(row)));
            }
            table.score(scorer.assess(value));
            if (contributions) {
                Arrays.stream(parts).forEach(table::field);
                table.field(Double.isInfinite(value) ? 0 : value - Arrays.stream(parts).sum());
            }
            table.end();
        }, done -> progress.at(done, features.rows()));
        summary(work, scorer, scores);
    }

    private void summary(Work work, Scorer scorer, double[] scores) {
        PrintStream told = work.told;
        ScoreSettings settings = scorer.settings();
        int drawn = settings.drawn(run.open().configuration().model());
        told.printf(Locale.ROOT, "score %s, %s; higher is more anomalous%n", Label.of(settings.kind()),
                settings.kind() == ScoreKind.RECONSTRUCTION_ERROR
                        ? settings.kind().unit() : "nats, " + drawn + " codes per example, seed " + seed);
        told.printf(Locale.ROOT, "threshold %.6g: %s%n", scorer.threshold(), scorer.heldOut() == null
                ? "the share " + contamination + " of these " + scores.length + " examples scores above it"
                : "the " + quantile() + " quantile of " + scorer.heldOut().ascending().length + " rows of " + scorer.heldOut().source());
        long labelled = Arrays.stream(scores).filter(score -> scorer.assess(score).anomaly()).count();
        told.printf(Locale.ROOT, "anomalies %d of %d%n", labelled, scores.length);
        if (work.anomalies != null) {
            told.printf(Locale.ROOT, "area under the ROC curve %.4f%n", Roc.areaUnderCurve(scores, work.anomalies));
        }
    }
}
