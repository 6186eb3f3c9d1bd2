package dev.hourglass.model.prior;

import dev.hourglass.message.Require;

/**
 * Weight of the KL term over training.
 *
 * @param kind how it moves
 * @param beta its full value, at least 0 (Higgins et al. 2017)
 * @param epochs LINEAR: epochs from 0 to beta (Bowman et al. 2016); CYCLICAL: epochs of one cycle, rising over its first half (Fu et al. 2019)
 */
public record KlWeight(Kind kind, double beta, double epochs) {
    /** How the weight moves. */
    public enum Kind {
        /** beta from the start. */
        CONSTANT,
        /** From 0 to beta, then beta. */
        LINEAR,
        /** From 0 to beta and again. */
        CYCLICAL
    }

    public KlWeight {
        Require.that(beta >= 0 && Double.isFinite(beta), "model", "negative KL weight", "beta", beta, "a number of at least 0");
        Require.that(kind == Kind.CONSTANT || epochs > 0 && Double.isFinite(epochs), "model", "schedule without a length", "epochs", epochs,
                "more than 0");
    }

    /** beta throughout. */
    public static KlWeight constant(double beta) {
        return new KlWeight(Kind.CONSTANT, beta, 0);
    }

    /** Linear warm-up over that many epochs. */
    public static KlWeight linear(double beta, double epochs) {
        return new KlWeight(Kind.LINEAR, beta, epochs);
    }

    /** Cycles of that many epochs. */
    public static KlWeight cyclical(double beta, double epochs) {
        return new KlWeight(Kind.CYCLICAL, beta, epochs);
    }

    /** Returns the weight after {@code progress} epochs, counted in fractions. */
    public double at(double progress) {
        return switch (kind) {
            case CONSTANT -> beta;
            case LINEAR -> beta * Math.min(1, progress / epochs);
            case CYCLICAL -> beta * Math.min(1, 2 * (progress / epochs - Math.floor(progress / epochs)));
        };
    }
}
