package dev.hourglass.cli.option;

import dev.hourglass.cli.output.UsageException;
import dev.hourglass.model.Specification;
import dev.hourglass.report.Estimates;
import picocli.CommandLine.Option;

/** What {@code evaluate} measures beside the loss terms. */
public final class EstimateOptions {
    private static final int MOST_IMPORTANCE_SAMPLES = 1_000_000;

    @Option(names = "--importance-samples", paramLabel = "K", order = 30,
            description = "log p(x) from K codes of q(z|x) per example; it rises with K")
    Integer importanceSamples;
    @Option(names = "--decompose", order = 31,
            description = "the ELBO taken apart: E log p(x|z), I(x;z), KL(q(z)||p(z)); KL per dimension, active units")
    boolean decompose;
    @Option(names = "--decompose-samples", paramLabel = "S", defaultValue = "4", order = 32, description = "codes per example for that (4)")
    int decompositionSamples;
    @Option(names = "--jacobian", order = 33, description = "the encoder's Jacobian: norms, saturated units, singular values, contraction")
    boolean jacobian;

    /** Returns what is asked; refuses what the model does not have. */
    public Estimates.Wanted wanted(Specification specification) {
        if (importanceSamples != null && (importanceSamples < 1 || importanceSamples > MOST_IMPORTANCE_SAMPLES)) {
            throw new UsageException("--importance-samples " + importanceSamples + ": expected 1 to " + MOST_IMPORTANCE_SAMPLES);
        }
        if (decompositionSamples < 1 || decompositionSamples > 1000) {
            throw new UsageException("--decompose-samples " + decompositionSamples + ": expected 1 to 1000");
        }
        if ((importanceSamples != null || decompose) && !Estimates.hasLikelihood(specification)) {
            throw new UsageException((decompose ? "--decompose" : "--importance-samples") + ": the model " + specification.preset()
                    + " has a deterministic code and so no q(z|x), expected a Gaussian code; leave the option out, or train a vae");
        }
        return new Estimates.Wanted(importanceSamples == null ? 0 : importanceSamples, decompose ? decompositionSamples : 0, 0, 0,
                jacobian ? Integer.MAX_VALUE : 0);
    }
}
