package dev.hourglass.model.prior;

import dev.hourglass.autograd.PriorHead;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.LossSum;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.network.Network;
import dev.hourglass.nn.Initialization;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Tensor;
import java.util.List;
import java.util.Set;

/**
 * No KL term. With a Gaussian code its variance collapses, and samples, drawn from N(0, I), are poor: a named mode, not a default. What
 * deterministic codes have.
 */
public record None() implements Prior {
    @Override
    public KlWeight weight() {
        return KlWeight.constant(0);
    }

    @Override
    public double freeBits() {
        return 0;
    }

    @Override
    public Prior withKl(KlWeight newWeight, double nats) {
        Require.that(newWeight.equals(weight()), "model", "there is no prior, so no KL term", "KL weight", newWeight.beta(),
                "none, or a prior");
        Require.that(nats == 0, "model", "there is no prior, so no KL term", "free bits", nats, "0, or a prior");
        return this;
    }

    @Override
    public List<Integer> hidden() {
        return List.of();
    }

    @Override
    public Prior withHidden(List<Integer> widths) {
        Require.that(widths.isEmpty(), "model", "there is no prior, so no network", "prior hidden", widths, "none, or the prior learned");
        return this;
    }

    @Override
    public boolean isProper() {
        return false;
    }

    @Override
    public boolean isStandard() {
        return false;
    }

    @Override
    public void check(Code code, boolean conditioned, int importanceSamples) {
        Require.that(importanceSamples == 1, "model", "the importance-weighted bound needs q(z|x) and p(z)", "importance samples",
                importanceSamples,
                "1, or a Gaussian code with a prior");
    }

    @Override
    public Set<Term> terms() {
        return Set.of();
    }

    @Override
    public Network declare(Parameters parameters, int latent, int conditions, Activation hidden, Initialization initialization, long seed) {
        return null;
    }

    @Override
    public PriorHead head(Tape tape, Network network, Tensor condition) {
        return PriorHead.STANDARD;
    }

    @Override
    public void addTerm(LossSum sum, Code code, Tensor head, PriorHead prior) {
        // No term.
    }

    @Override
    public void draw(float[] z, float[] head) {
        // N(0, I).
    }
}
