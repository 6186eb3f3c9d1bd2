package dev.hourglass.report;

import dev.hourglass.evaluate.Decomposition;
import dev.hourglass.evaluate.JacobianReport;
import dev.hourglass.evaluate.LogLikelihood;
import dev.hourglass.evaluate.Measure;
import dev.hourglass.message.Label;
import java.util.ArrayList;
import java.util.List;

/** The numbers: terms of the objective, log p(x), the ELBO taken apart, the Jacobian of the encoder. */
final class EstimatesSection {
    /** Directions as wide as the figure. */
    private static final int PLACES = 9;

    private EstimatesSection() {
    }

    static String terms(ReportInput input, Estimates estimates) {
        List<List<String>> rows = new ArrayList<>();
        estimates.terms().forEach((term, value) -> rows.add(List.of(Label.words(term), Html.number(value))));
        LogLikelihood likelihood = estimates.logLikelihood();
        String note = "";
        if (likelihood != null) {
            rows.add(List.of("log p(x), K = " + likelihood.samples(), Html.number(likelihood.mean(), likelihood.standardError())));
            rows.add(List.of("effective sample size",
                    Html.number(likelihood.meanEffectiveSampleSize()) + " <small>of " + likelihood.samples() + ", least "
                            + Html.number(likelihood.minimumEffectiveSampleSize()) + "</small>"));
            note = "<p class=\"note\">log p(x) by importance sampling is a lower bound in expectation and rises with K; \u00b1 is the standard error of the sampling."
                    + (likelihood.measure() == Measure.CROSS_ENTROPY
                            ? " The targets are grey, so this is a cross-entropy with a floor of its own, not a likelihood." : "")
                    + "</p>";
        }
        return Html.section("terms", "Loss terms", "On " + input.examples().rows() + " examples of <code>"
                + Html.escape(input.examples().features().source()) + "</code>, " + Estimates.unit(input.specification()) + ".",
                Html.table(List.of(), rows) + note);
    }

    static String decomposition(Decomposition d) {
        double marginal = d.marginalKl().mean();
        double information = d.mutualInformation().mean();
        double end = Math.max(d.mutualInformationBound(), information + Math.max(0, marginal)) * 1.04 + 1e-9;
        Bars.Part i = new Bars.Part(ElboNames.information(d.conditioning()), information, 0);
        Bars.Part m = new Bars.Part(ElboNames.marginal(d.conditioning()), marginal, 1);
        Bars.Part bound = new Bars.Part(ElboNames.bound(d.conditioning()), d.mutualInformationBound(), 3);
        StringBuilder body = new StringBuilder();
        if (!d.warning().isEmpty()) {
            body.append("<p class=\"warning\">").append(Html.escape(d.warning())).append("</p>");
        }
        String saturated = ElboNames.saturated(d) ? " I is at its bound here: with so few examples it says nothing more of the model." : "";
        body.append(Html.wide("where the KL goes", Bars.stacked(List.of(i, m), end, List.of(bound)),
                "The mean KL of " + Html.number(d.sampledKl().mean()) + " nats is what the code tells of the single example, I, plus "
                        + ElboNames.rest(d.conditioning()) + "." + saturated));
        double distortion = -d.reconstruction().mean();
        if (distortion > 0 && marginal >= 0) {
            body.append(
                    Html.wide("where the \u2212ELBO goes", Bars.stacked(List.of(new Bars.Part("\u2212E log p(x|z)", distortion, 4), i, m),
                            (distortion + information + marginal) * 1.0001, List.of()), ""));
        }
        double[] kl = d.klPerDimension();
        body.append(Html.figures(Html.figure("in numbers", Html.table(List.of("", "nats per example"), rows(d)), ""), Html.figure(
                "KL per latent dimension <small>" + d.activeUnits() + " of " + kl.length + " active</small>",
                Bars.upright("KL of dimension", kl, j -> d.meanVariances()[j] <= Decomposition.ACTIVE),
                "nats; grey dimensions are inactive: the variance of their mean over the data is at most " + Decomposition.ACTIVE + ".")));
        return Html.section("decomposition", "The ELBO taken apart",
                "ELBO = E log p(x|z) \u2212 " + ElboNames.information(d.conditioning()) + " \u2212 "
                        + ElboNames.marginal(d.conditioning()) + ", from " + d.samplesPerExample() + " codes for each of N = "
                        + d.examples() + " examples"
                        + ElboNames.conditioning(d.conditioning()) + ".",
                body.toString());
    }

    private static List<List<String>> rows(Decomposition d) {
        return List.of(List.of("E log p(x|z)", Html.number(d.reconstruction().mean(), d.reconstruction().standardError())),
                List.of(ElboNames.information(d.conditioning()),
                        Html.number(d.mutualInformation().mean(), d.mutualInformation().standardError())),
                List.of("&emsp;" + ElboNames.bound(d.conditioning()) + ", its upper bound", Html.number(d.mutualInformationBound())),
                List.of(ElboNames.marginal(d.conditioning()), Html.number(d.marginalKl().mean(), d.marginalKl().standardError())),
                List.of("KL(q(z|x)||p(z)), sampled", Html.number(d.sampledKl().mean(), d.sampledKl().standardError())),
                List.of("KL(q(z|x)||p(z)), closed form", Html.number(d.analyticKl())),
                List.of("ELBO", Html.number(d.elbo())));
    }

    static String jacobian(ReportInput input, JacobianReport report) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("mean |J|", Html.number(report.meanNorm())));
        rows.add(List.of("mean |J|\u00b2", Html.number(report.meanSquaredNorm())));
        if (!Double.isNaN(report.saturated())) {
            rows.add(List.of("saturated units", Html.number(100 * report.saturated()) + " %"));
        }
        report.contraction()
                .forEach(c -> rows.add(List.of("|h(x)\u2212h(x+e)| / |e| at |e| = " + Html.number(c.radius()), Html.number(c.ratio()))));
        rows.add(List.of("weights of the encoder, |W|", Html.number(report.encoderWeightNorm())));
        rows.add(List.of("weights of the decoder, |W|", Html.number(report.decoderWeightNorm())));
        List<String> figures = new ArrayList<>();
        figures.add(Html.figure("singular values <small>means over " + report.spectrumExamples() + " examples</small>",
                Bars.upright("singular value", report.spectrum(), i -> false),
                "How many directions of the input the code answers to, and how strongly."));
        figures.add(Html.figure("in numbers", Html.table(List.of(), rows), ""));
        if (input.isPicture() && !report.tangents().isEmpty()) {
            figures.add(tangents(input, report));
        }
        return Html.section("jacobian", "Jacobian of the encoder",
                "J = \u2202h/\u2202x, h the code or its mean, x on the scale of the model; norms over "
                        + report.examples() + " examples.",
                Html.figures(figures.toArray(String[]::new)));
    }

    private static String tangents(ReportInput input, JacobianReport report) {
        Pictures pictures = new Pictures(input.model().schema());
        StringBuilder strips = new StringBuilder();
        for (JacobianReport.Tangents tangents : report.tangents()) {
            strips.append("<div class=\"pair\">")
                    .append(pictures.row("", new float[][] {input.examples().features().row(tangents.row())}, 1))
                    .append(pictures.signed("", tangents.directions(), PLACES)).append("</div>");
        }
        return Html.figure("tangent directions", "<div class=\"strips tangents\">" + strips + "</div>",
                "An example and the directions to which its code answers most, strongest first; orange adds light, blue takes it away.");
    }
}
