package dev.hourglass.evaluate;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepState;
import dev.hourglass.model.Encoded;
import dev.hourglass.model.ForwardPass;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
import dev.hourglass.tensor.Tensor;

/**
 * {@code samples} codes of every example of a batch, decoded and compared with x, on a tape of their own that runs again and again with other draws. Row
 * b * samples + k of every result is sample k of example b.
 */
final class Draw {
    private final Tape tape;
    private final Buffer state;
    private final ForwardPass pass;
    private final Tensor reconstruction;
    private final Tensor cost;

    private Draw(Model model, Encoded encoded, int samples, Tensor priorHead) {
        this.tape = new Tape(encoded.scope());
        this.state = encoded.scope().buffer(ElementType.INT32, StepState.WORDS);
        CodeOps codes = new CodeOps(tape, state);
        this.pass = priorHead == null ? model.decode(tape, encoded, codes, samples)
                : model.decode(tape, encoded, Code.diagonalGaussian(priorHead.columns() / 2).sample(codes, priorHead, samples), samples);
        this.reconstruction = model.reconstruction(tape, pass, null);
        this.cost = priorHead == null ? model.sampledKl(codes, pass, null) : null;
    }

    /** Codes z ~ q(z|x), or h. */
    static Draw fromCode(Model model, Encoded encoded, int samples) {
        return new Draw(model, encoded, samples, null);
    }

    /** Codes z ~ N(m, e^s) from rows [m | s] of {@code head}, [examples, 2 latent]. */
    static Draw fromPrior(Model model, Encoded encoded, int samples, Tensor head) {
        return new Draw(model, encoded, samples, head);
    }

    /** Draws afresh: the same for the same seed and step. */
    void run(long seed, int step) {
        tape.backend().write(state, StepState.words(seed, step), 0, StepState.WORDS);
        tape.forward();
    }

    /** Returns z, [examples * samples, latent]. */
    Tensor code() {
        return pass.code();
    }

    /** Returns -log p(x|z), or the squared error, [examples * samples, 1]. */
    Tensor reconstruction() {
        return reconstruction;
    }

    /** Returns log q(z|x) - log p(z), [examples * samples, 1]; null for codes that come from the prior or are not drawn. */
    Tensor cost() {
        return cost;
    }
}
