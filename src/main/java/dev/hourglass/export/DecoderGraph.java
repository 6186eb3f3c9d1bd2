package dev.hourglass.export;

import dev.hourglass.backend.Activation;
import dev.hourglass.data.Scaling;
import dev.hourglass.io.onnx.OnnxGraph;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Likelihood;

/**
 * The decoder: z [n, latent] and, for a conditional model, c [n, conditions] in the units of the data (one-hot for labels), to {@code mean}
 * [n, features], the mean of p(x|z) in the units of the data.
 */
final class DecoderGraph {
    private DecoderGraph() {
    }

    static OnnxGraph of(Autoencoder model) {
        OnnxGraph graph = new OnnxGraph("decoder");
        String z = graph.input("z", model.specification().code().latent());
        int conditions = model.domain().conditions();
        String c = conditions == 0 ? null : EncoderGraph.scaled(graph, graph.input("c", conditions), model.domain().conditionScaling());
        Network decoder = new Network(model, "decoder", model.decoder(), model.specification().tied());
        String parameters = decoder.write(graph, z, c, model.specification().activation(), Activation.IDENTITY);
        boolean logits = model.specification().likelihood().kind() == Likelihood.Kind.BERNOULLI;
        graph.output("mean", toData(graph, logits ? graph.activation(parameters, "sigmoid") : parameters, model.domain().scaling()));
        return graph;
    }

    /** x / scale + shift; nothing where that changes nothing. */
    private static String toData(OnnxGraph graph, String x, Scaling scaling) {
        String divided = EncoderGraph.same(scaling.scale(), 1) ? x : graph.divide(x, graph.constant(scaling.scale()));
        return EncoderGraph.same(scaling.shift(), 0) ? divided : graph.add(divided, graph.constant(scaling.shift()));
    }
}
