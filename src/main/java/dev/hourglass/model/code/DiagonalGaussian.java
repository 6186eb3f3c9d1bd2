package dev.hourglass.model.code;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.PriorHead;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Posterior;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.onnx.OnnxGraph;
import dev.hourglass.tensor.Tensor;

/**
 * z = mu + e^(s/2) eps, independent dimensions; the head is [mu | s].
 *
 * @param latent dimensions, at least 1
 */
public record DiagonalGaussian(int latent) implements GaussianCode {
    public DiagonalGaussian {
        Require.that(latent >= 1, "model", "no code", "latent", latent, "at least 1");
        Require.that(latent <= Integer.MAX_VALUE / 2, "model", "the head has no room for mean and variance", "latent", latent,
                "at most " + Integer.MAX_VALUE / 2);
    }

    @Override
    public Posterior posterior() {
        return Posterior.DIAGONAL;
    }

    @Override
    public Code withLatent(int dimensions) {
        return new DiagonalGaussian(dimensions);
    }

    @Override
    public Code withActivation(Activation function) {
        Require.that(function == Activation.IDENTITY, "model", "a Gaussian code has no activation", "code activation", Label.of(function),
                "identity");
        return this;
    }

    @Override
    public Activation activation() {
        return Activation.IDENTITY;
    }

    @Override
    public int headWidth() {
        return posterior().headWidth(latent);
    }

    @Override
    public int randomRows() {
        return headWidth();
    }

    @Override
    public boolean isSampled() {
        return true;
    }

    @Override
    public int samples(int samples) {
        return samples;
    }

    @Override
    public Tensor sample(CodeOps codes, Tensor head, int samples) {
        return codes.sample(posterior(), head, latent, samples);
    }

    @Override
    public Tensor sampledKl(CodeOps codes, Tensor head, Tensor z, PriorHead prior, LossWeights weights) {
        return codes.sampledKl(posterior(), head, z, prior, weights);
    }

    @Override
    public void export(OnnxGraph graph, String head) {
        graph.output("code", graph.slice(head, 0, latent));
        graph.output("log_variance", graph.slice(head, latent, 2 * latent));
    }
}
