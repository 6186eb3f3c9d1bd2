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
 * p(z) = N(0, I).
 *
 * @param weight of the KL term
 * @param freeBits nats each dimension may use for free, at least 0; 0 is off
 */
public record StandardNormal(KlWeight weight, double freeBits) implements Prior {
    public StandardNormal {
        KlTerm.requireFreeBits(freeBits);
    }

    @Override
    public Prior withKl(KlWeight newWeight, double nats) {
        return new StandardNormal(newWeight, nats);
    }

    @Override
    public List<Integer> hidden() {
        return List.of();
    }

    @Override
    public Prior withHidden(List<Integer> widths) {
        Require.that(widths.isEmpty(), "model", "N(0, I) has no network", "prior hidden", widths, "none, or the prior learned");
        return this;
    }

    @Override
    public boolean isProper() {
        return true;
    }

    @Override
    public boolean isStandard() {
        return true;
    }

    @Override
    public void check(Code code, boolean conditioned, int importanceSamples) {
        KlTerm.check(this, code, importanceSamples);
    }

    @Override
    public Set<Term> terms() {
        return KlTerm.terms(this);
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
        KlTerm.add(this, sum, code, head, prior);
    }

    @Override
    public void draw(float[] z, float[] head) {
        // Standard normal numbers are draws already.
    }
}
