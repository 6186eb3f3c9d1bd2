package dev.hourglass.export;

import dev.hourglass.backend.Activation;
import dev.hourglass.io.onnx.OnnxGraph;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.nn.Mlp;

/**
 * A perceptron of a model as nodes of a graph.
 *
 * @param name of its parameters
 * @param tied whether its weights are another network's, to be used transposed
 */
record Network(Autoencoder model, String name, Mlp layers, boolean tied) {
    /** Writes every layer; {@code condition} stands beside the first input, null for none. Returns the last layer's output. */
    String write(OnnxGraph graph, String input, String condition, Activation hidden, Activation last) {
        String y = condition == null ? input : graph.concat(input, condition);
        for (int i = 0; i < layers.depth(); i++) {
            String activation = (i == layers.depth() - 1 ? last : hidden).label();
            float[] weight = layers.weight(i).read();
            float[] bias = layers.bias(i).read();
            if (i == 0 && condition != null) {
                weight = beside(weight, model.parameters().get(name + ".0.condition.weight").value().read(), bias.length);
            }
            y = tied ? graph.denseTransposed(y, weight, bias, activation) : graph.dense(y, weight, bias, activation);
        }
        return y;
    }

    /** [a | b], two matrices of so many rows side by side. */
    private static float[] beside(float[] a, float[] b, int rows) {
        int left = a.length / rows;
        int right = b.length / rows;
        float[] both = new float[a.length + b.length];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(a, r * left, both, r * (left + right), left);
            System.arraycopy(b, r * right, both, r * (left + right) + left, right);
        }
        return both;
    }
}
