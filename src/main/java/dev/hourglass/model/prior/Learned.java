package dev.hourglass.model.prior;

import dev.hourglass.autograd.PriorHead;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.LossSum;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.network.Mlp;
import dev.hourglass.model.network.Network;
import dev.hourglass.nn.Initialization;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * p(z|c) = N(m(c), diag e^s(c)), m and s a network of the condition (Sohn et al. 2015).
 *
 * @param weight of the KL term
 * @param freeBits nats each dimension may use for free, at least 0; 0 is off
 * @param hidden widths of the network's hidden layers
 */
public record Learned(KlWeight weight, double freeBits, List<Integer> hidden) implements Prior {
    /** Lower bound of s: without one, the KL explodes as it falls. */
    public static final float LOG_VARIANCE_FLOOR = -8;

    public Learned {
        hidden = List.copyOf(hidden);
        for (int width : hidden) {
            Require.that(width >= 1, "model", "empty layer", "prior hidden", width, "at least 1 unit");
        }
        KlTerm.requireFreeBits(freeBits);
    }

    @Override
    public Prior withKl(KlWeight newWeight, double nats) {
        return new Learned(newWeight, nats, hidden);
    }

    @Override
    public Prior withHidden(List<Integer> widths) {
        return new Learned(weight, freeBits, widths);
    }

    @Override
    public boolean isProper() {
        return true;
    }

    @Override
    public boolean isStandard() {
        return false;
    }

    @Override
    public void check(Code code, boolean conditioned, int importanceSamples) {
        KlTerm.check(this, code, importanceSamples);
        Require.that(conditioned, "model", "a learned prior p(z|c) needs a condition", "condition", "none", "labels or columns");
    }

    @Override
    public Set<Term> terms() {
        return KlTerm.terms(this);
    }

    @Override
    public Network declare(Parameters parameters, int latent, int conditions, Activation activation, Initialization initialization,
            long seed) {
        return Mlp.declare(parameters, "prior", new Mlp.Shape(0, conditions, hidden, 2 * latent, activation, Activation.IDENTITY),
                initialization, seed,
                2 * latent);
    }

    @Override
    public PriorHead head(Tape tape, Network network, Tensor condition) {
        return new PriorHead(network.apply(tape, null, condition).last().output(), LOG_VARIANCE_FLOOR);
    }

    @Override
    public void addTerm(LossSum sum, Code code, Tensor head, PriorHead prior) {
        KlTerm.add(this, sum, code, head, prior);
    }

    @Override
    public void draw(float[] z, float[] head) {
        for (int j = 0; j < z.length; j++) {
            double s = Math.max(LOG_VARIANCE_FLOOR, head[z.length + j]);
            z[j] = (float) (head[j] + Math.exp(s / 2) * z[j]);
        }
    }
}
