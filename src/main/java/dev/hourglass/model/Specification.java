package dev.hourglass.model;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Binarization;
import dev.hourglass.nn.Initialization;
import java.util.List;

/**
 * Everything that is chosen about a model, before any data: the parts of the pipeline and how they fit. Immutable; JSON writes its components.
 *
 * @param preset name of the preset it started from, for people
 * @param corruption of the input
 * @param hidden widths of the encoder's hidden layers; empty for a linear encoder
 * @param decoderHidden widths of the decoder's hidden layers
 * @param activation of all hidden layers
 * @param code what stands in the middle
 * @param prior of a Gaussian code
 * @param likelihood p(x|z)
 * @param penalties beside the KL term
 * @param tied whether the decoder uses the encoder's weights transposed
 * @param initialization of the weights
 * @param outputBiasFromData whether the output bias starts at the training mean (its logit for Bernoulli)
 * @param importanceSamples k of the importance-weighted bound; 1 is the ELBO
 * @param binarization of grey values when a batch is drawn
 * @param condition what the model is conditioned on
 */
public record Specification(String preset, Corruption corruption, List<Integer> hidden, List<Integer> decoderHidden, Activation activation,
                            Code code, Prior prior, Likelihood likelihood, Penalties penalties, boolean tied, Initialization initialization,
                            boolean outputBiasFromData, int importanceSamples, Binarization binarization, ConditionKind condition) {
    /** What a conditional model is given. */
    public enum ConditionKind {
        /** Nothing. */
        NONE,
        /** The class label, one-hot. */
        LABELS,
        /** Real columns. */
        VALUES
    }

    /**
     * Checks that the parts fit together.
     *
     * @throws IllegalArgumentException in one line: what does not fit, and what would
     */
    public Specification {
        hidden = List.copyOf(hidden);
        decoderHidden = List.copyOf(decoderHidden);
        for (int width : hidden) {
            Refused.unless(width >= 1, "empty layer", "hidden", width, "at least 1 unit");
        }
        for (int width : decoderHidden) {
            Refused.unless(width >= 1, "empty layer", "decoder hidden", width, "at least 1 unit");
        }
        checkCode(code, prior, likelihood, importanceSamples, tied);
        checkPenalties(code, penalties, hidden);
        checkTies(tied, hidden, decoderHidden, condition);
        checkConditions(prior, condition);
        Refused.unless(binarization == Binarization.NONE || likelihood.kind() == Likelihood.Kind.BERNOULLI, "binarised data need a Bernoulli likelihood",
                "likelihood", label(likelihood.kind()), "bernoulli, or --binarize none");
    }

    private static void checkCode(Code code, Prior prior, Likelihood likelihood, int importanceSamples, boolean tied) {
        boolean gaussian = code.isGaussian();
        Refused.unless(gaussian || prior.kind() == Prior.Kind.NONE, "a deterministic code has no prior", "prior", label(prior.kind()), "none");
        Refused.unless(!gaussian || !tied, "tied weights need a deterministic code", "code", label(code.kind()), "deterministic, or untied weights");
        Refused.unless(!gaussian || likelihood.kind() != Likelihood.Kind.SQUARED_ERROR, "squared error is no likelihood, so its ELBO would be none",
                "likelihood", "squared-error", "gaussian (variance 0.5 has the same gradient)");
        Refused.unless(prior.freeBits() == 0 || code.kind() == Code.Kind.DIAGONAL_GAUSSIAN && prior.kind() != Prior.Kind.NONE,
                "free bits are counted per dimension", "free bits", prior.freeBits(), "a diagonal Gaussian code with a prior, or 0");
        Refused.unless(importanceSamples >= 1, "no samples", "importance samples", importanceSamples, "at least 1");
        Refused.unless(importanceSamples == 1 || gaussian && prior.kind() != Prior.Kind.NONE, "the importance-weighted bound needs q(z|x) and p(z)",
                "importance samples", importanceSamples, "1, or a Gaussian code with a prior");
        Refused.unless(importanceSamples == 1 || prior.freeBits() == 0 && prior.weight().equals(KlWeight.constant(1)),
                "the importance-weighted bound has no separate KL term", "KL weight", prior.weight().beta(), "constant 1 and no free bits");
    }

    private static void checkPenalties(Code code, Penalties penalties, List<Integer> hidden) {
        boolean bounded = code.activation() == Activation.SIGMOID || code.activation() == Activation.TANH;
        Refused.unless(penalties.sparsity().weight() == 0 || bounded, "KL sparsity needs a bounded code", "code activation", code.activation().label(),
                "sigmoid or tanh");
        Refused.unless(penalties.l1() == 0 || !code.isGaussian(), "L1 is a penalty on a deterministic code", "code", label(code.kind()), "deterministic");
        Refused.unless(penalties.contraction().hessianWeight() == 0 || hidden.isEmpty() && !code.isGaussian(), "the Hessian term is for one deterministic layer",
                "hidden", hidden, "none and a deterministic code");
    }

    private static void checkTies(boolean tied, List<Integer> hidden, List<Integer> decoderHidden, ConditionKind condition) {
        if (!tied) {
            return;
        }
        List<Integer> mirrored = new java.util.ArrayList<>(hidden);
        java.util.Collections.reverse(mirrored);
        Refused.unless(mirrored.equals(decoderHidden), "tied weights need a mirrored decoder", "decoder hidden", decoderHidden, mirrored.toString());
        Refused.unless(condition == ConditionKind.NONE, "tied weights and a condition do not combine", "condition", label(condition), "none, or untied weights");
    }

    private static void checkConditions(Prior prior, ConditionKind condition) {
        Refused.unless(prior.kind() != Prior.Kind.LEARNED || condition != ConditionKind.NONE, "a learned prior p(z|c) needs a condition", "condition", "none",
                "labels or columns");
    }

    /** Returns an enum constant the way the command line writes it. */
    public static String label(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
