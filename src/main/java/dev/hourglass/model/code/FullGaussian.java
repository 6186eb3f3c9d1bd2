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
 * z = mu + B eps, B lower triangular with diagonal e^d: any covariance; the head is [mu | d | b].
 *
 * @param latent dimensions, at least 1
 */
public record FullGaussian(int latent) implements GaussianCode {
    /** Its head has K (K + 3) / 2 columns. */
    private static final int MOST = 65_534;

    public FullGaussian {
        Require.that(latent >= 1, "model", "no code", "latent", latent, "at least 1");
        Require.that(latent <= MOST, "model", "the head of a full covariance has no room", "latent", latent, "at most " + MOST);
    }

    @Override
    public Posterior posterior() {
        return Posterior.FULL;
    }

    @Override
    public Code withLatent(int dimensions) {
        return new FullGaussian(dimensions);
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

    /** The factor starts as the identity. */
    @Override
    public int randomRows() {
        return latent;
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
        graph.output("factor_diagonal", graph.exp(graph.slice(head, latent, 2 * latent)));
        if (latent > 1) {
            graph.output("factor_off_diagonal", graph.slice(head, 2 * latent, headWidth()));
        }
    }
}
