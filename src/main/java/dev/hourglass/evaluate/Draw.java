package dev.hourglass.evaluate;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Posterior;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.code.GaussianCode;
import dev.hourglass.tensor.Tensor;

/**
 * {@code samples} codes of every example of a batch, decoded and compared with x. Codes come from a Gaussian head, or are the deterministic code
 * itself (samples 1). Row b * samples + k of every result is sample k of example b.
 */
final class Draw {
    private final Model model;
    private final Tape tape;
    private final Buffer state;
    private final Tensor code;
    private final Tensor outputs;
    private final Tensor reconstruction;
    private final Tensor cost;

    private Draw(Model model, Encoded encoded, int samples, Posterior posterior, Tensor head, boolean weighted) {
        this.model = model;
        this.tape = new Tape(encoded.scope());
        this.state = encoded.scope().buffer(ElementType.INT32, StepState.WORDS);
        CodeOps codes = new CodeOps(tape, state);
        this.code = posterior == null ? head : codes.sample(posterior, head, model.specification().code().latent(), samples);
        this.cost = weighted ? codes.sampledKl(posterior, head, code, encoded.prior(), null) : null;
        Tensor condition = encoded.batch().condition() == null ? null
                : new Ops(tape).repeat("repeated c", encoded.batch().condition(), samples);
        this.outputs = model.decode(tape, code, condition);
        this.reconstruction = model.reconstruction(tape, outputs, encoded.batch().target(), null);
    }

    /** Codes z ~ q(z|x), or h; {@code weighted} also gives {@link #cost}. */
    static Draw fromCode(Model model, Encoded encoded, int samples, boolean weighted) {
        Code code = model.specification().code();
        return code instanceof GaussianCode gaussian ? new Draw(model, encoded, samples, gaussian.posterior(), encoded.head(), weighted)
                : new Draw(model, encoded, 1, null, encoded.head(), false);
    }

    /** Codes z ~ N(m, e^s) from rows [m | s] of {@code head}, [examples, 2 latent]. */
    static Draw fromPrior(Model model, Encoded encoded, int samples, Tensor head) {
        return new Draw(model, encoded, samples, Posterior.DIAGONAL, head, false);
    }

    /** Draws afresh: the same for the same seed and step. */
    void run(long seed, int step) {
        model.backend().write(state, StepState.words(seed, step, 0, StepTable.constant(0).values()), 0, StepState.WORDS);
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
    static int rowBudget(Model model) {
        int width = model.decoder().outputs() + model.decoder().activationsPerRow() + 2 * model.specification().code().latent();
        return Math.max(1, Math.min(1 << 14, (1 << 23) / width));
    }
}
