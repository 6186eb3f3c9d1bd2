package dev.hourglass.model.prior;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.PriorHead;
import dev.hourglass.backend.Posterior;
import dev.hourglass.backend.StepState;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.LossSum;
import dev.hourglass.model.loss.Term;
import dev.hourglass.tensor.Tensor;
import java.util.EnumSet;
import java.util.Set;

/** KL(q(z|x) || p) of the priors that have one: its weight, free bits (Kingma et al. 2016, eq. 15) and what they refuse. */
final class KlTerm {
    private KlTerm() {
    }

    static void requireFreeBits(double freeBits) {
        Require.that(freeBits >= 0 && Double.isFinite(freeBits), "model", "negative free bits", "free bits", freeBits,
                "nats of at least 0");
    }

    static void check(Prior prior, Code code, int importanceSamples) {
        Require.that(code.isSampled(), "model", "a deterministic code has no prior", "prior", Label.of(prior.getClass()),
                "none");
        Require.that(prior.freeBits() == 0 || Code.gaussian(code, "free bits").posterior() == Posterior.DIAGONAL, "model",
                "free bits are counted per dimension", "free bits",
                prior.freeBits(), "a diagonal Gaussian code with a prior, or 0");
        Require.that(importanceSamples == 1 || prior.freeBits() == 0 && prior.weight().equals(KlWeight.constant(1)), "model",
                "the importance-weighted bound has no separate KL term", "KL weight", prior.weight().beta(), "constant 1 and no free bits");
    }

    static Set<Term> terms(Prior prior) {
        return prior.freeBits() > 0 && prior.weight().beta() > 0 ? EnumSet.of(Term.KL, Term.FREE_BITS) : EnumSet.of(Term.KL);
    }

    static void add(Prior prior, LossSum sum, Code code, Tensor head, PriorHead priorHead) {
        int latent = code.latent();
        Posterior posterior = Code.gaussian(code, "KL(q(z|x)||p(z))").posterior();
        int rows = sum.rows();
        CodeOps codes = new CodeOps(sum.tape(), sum.state());
        boolean weighted = prior.weight().beta() > 0;
        LossWeights weights = weighted ? LossWeights.scheduled(sum.tape(), sum.state(), StepState.KL_WEIGHT, rows, 1f / rows) : null;
        if (prior.freeBits() == 0 || !weighted) {
            sum.add(Term.KL, codes.kl(posterior, head, latent, priorHead, null, weights), weights, 1);
            return;
        }
        CodeOps.FreeBits free = codes.freeBits(codes.klPerDimension(head, latent, priorHead), (float) prior.freeBits());
        sum.add(Term.KL, codes.kl(posterior, head, latent, priorHead, free.gate(), weights), null, 1);
        sum.add(Term.FREE_BITS, free.value(), LossWeights.scheduled(sum.tape(), sum.state(), StepState.KL_WEIGHT, 1, 1), rows);
    }
}
