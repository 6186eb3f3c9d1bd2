package dev.hourglass.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.io.AtomicFiles;
import dev.hourglass.io.FormatException;
import dev.hourglass.message.Label;
import dev.hourglass.model.loss.Term;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * {@code metrics.jsonl}: one object per epoch, {@code {"epoch":1,"step":469,"seconds":..,"samples_per_second":..,"train":{"loss":..,
 * "reconstruction":..,"kl":..,"penalty":{"contraction":..}},"validation":{..}}}, in nats per example. Rows that validation leaves out, numbered
 * from 1 within the validation data, are a list {@code left_out} beside it; a loss that is not finite is {@code "Infinity"}.
 */
public final class Metrics {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PENALTY = "penalty";
    private static final String LEFT_OUT = "left_out";
    private static final String INFINITE = "Infinity";

    private Metrics() {
    }

    /**
     * One epoch, as far as pictures need it.
     *
     * @param epoch counted from 1
     * @param train means of every term over the epoch, nats per example
     * @param validation the same on the validation set, or null without one
     * @param line the object as it stands in the file
     */
    public record Row(int epoch, Map<Term, Double> train, Map<Term, Double> validation, String line) {
    }

    /** Returns terms as an object; penalties, each before its weight, under a heading of their own. */
    public static ObjectNode terms(Map<Term, Double> terms) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        terms.forEach((term, value) -> {
            if (!term.isPenalty()) {
                node.put(name(term), value);
            }
        });
        if (terms.keySet().stream().anyMatch(Term::isPenalty)) {
            ObjectNode penalties = node.putObject(PENALTY);
            terms.forEach((term, value) -> {
                if (term.isPenalty()) {
                    penalties.put(name(term), value);
                }
            });
        }
        return node;
    }

    /** Returns a term's key, such as {@code weight_decay}. */
    public static String name(Term term) {
        // Its label, but for the underscores: what reads the files of earlier versions looks for them.
        return Label.of(term).replace('-', '_');
    }

    /** Returns an epoch as it stands in the file. */
    public static Row row(EpochReport report) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("epoch", report.epoch());
        node.put("step", report.step());
        node.put("seconds", Math.round(report.seconds() * 1e6) / 1e6);
        node.put("samples_per_second", Math.round(report.samplesPerSecond() * 10) / 10.0);
        node.set("train", terms(report.train()));
        if (report.validation() != null) {
            node.set("validation", terms(report.validation()));
        }
        if (!report.leftOut().isEmpty()) {
            ArrayNode rows = node.putArray(LEFT_OUT);
            report.leftOut().forEach(row -> rows.add(row + 1));
        }
        return new Row(report.epoch(), report.train(), report.validation(), node.toString());
    }

    /** Returns the rows of the validation data, from 0, that an epoch left out. */
    static List<Integer> leftOut(Row row) {
        List<Integer> rows = new ArrayList<>();
        try {
            JSON.readTree(row.line()).path(LEFT_OUT).forEach(number -> rows.add(number.asInt() - 1));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a line that was read or written is JSON", impossible);
        }
        return rows;
    }

    static void append(Path file, Row row) {
        AtomicFiles.appendLine(file, row.line());
    }

    /** Returns the epochs of a file. A crash may leave the last line torn: it is left out, any other is refused. */
    static List<Row> read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(file + ": cannot be read: " + failure.getMessage() + "; name the folder of a run", failure);
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            try {
                JsonNode node = JSON.readTree(lines.get(i));
                rows.add(new Row(node.required("epoch").asInt(), terms(node.required("train")),
                        node.has("validation") ? terms(node.get("validation")) : null, lines.get(i)));
            } catch (JsonProcessingException | IllegalArgumentException broken) {
                if (i < lines.size() - 1) {
                    throw new FormatException(file, "line " + (i + 1) + " is broken", "one JSON object per epoch", "remove that line");
                }
            }
        }
        return rows;
    }

    private static Map<Term, Double> terms(JsonNode node) {
        Map<Term, Double> terms = new EnumMap<>(Term.class);
        for (Term term : Term.values()) {
            JsonNode value = (term.isPenalty() ? node.path(PENALTY) : node).path(name(term));
            if (value.isNumber()) {
                terms.put(term, value.doubleValue());
            } else if (value.asText().equals(INFINITE)) {
                terms.put(term, Double.POSITIVE_INFINITY);
            }
        }
        return terms;
    }

    /** Replaces a file by those of its epochs that are at most {@code lastEpoch}. */
    static List<Row> truncate(Path file, int lastEpoch) {
        List<Row> kept = read(file).stream().filter(row -> row.epoch() <= lastEpoch).toList();
        StringBuilder text = new StringBuilder();
        kept.forEach(row -> text.append(row.line()).append('\n'));
        AtomicFiles.write(file, text.toString());
        return kept;
    }
}
