package dev.hourglass.model.prior;

import dev.hourglass.autograd.PriorHead;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.LossSum;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.network.Network;
import dev.hourglass.nn.Initialization;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Tensor;
import java.util.List;
import java.util.Set;

/** The prior of a Gaussian code, and with it the KL term of the objective. */
public sealed interface Prior permits StandardNormal, Learned, None {
    /** Returns one of each kind, as the command line starts from it. */
    static List<Prior> all() {
        return List.of(standardNormal(), learned(List.of(100)), none());
    }

    /** N(0, I) with weight 1. */
    static Prior standardNormal() {
        return new StandardNormal(KlWeight.constant(1), 0);
    }

    /** p(z|c) = N(m(c), diag e^s(c)) from a network with these hidden layers. */
    static Prior learned(List<Integer> hidden) {
        return new Learned(KlWeight.constant(1), 0, hidden);
    }

    /** No KL term. */
    static Prior none() {
        return new None();
    }

    /** Returns the weight of the KL term. */
    KlWeight weight();

    /** Returns the nats each dimension may use for free; 0 is off. */
    double freeBits();

    /**
     * Returns the same prior with another KL term.
     *
     * @throws IllegalArgumentException when it has none
     */
    Prior withKl(KlWeight weight, double freeBits);

    /** Returns the widths of the hidden layers of its network, empty without one. */
    List<Integer> hidden();

    /**
     * Returns the same prior with a network of these hidden layers.
     *
     * @throws IllegalArgumentException when it has no network
     */
    Prior withHidden(List<Integer> widths);

    /** Returns whether there is a p(z), so that bounds and decompositions of the ELBO are defined. */
    boolean isProper();

    /** Returns whether codes are meant to lie around 0 with variance 1, whatever the condition. */
    boolean isStandard();

    /**
     * Refuses what it does not go with.
     *
     * @param conditioned whether the model is given a condition
     * @throws IllegalArgumentException in one line: what does not fit, and what would
     */
    void check(Code code, boolean conditioned, int importanceSamples);

    /** Returns which terms of the objective are its own. */
    Set<Term> terms();

    /** Declares the parameters of its network; returns null when it has none. */
    Network declare(Parameters parameters, int latent, int conditions, Activation hidden, Initialization initialization, long seed);

    /** Writes the prior of each condition on a tape. */
    PriorHead head(Tape tape, Network network, Tensor condition);

    /** Adds its term for the codes of a batch, weighted by the KL weight of the step; nothing when there is none. */
    void addTerm(LossSum sum, Code code, Tensor head, PriorHead prior);

    /**
     * Turns standard normal numbers into a draw from the prior.
     *
     * @param z [latent]; Modified
     * @param head the values of {@link #head} for one condition, [2 latent]; null when the prior has none
     */
    void draw(float[] z, float[] head);
}
