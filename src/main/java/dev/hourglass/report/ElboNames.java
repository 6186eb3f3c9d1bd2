package dev.hourglass.report;

import dev.hourglass.evaluate.Decomposition;
import dev.hourglass.evaluate.Decomposition.Conditioning;

/** The names of the parts of the ELBO, which depend on what a model is conditioned on. */
final class ElboNames {
    /** I this close to log N says that N is too small. */
    private static final double SATURATED = 0.1;

    private ElboNames() {
    }

    static String conditioning(Conditioning conditioning) {
        return switch (conditioning) {
            case NONE -> "";
            case WITHIN_CLASSES -> ", within classes";
            case JOINT -> ", conditions varying with the examples";
        };
    }

    static String information(Conditioning conditioning) {
        return switch (conditioning) {
            case NONE -> "I(x;z)";
            case WITHIN_CLASSES -> "I(x;z|c)";
            case JOINT -> "I(x,c;z)";
        };
    }

    static String bound(Conditioning conditioning) {
        return conditioning == Conditioning.WITHIN_CLASSES ? "mean of log N_c" : "log N";
    }

    static String marginal(Conditioning conditioning) {
        return switch (conditioning) {
            case NONE -> "KL(q(z)||p(z))";
            case WITHIN_CLASSES -> "KL(q(z|c)||p(z|c))";
            case JOINT -> "E log q(z)/p(z|c)";
        };
    }

    /** What the part of the KL beside I is. */
    static String rest(Conditioning conditioning) {
        return switch (conditioning) {
            case NONE -> "how far the codes of all examples together lie from the prior";
            case WITHIN_CLASSES -> "how far the codes of each class together lie from its prior";
            case JOINT ->
                "how the codes of all examples together compare with the prior of each condition, which is no distance: below 0 where the condition"
                        + " tells more of the code than the aggregate does";
        };
    }

    /** Returns whether I is at its bound and so says nothing of the model. */
    static boolean saturated(Decomposition d) {
        return d.mutualInformationBound() - d.mutualInformation().mean() < SATURATED;
    }
}
