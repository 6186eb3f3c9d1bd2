package dev.hourglass.export;

import dev.hourglass.backend.Binarization;
import dev.hourglass.data.Scaling;
import dev.hourglass.io.onnx.OnnxGraph;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Code;

/**
 * The encoder: x [n, features] and, for a conditional model, c [n, conditions], both in the units of the data (one-hot for labels), to
 *
 * <ul>
 * <li>{@code code} [n, latent]: h, or the mean of q(z|x);</li>
 * <li>{@code log_variance} [n, latent] of a diagonal Gaussian code: z = code + e^(log_variance/2) eps;</li>
 * <li>{@code factor_diagonal} [n, latent] and {@code factor_off_diagonal} [n, latent (latent - 1) / 2] of a full one: z = code + B eps, the
 *     diagonal of B and what stands below it, row by row.</li>
 * </ul>
 *
 * Inputs are not corrupted. Fixed binarisation is part of the graph; dynamic binarisation, a draw of training, is not: grey values go in as they are.
 */
final class EncoderGraph {
    private static final float MIDDLE_GREY = 0.5f;

    private EncoderGraph() {
    }

    static OnnxGraph of(Autoencoder model) {
        OnnxGraph graph = new OnnxGraph("encoder");
        Code code = model.specification().code();
        String x = scaled(graph, graph.input("x", model.domain().features()), model.domain().scaling());
        if (model.specification().binarization() == Binarization.FIXED) {
            x = graph.step(x, MIDDLE_GREY);
        }
        int conditions = model.domain().conditions();
        String c = conditions == 0 ? null : scaled(graph, graph.input("c", conditions), model.domain().conditionScaling());
        Network encoder = new Network(model, "encoder", model.encoder(), false);
        outputs(graph, encoder.write(graph, x, c, model.specification().activation(), code.activation()), code);
        return graph;
    }

    /** (x - shift) scale, as training does it; nothing where that changes nothing. */
    static String scaled(OnnxGraph graph, String x, Scaling scaling) {
        String shifted = same(scaling.shift(), 0) ? x : graph.subtract(x, graph.constant(scaling.shift()));
        return same(scaling.scale(), 1) ? shifted : graph.multiply(shifted, graph.constant(scaling.scale()));
    }

    /** Whether an array holds nothing but this value. */
    static boolean same(float[] values, float value) {
        for (float each : values) {
            if (each != value) {
                return false;
            }
        }
        return true;
    }

    private static void outputs(OnnxGraph graph, String head, Code code) {
        int latent = code.latent();
        if (!code.isGaussian()) {
            graph.output("code", head);
            return;
        }
        graph.output("code", graph.slice(head, 0, latent));
        String second = graph.slice(head, latent, 2 * latent);
        if (code.kind() == Code.Kind.DIAGONAL_GAUSSIAN) {
            graph.output("log_variance", second);
            return;
        }
        graph.output("factor_diagonal", graph.exp(second));
        if (latent > 1) {
            graph.output("factor_off_diagonal", graph.slice(head, 2 * latent, code.headWidth()));
        }
    }
}
