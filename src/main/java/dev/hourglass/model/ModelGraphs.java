package dev.hourglass.model;

import dev.hourglass.backend.Binarization;
import dev.hourglass.data.Scaling;
import dev.hourglass.message.Label;
import dev.hourglass.onnx.OnnxGraph;

/**
 * A model as graphs for other run times. The metadata name the preset, the likelihood, the code, the features and the classes, one a line.
 */
public final class ModelGraphs {
    private static final float MIDDLE_GREY = 0.5f;

    private ModelGraphs() {
    }

    /**
     * Returns the encoder: x [n, features] and, for a conditional model, c [n, conditions], both in the units of the data (one-hot for labels), to
     *
     * <ul>
     * <li>{@code code} [n, latent]: h, or the mean of q(z|x);</li>
     * <li>{@code log_variance} [n, latent] of a diagonal Gaussian code: z = code + e^(log_variance/2) eps;</li>
     * <li>{@code factor_diagonal} [n, latent] and {@code factor_off_diagonal} [n, latent (latent - 1) / 2] of a full one: z = code + B eps, the
     *     diagonal of B and what stands below it, row by row.</li>
     * </ul>
     *
     * x or c are doubles if a column of theirs is wide. Inputs are not corrupted. Fixed binarisation is part of the graph; dynamic binarisation, a draw of training, is not: grey values go in as they are.
     */
    public static OnnxGraph encoder(Model model) {
        OnnxGraph graph = new OnnxGraph("encoder");
        String x = scaled(graph, "x", model.schema().features(), model.schema().inputScaling());
        if (model.specification().binarization() == Binarization.FIXED) {
            x = graph.step(x, MIDDLE_GREY);
        }
        model.specification().code().export(graph, model.encoder().export(graph, x, condition(graph, model)));
        return described(graph, model);
    }

    /**
     * Returns the decoder: z [n, latent] and, for a conditional model, c [n, conditions] in the units of the data (one-hot for labels), to {@code mean}
     * [n, features], the mean of p(x|z) in the units of the data, doubles if a column is wide.
     */
    public static OnnxGraph decoder(Model model) {
        OnnxGraph graph = new OnnxGraph("decoder");
        String z = graph.input("z", model.specification().code().latent());
        String outputs = model.decoder().export(graph, z, condition(graph, model));
        graph.output("mean", toData(graph, model.specification().likelihood().exportMean(graph, outputs), model.schema().scaling()));
        return described(graph, model);
    }

    private static String condition(OnnxGraph graph, Model model) {
        int conditions = model.schema().conditions();
        return conditions == 0 ? null : scaled(graph, "c", conditions, model.schema().conditionScaling());
    }

    /** (x - shift) scale, as training does it; nothing where that changes nothing. All in doubles if a column is wide. */
    private static String scaled(OnnxGraph graph, String name, int columns, Scaling scaling) {
        if (scaling.wide() != null) {
            String x = graph.doubleInput(name, columns);
            String taken = scaling.isLogarithmic() ? graph.signedLog(x) : x;
            String shifted = graph.subtract(taken, graph.doubleConstant(scaling.exactShift()));
            return graph.toFloats(graph.multiply(shifted, graph.doubleConstant(scaling.exactScale())));
        }
        String x = graph.input(name, columns);
        String taken = scaling.isLogarithmic() ? graph.signedLog(x) : x;
        String shifted = same(scaling.shift(), 0) ? taken : graph.subtract(taken, graph.constant(scaling.shift()));
        return same(scaling.scale(), 1) ? shifted : graph.multiply(shifted, graph.constant(scaling.scale()));
    }

    /** x / scale + shift; nothing where that changes nothing. */
    private static String toData(OnnxGraph graph, String x, Scaling scaling) {
        if (scaling.wide() != null) {
            String divided = graph.divide(graph.toDoubles(x), graph.doubleConstant(scaling.exactScale()));
            String shifted = graph.add(divided, graph.doubleConstant(scaling.exactShift()));
            return scaling.isLogarithmic() ? graph.signedExp(shifted) : shifted;
        }
        String divided = same(scaling.scale(), 1) ? x : graph.divide(x, graph.constant(scaling.scale()));
        String shifted = same(scaling.shift(), 0) ? divided : graph.add(divided, graph.constant(scaling.shift()));
        return scaling.isLogarithmic() ? graph.signedExp(shifted) : shifted;
    }

    /** Whether an array holds nothing but this value. */
    private static boolean same(float[] values, float value) {
        for (float each : values) {
            if (each != value) {
                return false;
            }
        }
        return true;
    }

    private static OnnxGraph described(OnnxGraph graph, Model model) {
        Specification specification = model.specification();
        graph.metadata("hourglass.preset", specification.preset());
        graph.metadata("hourglass.likelihood", Label.of(specification.likelihood().getClass()));
        graph.metadata("hourglass.code", Label.of(specification.code().getClass()));
        if (!model.schema().columnNames().isEmpty()) {
            graph.metadata("hourglass.features", String.join("\n", model.schema().columnNames()));
        }
        if (!model.schema().classNames().isEmpty()) {
            graph.metadata("hourglass.classes", String.join("\n", model.schema().classNames()));
        }
        return graph;
    }
}
