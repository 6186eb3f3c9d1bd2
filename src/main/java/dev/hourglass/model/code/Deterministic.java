package dev.hourglass.model.code;

import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;
import dev.hourglass.message.Require;
import dev.hourglass.onnx.OnnxGraph;
import dev.hourglass.tensor.Tensor;

/**
 * h = f(a).
 *
 * @param latent units, at least 1
 * @param activation f
 */
public record Deterministic(int latent, Activation activation) implements Code {
    public Deterministic {
        Require.that(latent >= 1, "model", "no code", "latent", latent, "at least 1");
    }

    @Override
    public Code withLatent(int dimensions) {
        return new Deterministic(dimensions, activation);
    }

    @Override
    public Code withActivation(Activation function) {
        return new Deterministic(latent, function);
    }

    @Override
    public int headWidth() {
        return latent;
    }

    @Override
    public int randomRows() {
        return latent;
    }

    @Override
    public boolean isBounded() {
        return activation == Activation.SIGMOID || activation == Activation.TANH;
    }

    @Override
    public int samples(int samples) {
        return 1;
    }

    @Override
    public Tensor sample(Tape tape, Tensor head, Buffer state, int samples) {
        return head;
    }

    @Override
    public void export(OnnxGraph graph, String head) {
        graph.output("code", head);
    }
}
