package dev.hourglass.evaluate;

import dev.hourglass.backend.Binarization;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Scaling;
import dev.hourglass.model.Model;
import dev.hourglass.model.Specification;
import dev.hourglass.model.likelihood.Likelihood;

/** What log p(x|z) of a model is on its data. */
public enum Measure {
    /** A density or probability: log-likelihoods are true ones. */
    LOG_LIKELIHOOD,
    /** Bernoulli terms of grey targets in (0, 1): a cross-entropy with a floor of its own. Compare it only between models of the same kind. */
    CROSS_ENTROPY;

    private static final float BINARY_SLACK = 1e-5f;

    /** Returns what the words on a report are. */
    public String label() {
        return this == LOG_LIKELIHOOD ? "log-likelihood" : "cross-entropy of grey targets, not a likelihood";
    }

    /**
     * Finds out what the likelihood of a model is on these data.
     *
     * @throws IllegalArgumentException for a likelihood that is no density
     */
    static Measure of(Model model, Dataset features) {
        Specification specification = model.specification();
        Likelihood likelihood = specification.likelihood();
        Likelihood.requireDensity(likelihood, "");
        boolean binary = likelihood.isDensityOfGrey() || specification.binarization() != Binarization.NONE
                || isBinary(features, model.schema().scaling());
        return binary ? LOG_LIKELIHOOD : CROSS_ENTROPY;
    }

    private static boolean isBinary(Dataset features, Scaling scaling) {
        float[] values = new float[features.columns()];
        for (int row = 0; row < features.rows(); row++) {
            scaling.encode(features, row, values, 0);
            for (float value : values) {
                if (Math.abs(value) > BINARY_SLACK && Math.abs(value - 1) > BINARY_SLACK) {
                    return false;
                }
            }
        }
        return true;
    }
}
