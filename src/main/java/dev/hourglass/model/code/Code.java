package dev.hourglass.model.code;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.PriorHead;
import dev.hourglass.backend.Activation;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.onnx.OnnxGraph;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/** What stands between encoder and decoder: h = f(a), or z drawn from q(z|x). */
public sealed interface Code permits Deterministic, GaussianCode {
    /** Returns one of each kind, as the command line starts from it. */
    static List<Code> all() {
        return List.of(new Deterministic(20, Activation.IDENTITY), new DiagonalGaussian(20), new FullGaussian(20));
    }

    /** h = f(a) of {@code latent} units. */
    static Code deterministic(int latent, Activation activation) {
        return new Deterministic(latent, activation);
    }

    /** z = mu + e^(s/2) eps: independent dimensions. */
    static Code diagonalGaussian(int latent) {
        return new DiagonalGaussian(latent);
    }

    /** z = mu + B eps: any covariance. */
    static Code fullGaussian(int latent) {
        return new FullGaussian(latent);
    }

    /**
     * Returns a code whose q(z|x) is needed.
     *
     * @param what needs it
     * @throws IllegalArgumentException when it is deterministic
     */
    static GaussianCode gaussian(Code code, String what) {
        Require.that(code.isSampled(), "evaluate", what + " needs q(z|x)", "code", Label.of(code.getClass()),
                "a Gaussian code");
        return (GaussianCode) code;
    }

    /** Returns the latent dimensions K, at least 1. */
    int latent();

    /** Returns the same kind of code with other dimensions. */
    Code withLatent(int dimensions);

    /**
     * Returns the same code with another activation.
     *
     * @throws IllegalArgumentException when it has none
     */
    Code withActivation(Activation function);

    /** Returns the activation of the encoder's last layer. */
    Activation activation();

    /** Returns the width of the encoder's last layer, the head. */
    int headWidth();

    /** Returns how many rows of the head's weights start at random; the others start at zero. */
    int randomRows();

    /** Returns whether z is drawn from a q(z|x), so that KL terms, bounds and a prior have a meaning; false for h, which is computed. */
    boolean isSampled();

    /** Returns how many codes are drawn when {@code samples} are asked for: 1 when nothing is drawn. */
    int samples(int samples);

    /**
     * Writes what is decoded on a tape: [head rows * samples, latent].
     *
     * @param codes the tape, and where the draws come from
     * @param head [rows, headWidth]
     */
    Tensor sample(CodeOps codes, Tensor head, int samples);

    /**
     * Writes log q(z|x) - log p(z) of the samples z of {@link #sample}: [z rows, 1]; null when nothing is drawn.
     *
     * @param weights of each value in the objective, null when no gradient is wanted
     */
    Tensor sampledKl(CodeOps codes, Tensor head, Tensor z, PriorHead prior, LossWeights weights);

    /** Writes the outputs of an encoder's graph: {@code code} and what describes its spread. */
    void export(OnnxGraph graph, String head);
}
