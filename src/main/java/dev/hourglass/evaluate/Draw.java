package dev.hourglass.evaluate;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Posterior;
import dev.hourglass.backend.StepState;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.tensor.Tensor;

/**
 * {@code samples} codes of every example of a batch, decoded and compared with x. Codes come from a Gaussian head, or are the deterministic code
 * itself (samples 1). Row b * samples + k of every result is sample k of example b.
 */
final class Draw {
    private final Autoencoder model;
    private final Tape tape;
    private final Buffer state;
    private final Tensor code;
    private final Tensor outputs;
    private final Tensor reconstruction;
    private final Tensor cost;

    private Draw(Autoencoder model, Encoded encoded, int samples, Posterior posterior, Tensor head, boolean weighted) {
        this.model = model;
        this.tape = new Tape(encoded.scope());
        this.state = encoded.scope().buffer(ElementType.INT32, StepState.WORDS);
        CodeOps codes = new CodeOps(tape, state);
        this.code = posterior == null ? head : codes.sample(posterior, head, model.specification().code().latent(), samples);
        this.cost = weighted ? codes.sampledKl(posterior, head, code, encoded.prior(), null) : null;
        Tensor condition = encoded.batch().condition() == null ? null : new Ops(tape).repeat("repeated c", encoded.batch().condition(), samples);
        this.outputs = model.decode(tape, code, condition);
        this.reconstruction = model.reconstruction(tape, outputs, encoded.batch().target(), null);
    }

    /** Codes z ~ q(z|x), or h; {@code weighted} also gives {@link #cost}. */
    static Draw fromCode(Autoencoder model, Encoded encoded, int samples, boolean weighted) {
        boolean gaussian = model.specification().code().isGaussian();
        return new Draw(model, encoded, gaussian ? samples : 1, gaussian ? model.specification().code().posterior() : null, encoded.head(), weighted);
    }

    /** Codes z ~ N(m, e^s) from rows [m | s] of {@code head}, [examples, 2 latent]. */
    static Draw fromPrior(Autoencoder model, Encoded encoded, int samples, Tensor head) {
        return new Draw(model, encoded, samples, Posterior.DIAGONAL, head, false);
    }

    /** Draws afresh: the same for the same seed and step. */
    void run(long seed, int step) {
        model.backend().write(state, StepState.words(seed, step, 0, new float[StepState.TABLE_COLUMNS]), 0, StepState.WORDS);
        tape.forward();
    }

    /** Returns z, [examples * samples, latent]. */
    Tensor code() {
        return code;
    }

    /** Returns logits or means, [examples * samples, features]. */
    Tensor outputs() {
        return outputs;
    }

    /** Returns -log p(x|z), or the squared error, [examples * samples, 1]. */
    Tensor reconstruction() {
        return reconstruction;
    }

    /** Returns log q(z|x) - log p(z), [examples * samples, 1]. */
    Tensor cost() {
        return cost;
    }

    /** Returns how many codes fit a budget of device memory: rows of decoder activations for this model. */
    static int rowBudget(Autoencoder model) {
        int width = model.domain().features() + 2 * model.specification().code().latent();
        for (int hidden : model.specification().decoderHidden()) {
            width += hidden;
        }
        return Math.max(1, Math.min(1 << 14, (1 << 23) / width));
    }
}
