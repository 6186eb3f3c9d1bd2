package dev.hourglass.model;

import java.util.List;

/**
 * The prior of a Gaussian code.
 *
 * @param kind N(0, I), a network p(z|c), or none: no KL term at all
 * @param weight of the KL term
 * @param freeBits nats each dimension may use for free, at least 0; 0 is off
 * @param hidden hidden layers of the network p(z|c)
 */
public record Prior(Kind kind, KlWeight weight, double freeBits, List<Integer> hidden) {
    /** Lower bound of the log variance of a learned prior: without one, KL explodes as it falls. */
    public static final float LOG_VARIANCE_FLOOR = -8;

    /** The kinds of prior. */
    public enum Kind {
        /** N(0, I). */
        STANDARD_NORMAL,
        /** p(z|c) = N(m(c), diag e^s(c)). */
        LEARNED,
        /** No KL term. With a Gaussian code its variance collapses and samples from any prior are poor: a named mode, not a default. */
        NONE
    }

    public Prior {
        hidden = List.copyOf(hidden);
        for (int width : hidden) {
            Refused.unless(width >= 1, "empty layer", "prior hidden", width, "at least 1 unit");
        }
        Refused.unless(freeBits >= 0 && Double.isFinite(freeBits), "negative free bits", "free bits", freeBits, "nats of at least 0");
    }

    /** N(0, I) with weight 1. */
    public static Prior standardNormal() {
        return new Prior(Kind.STANDARD_NORMAL, KlWeight.constant(1), 0, List.of());
    }

    /** p(z|c) from a network with these hidden layers. */
    public static Prior learned(List<Integer> hidden) {
        return new Prior(Kind.LEARNED, KlWeight.constant(1), 0, hidden);
    }

    /** No KL term. */
    public static Prior none() {
        return new Prior(Kind.NONE, KlWeight.constant(0), 0, List.of());
    }

    /** Returns the same prior with another weight. */
    public Prior withWeight(KlWeight newWeight) {
        return new Prior(kind, newWeight, freeBits, hidden);
    }

    /** Returns the same prior with free bits. */
    public Prior withFreeBits(double nats) {
        return new Prior(kind, weight, nats, hidden);
    }
}
