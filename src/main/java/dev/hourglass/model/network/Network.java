package dev.hourglass.model.network;

import dev.hourglass.autograd.Tape;
import dev.hourglass.onnx.OnnxGraph;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/** A network with parameters: y = f(x, c), rows of x and c side by side. */
public interface Network {
    /**
     * Writes the network on a tape.
     *
     * @param x [rows, inputs], null when the condition is the only input
     * @param condition [rows, conditions], null without one
     */
    AppliedNetwork apply(Tape tape, Tensor x, Tensor condition);

    /** Returns the width of the result. */
    int outputs();

    /** Returns the bias of the last layer, [1, outputs], where a model puts the mean of its data. */
    Tensor outputBias();

    /** Returns the weights of the network, those of another network that it uses included. */
    List<Tensor> weights();

    /** Returns how many floats of activations a row takes in all layers but the last. */
    int activationsPerRow();

    /** Returns how many floats the Jacobian of a row takes for each output, all layers together. */
    int jacobianPerOutput();

    /** Returns whether it is one layer, so that its Jacobian has a closed form. */
    boolean isOneLayer();

    /** Writes the network into a graph and returns the name of its result; {@code condition} is null without one. */
    String export(OnnxGraph graph, String x, String condition);
}
