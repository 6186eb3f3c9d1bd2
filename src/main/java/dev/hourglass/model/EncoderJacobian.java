package dev.hourglass.model;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * J = dh/dx of an encoder, exact and over a batch: accumulated from the code side, R_L = diag(g_L) W_L, R_{l-1} = R_l diag(g_{l-1}) W_{l-1},
 * every step one product over batch * latent rows. For a Gaussian code h is the mean of q(z|x). Derivatives are by x on the scale of the model;
 * a condition is held fixed.
 */
public final class EncoderJacobian {
    private final Autoencoder model;
    private final Tape tape;
    private final List<Activated> encoder;
    private final Ops layers;

    /** Uses the results of {@link Autoencoder#encode} on the same tape. */
    public EncoderJacobian(Autoencoder model, Tape tape, List<Activated> encoder) {
        this.model = model;
        this.tape = tape;
        this.encoder = encoder;
        this.layers = new Ops(tape);
    }

    /** Writes J of every example on the tape: [rows * latent, features], the latent rows of an example together. */
    public Tensor rows() {
        return descend(new PenaltyOps(tape).scaleRows(meanCode(), meanWeight()), encoder.size() - 2);
    }

    /** Carries R, the derivative of the code by the output of layer {@code layer}, down to the input. */
    Tensor descend(Tensor r, int layer) {
        PenaltyOps ops = new PenaltyOps(tape);
        for (int i = layer; i >= 0; i--) {
            r = layers.product("jacobian " + i, ops.scaleColumns(encoder.get(i), r), model.encoder().weight(i), false);
        }
        return r;
    }

    /** The rows of the last weight that make the code, or its mean: [latent, inputs]. */
    Tensor meanWeight() {
        Code code = model.specification().code();
        Tensor weight = model.encoder().weight(model.encoder().depth() - 1);
        if (!code.isGaussian()) {
            return weight;
        }
        float[] selector = new float[code.latent() * weight.rows()];
        for (int i = 0; i < code.latent(); i++) {
            selector[i * weight.rows() + i] = 1;
        }
        Tensor select = tape.scope().tensor("mean rows", code.latent(), weight.rows());
        select.write(selector);
        return layers.product("mean weight", select, weight, false);
    }

    /** Returns h, or the mean of q(z|x), as the result of a layer. */
    public Activated meanCode() {
        Code code = model.specification().code();
        Activated last = encoder.get(encoder.size() - 1);
        if (!code.isGaussian()) {
            return last;
        }
        Tensor mean = layers.columns("mean", last.output(), 0, code.latent());
        return new Activated(mean, mean, Activation.IDENTITY);
    }
}
