package dev.hourglass.report;

import dev.hourglass.data.Examples;
import dev.hourglass.inference.Inference;
import dev.hourglass.model.Model;
import dev.hourglass.train.Provenance;
import dev.hourglass.train.SavedRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** One page that shows a run: configuration, curves, pictures, estimates, codes, scores. Self-contained HTML, for any width, light and dark. */
public final class RunReport {
    private static final int JACOBIAN_ROWS = 1000;
    private static final int TANGENT_ROWS = 5;
    private static final int TANGENTS = 9;
    private static final int DECOMPOSITION_SAMPLES = 4;

    private RunReport() {
    }

    /**
     * Measures and writes the page.
     *
     * @param kept which model of the run {@code model} is
     * @param examples to measure on; all enter
     * @param training what the model learned from, or null when it cannot be read: what needs it is left out
     * @param importanceSamples K of log p(x)
     * @param seed of all samples
     * @return the text of the page
     */
    public static String html(SavedRun run, SavedRun.Kept kept, Model model, Examples examples, Examples training, int importanceSamples,
            long seed,
            Estimates.Announcer announcer) {
        ReportInput input = new ReportInput(run, kept, model, examples, training, seed);
        try (Inference inference = new Inference(model)) {
            return html(input, inference, importanceSamples, announcer);
        }
    }

    private static String html(ReportInput input, Inference inference, int importanceSamples, Estimates.Announcer announcer) {
        SavedRun run = input.run();
        Model model = input.model();
        Examples examples = input.examples();
        boolean likelihood = Estimates.hasLikelihood(model.specification());
        Estimates.Wanted wanted = new Estimates.Wanted(likelihood ? importanceSamples : 0, likelihood ? DECOMPOSITION_SAMPLES : 0, TANGENTS,
                input.isPicture() ? TANGENT_ROWS : 0, JACOBIAN_ROWS);
        Estimates estimates = Estimates.of(model, examples, wanted, run.configuration().training().batch(), input.seed(), announcer);
        float[][] codes = inference.encode(examples);
        OverviewSection overview = new OverviewSection(input);
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>")
                .append(Html.escape(model.specification().preset())).append(" \u00b7 ")
                .append(Html.escape(run.folder().toAbsolutePath().normalize().getFileName().toString()))
                .append("</title><style>\n").append(style()).append("</style></head><body>\n");
        page.append(overview.header()).append(overview.cards(estimates));
        page.append(CurvesSection.of(model.specification(), run.history()));
        if (input.isPicture()) {
            page.append(new PicturesSection(input, inference).html(estimates, codes));
        }
        page.append(EstimatesSection.terms(input, estimates));
        if (estimates.decomposition() != null) {
            page.append(EstimatesSection.decomposition(estimates.decomposition()));
        }
        page.append(new CodesSection(input, codes).html(announcer));
        page.append(new ScoresSection(input, inference, importanceSamples, announcer.apply("scores")).html());
        page.append(EstimatesSection.jacobian(input, estimates.jacobian()));
        page.append(overview.configuration());
        return page.append("<footer>hourglass ").append(Html.escape(Provenance.version())).append(" \u00b7 seed ").append(input.seed())
                .append("</footer>\n</body></html>\n").toString();
    }

    private static String style() {
        try (InputStream in = RunReport.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IllegalStateException("report.css is not on the class path, expected it beside the classes; build the jar again");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException("report.css: cannot be read: " + failure.getMessage(), failure);
        }
    }
}
