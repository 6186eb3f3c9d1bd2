package dev.hourglass.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.evaluate.Decomposition;
import dev.hourglass.evaluate.Estimate;
import dev.hourglass.evaluate.JacobianReport;
import dev.hourglass.evaluate.LogLikelihood;
import dev.hourglass.evaluate.code.UnitActivity;
import dev.hourglass.message.Label;
import dev.hourglass.model.Specification;
import dev.hourglass.train.Metrics;
import java.util.Arrays;

/** Estimates as JSON for machines; every number in the unit that it names, as a rule nats per example, unless its name says otherwise. */
public final class EstimateJson {
    private EstimateJson() {
    }

    /** Adds {@code unit}, {@code terms} and what else was measured to an object. */
    public static void write(Specification specification, Estimates estimates, ObjectNode node) {
        node.put("unit", Estimates.unit(specification));
        node.set("terms", Metrics.terms(estimates.terms()));
        if (estimates.logLikelihood() != null) {
            logLikelihood(estimates.logLikelihood(), node.putObject("log_likelihood"));
        }
        if (estimates.decomposition() != null) {
            decomposition(estimates.decomposition(), node.putObject("decomposition"));
        }
        if (estimates.jacobian() != null) {
            jacobian(estimates.jacobian(), node.putObject("jacobian"));
        }
        if (estimates.activations() != null) {
            activations(estimates.activations(), node.putObject("activations"));
        }
    }

    private static void logLikelihood(LogLikelihood likelihood, ObjectNode node) {
        node.put("mean", likelihood.mean());
        node.put("standard_error", likelihood.samples() == 1 ? null : (Double) likelihood.standardError());
        node.put("importance_samples", likelihood.samples());
        node.put("effective_sample_size_mean", likelihood.meanEffectiveSampleSize());
        node.put("effective_sample_size_minimum", likelihood.minimumEffectiveSampleSize());
        node.put("measure", Label.of(likelihood.measure()));
    }

    private static void decomposition(Decomposition d, ObjectNode node) {
        node.put("conditioning", Label.of(d.conditioning()));
        node.put("measure", Label.of(d.measure()));
        node.put("examples", d.examples());
        node.put("samples_per_example", d.samplesPerExample());
        estimate(d.reconstruction(), node.putObject("reconstruction"));
        estimate(d.mutualInformation(), node.putObject("mutual_information"));
        node.put("mutual_information_bound", d.mutualInformationBound());
        estimate(d.marginalKl(), node.putObject("marginal_kl"));
        node.put("analytic_kl", d.analyticKl());
        estimate(d.sampledKl(), node.putObject("sampled_kl"));
        node.put("identity_error", d.mutualInformation().mean() + d.marginalKl().mean() - d.sampledKl().mean());
        node.put("elbo", d.elbo());
        numbers(node.putArray("kl_per_dimension"), d.klPerDimension());
        numbers(node.putArray("mean_variances"), d.meanVariances());
        node.put("active_units", d.activeUnits());
        node.put("warning", d.warning());
    }

    private static void activations(UnitActivity activations, ObjectNode node) {
        node.put("overall", activations.overall()).put("low", activations.low()).put("high", activations.high());
        ArrayNode histogram = node.putArray("histogram");
        Arrays.stream(activations.histogram()).forEach(histogram::add);
        ArrayNode mean = node.putArray("mean");
        Arrays.stream(activations.mean()).forEach(mean::add);
    }

    private static void jacobian(JacobianReport report, ObjectNode node) {
        node.put("examples", report.examples());
        node.put("mean_norm", report.meanNorm());
        node.put("mean_squared_norm", report.meanSquaredNorm());
        node.put("saturated_share", Double.isNaN(report.saturated()) ? null : (Double) report.saturated());
        node.put("encoder_weight_norm", report.encoderWeightNorm());
        node.put("decoder_weight_norm", report.decoderWeightNorm());
        ArrayNode contraction = node.putArray("contraction");
        report.contraction().forEach(c -> contraction.addObject().put("radius", c.radius()).put("ratio", c.ratio()));
        node.put("spectrum_examples", report.spectrumExamples());
        numbers(node.putArray("spectrum"), report.spectrum());
    }

    private static void estimate(Estimate estimate, ObjectNode node) {
        node.put("mean", estimate.mean());
        node.put("standard_error", estimate.standardError());
    }

    private static void numbers(ArrayNode array, double[] values) {
        for (double value : values) {
            array.add(value);
        }
    }
}
