package dev.hourglass.report.comparison;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hourglass.io.AtomicFolders;
import dev.hourglass.io.FormatException;
import dev.hourglass.model.Specification;
import dev.hourglass.model.loss.Term;
import dev.hourglass.train.Checkpoint;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.Metrics;
import dev.hourglass.train.SavedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A run as far as a comparison needs it, read once.
 *
 * @param name what tables and charts call it
 * @param configuration what was chosen
 * @param history of every epoch that the run keeps, at least one
 * @param best the epoch whose model the run keeps as its best
 * @param seconds spent on the steps of all epochs, validation not counted
 * @param parameters numbers that were trained
 * @param data {@code data} of its provenance: source and hash of what it was trained and validated on
 */
public record ComparedRun(String name, Configuration configuration, List<Metrics.Row> history, Metrics.Row best, double seconds,
        int parameters,
        JsonNode data) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a run and changes nothing.
     *
     * @param parameters of its model
     * @throws FormatException in one line when the run is damaged
     */
    public static ComparedRun read(String name, SavedRun run, int parameters) {
        Checkpoint last = run.position(SavedRun.Kept.LAST);
        // A run that is being written, or a crash, may have metrics one epoch ahead of the models.
        List<Metrics.Row> history = run.history().stream().filter(row -> row.epoch() <= last.epoch()).toList();
        if (history.size() != last.epoch()) {
            throw new FormatException(run.folder().resolve("metrics.jsonl"),
                    "it holds " + history.size() + " of " + last.epoch() + " epochs",
                    "a line for each", "copy the run again");
        }
        Metrics.Row best = history.get(last.bestEpoch() - 1);
        double seconds = history.stream().mapToDouble(row -> tree(row.line()).path("seconds").asDouble()).sum();
        return new ComparedRun(name, run.configuration(), history, best, seconds, parameters, data(run));
    }

    private static JsonNode data(SavedRun run) {
        Path file = AtomicFolders.current(run.folder()).resolve("provenance.json");
        try {
            return JSON.readTree(Files.readAllBytes(file)).path("data");
        } catch (JsonProcessingException broken) {
            throw new FormatException(file, "no JSON", "the provenance of a run", "copy the file again");
        } catch (IOException failure) {
            throw new UncheckedIOException(file + ": cannot be read: " + failure.getMessage() + "; copy the run again", failure);
        }
    }

    /** Parses what this program wrote or has already parsed once. */
    static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("it was read before", impossible);
        }
    }

    Specification model() {
        return configuration.model();
    }

    /** Returns whether the run held rows out. */
    boolean isValidated() {
        return best.validation() != null;
    }

    /** Returns the terms of an epoch that tell how good the model is: those of held-out rows where there are any. */
    Map<Term, Double> decisive(Metrics.Row row) {
        return isValidated() ? row.validation() : row.train();
    }
}
