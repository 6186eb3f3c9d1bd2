package dev.hourglass.inference;

import dev.hourglass.message.Label;
import dev.hourglass.model.Specification;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;

/** How badly a model explains a row, always for the clean input: higher is more anomalous. */
public enum ScoreKind {
    /** sum_j (x_j - E[x_j|h])^2 at the code, or at the mean of q(z|x), on the scale of the model. Contributions: the squares. */
    RECONSTRUCTION_ERROR,
    /**
     * Mean of -log p(x|z) over z ~ q(z|x) (An and Cho 2015); at h itself for a deterministic code with a likelihood. Contributions: the same of
     * each feature.
     */
    RECONSTRUCTION_PROBABILITY,
    /**
     * Importance-sampled -log p(x). Contributions: -log p(x_j|z) of each feature averaged over the posterior p(z|x), that is with the
     * importance weights; what is left of the score is KL(p(z|x)||p(z)), which belongs to no feature.
     */
    NEGATIVE_LOG_LIKELIHOOD,
    /** KL(q(z|x)||p(z)) in closed form. No contributions: it says nothing of single features. */
    KL;

    /** Returns the score to use when nothing is known: {@code NEGATIVE_LOG_LIKELIHOOD} of a Gaussian code, else {@code RECONSTRUCTION_ERROR}. */
    public static ScoreKind defaultOf(Specification specification) {
        return specification.code().isSampled() ? NEGATIVE_LOG_LIKELIHOOD : RECONSTRUCTION_ERROR;
    }

    /** Returns whether codes are sampled for it. */
    public boolean samples(Specification specification) {
        return (this == RECONSTRUCTION_PROBABILITY || this == NEGATIVE_LOG_LIKELIHOOD) && specification.code().isSampled();
    }

    /** Returns the unit of the score. */
    public String unit() {
        return this == RECONSTRUCTION_ERROR ? "squared error on the scale of the model" : "nats";
    }

    /**
     * Refuses a model that has no such score.
     *
     * @throws IllegalArgumentException when it has not: a deterministic code has no KL and no p(x), the squared error no likelihood
     */
    public void check(Specification specification) {
        if (this == RECONSTRUCTION_PROBABILITY) {
            Likelihood.requireDensity(specification.likelihood(), ", or the score reconstruction-error");
        } else if (this != RECONSTRUCTION_ERROR) {
            Code.gaussian(specification.code(), "the score " + Label.of(this));
        }
    }
}
