package dev.hourglass.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hourglass.model.Specification;
import dev.hourglass.model.loss.Term;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the run is: the few numbers that matter most, the configuration, where it came from. */
final class OverviewSection {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReportInput input;

    OverviewSection(ReportInput input) {
        this.input = input;
    }

    String header() {
        Specification specification = input.specification();
        return "<header><h1>" + Html.escape(specification.preset()) + "</h1><p>" + specification.widths(input.model().schema().features())
                + " \u00b7 "
                + String.format(Locale.ROOT, "%,d", input.model().parameters().values().size()) + " parameters \u00b7 epoch "
                + input.run().epoch(input.kept()) + " of " + input.run().epochs() + " \u00b7 "
                + Html.escape(input.run().folder().toAbsolutePath().normalize().getFileName().toString()) + "</p></header>\n";
    }

    String cards(Estimates estimates) {
        StringBuilder cards = new StringBuilder("<div class=\"cards\">");
        boolean likelihood = estimates.decomposition() != null;
        cards.append(Html.card(likelihood ? "\u2212ELBO" : "loss",
                Html.number(likelihood ? -estimates.decomposition().elbo() : estimates.terms().get(Term.LOSS)),
                likelihood ? "nats per example, uncorrupted input" : Estimates.unit(input.specification())));
        if (estimates.logLikelihood() != null) {
            cards.append(Html.card("log p(x)", Html.number(estimates.logLikelihood().mean(), estimates.logLikelihood().standardError()),
                    "nats, K = " + estimates.logLikelihood().samples() + " importance samples"));
        }
        if (likelihood) {
            int latent = estimates.decomposition().klPerDimension().length;
            cards.append(Html.card("active units", estimates.decomposition().activeUnits() + " <small>of " + latent + "</small>",
                    "variance of the mean above 0.01"));
            cards.append(Html.card(ElboNames.information(estimates.decomposition().conditioning()),
                    Html.number(estimates.decomposition().mutualInformation().mean()),
                    "nats, at most " + Html.number(estimates.decomposition().mutualInformationBound())));
        }
        if (!likelihood && estimates.jacobian() != null) {
            cards.append(Html.card("mean |J|", Html.number(estimates.jacobian().meanNorm()), "Frobenius norm of \u2202h/\u2202x"));
        }
        return cards.append(Html.card("examples", String.format(Locale.ROOT, "%,d", input.examples().rows()),
                Html.escape(shortened(input.examples().features().source())))).append("</div>\n").toString();
    }

    private static String shortened(String source) {
        return source.length() <= 40 ? source : "\u2026" + source.substring(source.length() - 39);
    }

    String configuration() {
        JsonNode all = parse(input.run().configuration().toJson());
        List<String> blocks = new ArrayList<>();
        for (String part : List.of("model", "training", "data", "device")) {
            blocks.add(block(part, all.path(part)));
        }
        Path provenance = input.run().folder().resolve("provenance.json");
        if (Files.isRegularFile(provenance)) {
            blocks.add(block("provenance", parse(read(provenance))));
        }
        return Html.section("configuration", "Configuration", "", "<div class=\"blocks\">" + String.join("", blocks) + "</div>");
    }

    private static String block(String name, JsonNode node) {
        List<List<String>> rows = new ArrayList<>();
        flatten("", node, rows);
        return "<details" + (name.equals("model") || name.equals("training") ? " open" : "") + "><summary>" + name + "</summary>"
                + Html.table(List.of(), rows) + "</details>";
    }

    private static void flatten(String path, JsonNode node, List<List<String>> rows) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> flatten(path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), rows));
        } else if (!node.isNull() && !(node.isArray() && node.isEmpty())) {
            String text = node.isArray() ? node.toString().replaceAll("[\\[\\]\"]", "").replace(",", ", ") : node.asText();
            rows.add(List.of(Html.escape(path), Html.escape(text.length() > 200 ? text.substring(0, 199) + "\u2026" : text)));
        }
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException("provenance.json: no JSON: " + broken.getOriginalMessage() + "; copy or remove the file",
                    broken);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(file + ": cannot be read: " + failure.getMessage(), failure);
        }
    }
}
