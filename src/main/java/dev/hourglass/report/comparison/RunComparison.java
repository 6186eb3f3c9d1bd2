package dev.hourglass.report.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hourglass.message.Label;
import dev.hourglass.model.loss.Term;
import dev.hourglass.picture.LossChart;
import dev.hourglass.report.Estimates;
import dev.hourglass.train.Metrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Runs side by side: as a table for people, as rows for a spreadsheet, as one chart; and why their losses may not compare. */
public final class RunComparison {
    /** A chart has so many colours. */
    public static final int MOST_IN_A_CHART = 10;

    private final List<ComparedRun> runs;

    /** Compares runs of different names. */
    public RunComparison(List<ComparedRun> runs) {
        this.runs = List.copyOf(runs);
    }

    /**
     * Returns a column for each run: what it is, its losses in the epoch of its best model, what it cost, and the settings that are not the same in all. Each
     * line is ended by a line feed.
     */
    public String table() {
        ComparisonTable table = new ComparisonTable(runs.stream().map(ComparedRun::name).toList());
        row(table, "preset", run -> run.model().preset());
        row(table, "epochs done", run -> run.history().size() + " of " + run.configuration().training().epochs());
        row(table, "best epoch", run -> String.valueOf(run.best().epoch()));
        row(table, "losses of", run -> run.isValidated() ? "validation" : "training, none held out");
        for (Term term : terms()) {
            row(table, (term == Term.LOSS ? "" : "  ") + Label.words(term),
                    run -> ComparisonTable.number(run.decisive(run.best()).get(term)));
        }
        row(table, "seconds", run -> ComparisonTable.tenths(run.seconds()));
        row(table, "parameters", run -> ComparisonTable.count(run.parameters()));
        Map<String, List<String>> settings = SettingDifferences.of(runs.stream().map(ComparedRun::configuration).toList());
        table.heading(settings.isEmpty() ? "all settings are the same" : "settings that differ");
        settings.forEach(table::row);
        return table.text();
    }

    private void row(ComparisonTable table, String name, Function<ComparedRun, String> value) {
        table.row(name, runs.stream().map(value).toList());
    }

    /** The terms that any of the runs has, in their order. */
    private TreeSet<Term> terms() {
        TreeSet<Term> terms = new TreeSet<>();
        runs.forEach(run -> terms.addAll(run.decisive(run.best()).keySet()));
        return terms;
    }

    /** Returns one line that says why the losses do not compare; empty when nothing speaks against it. */
    public String warning() {
        String units = differing("units", run -> Estimates.unit(run.model()));
        List<String> reasons = Stream.of(
                units.isEmpty() ? differing("likelihoods", run -> Label.of(run.model().likelihood().getClass())) : units,
                differing("training data", run -> data(run.data().path("train"))),
                differing("validation data", run -> data(run.data().path("validation"))),
                scaling()).filter(reason -> !reason.isEmpty()).toList();
        return reasons.isEmpty() ? "" : "warning: these losses do not compare: " + String.join("; ", reasons);
    }

    /** Returns {@code the units differ (nats per example in a, b and squared error in c)}; empty when they are the same. */
    private String differing(String what, Function<ComparedRun, String> value) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        runs.forEach(run -> names.computeIfAbsent(value.apply(run), key -> new ArrayList<>()).add(run.name()));
        if (names.size() == 1) {
            return "";
        }
        List<String> groups = new ArrayList<>();
        names.forEach((shared, of) -> groups.add(shared + " in " + String.join(", ", of)));
        return "the " + what + " differ (" + String.join(" and ", groups) + ")";
    }

    private static String data(JsonNode described) {
        if (!described.has("sha256")) {
            return "none";
        }
        String conditions = described.path("conditions_sha256").asText();
        return described.path("source").asText() + " sha256 " + short8(described.path("sha256").asText())
                + (conditions.isEmpty() ? "" : ", conditions " + short8(conditions));
    }

    private static String short8(String hash) {
        return hash.substring(0, Math.min(8, hash.length()));
    }

    /** The losses are those of scaled values; scaling that was fitted on other rows is told by the data already. */
    private String scaling() {
        boolean same = runs.stream().map(run -> run.configuration().schema().scaling()).distinct().count() == 1
                || runs.stream().map(run -> data(run.data().path("train"))).distinct().count() > 1;
        return same ? "" : "the data are scaled differently";
    }

    /** Returns every epoch of every run as cells, the names of the columns first: run, epoch, part, term, value (of {@code metrics.jsonl}). */
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("run", "epoch", "part", "term", "value"));
        for (ComparedRun run : runs) {
            for (Metrics.Row epoch : run.history()) {
                add(rows, run, epoch, "train", epoch.train());
                add(rows, run, epoch, "validation", Objects.requireNonNullElse(epoch.validation(), Map.of()));
            }
        }
        return rows;
    }

    private static void add(List<List<String>> rows, ComparedRun run, Metrics.Row epoch, String part, Map<Term, Double> terms) {
        terms.forEach(
                (term, value) -> rows.add(List.of(run.name(), String.valueOf(epoch.epoch()), part, Metrics.name(term), value.toString())));
    }

    /** Draws the validation loss of every run over its epochs, the training loss where nothing was held out, into a PNG file. */
    public void chart(Path file) {
        boolean validated = runs.stream().allMatch(ComparedRun::isValidated);
        List<String> units = runs.stream().map(run -> Estimates.unit(run.model())).distinct().toList();
        LossChart chart = new LossChart(validated ? "validation loss" : "validation loss, or training where none held out")
                .unit(units.size() == 1 ? units.get(0) : "each run in its own unit");
        for (ComparedRun run : runs) {
            List<Metrics.Row> rows = run.history().stream().filter(row -> !run.isValidated() || row.validation() != null).toList();
            chart.loss(run.isValidated() ? run.name() : run.name() + " (training)", rows.stream().mapToInt(Metrics.Row::epoch).toArray(),
                    rows.stream().mapToDouble(row -> run.decisive(row).getOrDefault(Term.LOSS, Double.NaN)).toArray());
        }
        chart.write(file);
    }
}
