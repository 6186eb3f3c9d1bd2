package dev.hourglass.report;

import dev.hourglass.evaluate.Decomposition;
import dev.hourglass.evaluate.Estimate;
import dev.hourglass.evaluate.JacobianReport;
import dev.hourglass.evaluate.LogLikelihood;
import dev.hourglass.evaluate.code.UnitActivity;
import dev.hourglass.message.Label;
import java.util.Locale;

/** Estimates as text for people: one line a number, its standard error and what it depends on beside it. */
public final class EstimateTable {
    private static final int DIMENSIONS_SHOWN = 64;
    private static final double FEW_EFFECTIVE_SAMPLES = 5;

    private final StringBuilder text = new StringBuilder();

    private EstimateTable() {
    }

    /** Returns the lines, each ended by a line feed. */
    public static String of(Estimates estimates) {
        EstimateTable table = new EstimateTable();
        estimates.terms().forEach((term, value) -> table.line(Label.of(term), value, ""));
        if (estimates.logLikelihood() != null) {
            table.logLikelihood(estimates.logLikelihood());
        }
        if (estimates.decomposition() != null) {
            table.decomposition(estimates.decomposition());
        }
        if (estimates.jacobian() != null) {
            table.jacobian(estimates.jacobian());
        }
        if (estimates.activations() != null) {
            table.activations(estimates.activations());
        }
        return table.text.toString();
    }

    private void logLikelihood(LogLikelihood likelihood) {
        heading("log p(x) by importance sampling, K=" + likelihood.samples() + " (" + likelihood.measure().label()
                + "; it rises with K; +- standard error)");
        line("log p(x)", likelihood.mean(),
                likelihood.samples() == 1 ? "no standard error: one code gives none" : error(likelihood.standardError()));
        line("effective samples", likelihood.meanEffectiveSampleSize(), String.format(Locale.ROOT, "of %d on average, %.1f at least%s",
                likelihood.samples(), likelihood.minimumEffectiveSampleSize(), few(likelihood)));
    }

    private static String few(LogLikelihood likelihood) {
        return likelihood.samples() > 1 && likelihood.meanEffectiveSampleSize() < FEW_EFFECTIVE_SAMPLES
                ? "; so few leave the standard error rough and log p(x) too low: a larger K comes closer" : "";
    }

    private void decomposition(Decomposition d) {
        heading("ELBO taken apart, N=" + d.examples() + ", " + d.samplesPerExample() + " codes each (+- standard error of the sampling)"
                + ElboNames.conditioning(d.conditioning()));
        line("E log p(x|z)", d.reconstruction());
        line(ElboNames.information(d.conditioning()), d.mutualInformation());
        line("  " + ElboNames.bound(d.conditioning()), d.mutualInformationBound(),
                ElboNames.saturated(d) ? "reached: N is too small for I to say more" : "");
        line(ElboNames.marginal(d.conditioning()), d.marginalKl());
        line("KL(q(z|x)||p(z))", d.analyticKl(), "closed form");
        line("  sampled", d.sampledKl());
        line("  identity", Math.abs(d.mutualInformation().mean() + d.marginalKl().mean() - d.sampledKl().mean()),
                "how far the two parts are from the sampled KL: 0");
        line("ELBO", d.elbo(), "E log p(x|z) - closed-form KL");
        heading("KL per latent dimension, " + d.activeUnits() + " of " + d.klPerDimension().length + " active (variance of the mean above "
                + Decomposition.ACTIVE + ")");
        for (int j = 0; j < Math.min(DIMENSIONS_SHOWN, d.klPerDimension().length); j++) {
            line("  z" + (j + 1), d.klPerDimension()[j], String.format(Locale.ROOT, "variance %.4f%s", d.meanVariances()[j],
                    d.meanVariances()[j] > Decomposition.ACTIVE ? "" : ", inactive"));
        }
        if (d.klPerDimension().length > DIMENSIONS_SHOWN) {
            text.append("  (").append(d.klPerDimension().length - DIMENSIONS_SHOWN).append(" more in the JSON)\n");
        }
        if (!d.warning().isEmpty()) {
            text.append('\n').append("warning: ").append(d.warning()).append('\n');
        }
    }

    private void activations(UnitActivity activations) {
        heading("mean activation of " + activations.mean().length + " units");
        line("over all units", activations.overall(), "");
        double width = (activations.high() - activations.low()) / UnitActivity.BINS;
        for (int bin = 0; bin < UnitActivity.BINS; bin++) {
            double from = activations.low() + bin * width;
            line("  units", activations.histogram()[bin], String.format(Locale.ROOT, "with a mean from %.3g to %.3g", from, from + width));
        }
    }

    private void jacobian(JacobianReport report) {
        heading("encoder Jacobian on " + report.examples() + " examples, x on the scale of the model (no nats)");
        line("mean |J|", report.meanNorm(), "Frobenius norm");
        line("mean |J|^2", report.meanSquaredNorm(), "what the contractive penalty weighs");
        if (!Double.isNaN(report.saturated())) {
            line("saturated units", report.saturated(), "share");
        }
        report.contraction()
                .forEach(c -> line("  contraction", c.ratio(), String.format(Locale.ROOT, "|h(x)-h(x+e)|/|e| at |e|=%.4g", c.radius())));
        line("encoder |W|", report.encoderWeightNorm(), "");
        line("decoder |W|", report.decoderWeightNorm(), "");
        heading("singular values of J, means of " + report.spectrumExamples() + " examples");
        StringBuilder values = new StringBuilder();
        for (int i = 0; i < Math.min(DIMENSIONS_SHOWN, report.spectrum().length); i++) {
            values.append(i % 8 == 0 && i > 0 ? "\n" : "").append(String.format(Locale.ROOT, "%10.4g", report.spectrum()[i]));
        }
        text.append(values).append('\n');
    }

    private void heading(String words) {
        text.append('\n').append(words).append('\n');
    }

    private void line(String name, Estimate estimate) {
        line(name, estimate.mean(), error(estimate.standardError()));
    }

    private static String error(double standardError) {
        return String.format(Locale.ROOT, "+- %.6f", standardError);
    }

    private void line(String name, double value, String note) {
        text.append(String.format(Locale.ROOT, "%-20s %14.6f  %s", name, value, note).stripTrailing()).append('\n');
    }
}
