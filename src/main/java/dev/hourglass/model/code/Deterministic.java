package dev.hourglass.model.code;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.PriorHead;
import dev.hourglass.backend.Activation;
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
    public boolean isSampled() {
        return false;
    }

    @Override
    public int samples(int samples) {
        return 1;
    }

    @Override
    public Tensor sample(CodeOps codes, Tensor head, int samples) {
        return head;
    }

    @Override
    public Tensor sampledKl(CodeOps codes, Tensor head, Tensor z, PriorHead prior, LossWeights weights) {
        return null;
    }

    @Override
    public void export(OnnxGraph graph, String head) {
        graph.output("code", head);
    }
}
