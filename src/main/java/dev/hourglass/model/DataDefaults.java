package dev.hourglass.model;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Support;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;

/**
 * The likelihood and the scaling that suit the data, where nobody chose: the one default for the command line and for Java.
 *
 * <ul>
 * <li>Pictures keep the likelihood of the preset.</li>
 * <li>So do values that all lie in [0, 1] where that likelihood is made for them; they are not scaled then.</li>
 * <li>All else gets a Gaussian likelihood with a variance per feature, or the squared error when the code is deterministic, on standardised columns.</li>
 * </ul>
 *
 * @param specification with the likelihood
 * @param scaling in words
 * @param reason why, for the line that is told before a training; starts with "because" or "as"
 */
public record DataDefaults(Specification specification, String scaling, String reason) {
    private static final String AUTO = "auto";

    /**
     * Chooses.
     *
     * @param chosen whether someone chose the likelihood
     * @param scaling what someone wrote, or auto
     */
    public static DataDefaults of(Specification asked, boolean chosen, String scaling, Dataset training) {
        if (chosen) {
            return new DataDefaults(asked, scaling, "as asked");
        }
        if (training.pictureShape().isPresent()) {
            return new DataDefaults(asked, scaling, "because the data are pictures");
        }
        boolean unit = asked.likelihood().support() == Support.UNIT_INTERVAL;
        if (unit && isWithinUnitInterval(training)) {
            return new DataDefaults(asked, scaling.equals(AUTO) ? "none" : scaling, "because all values lie in [0, 1]");
        }
        Likelihood likelihood = asked.code().isSampled() ? Likelihood.gaussian(Variance.PER_FEATURE)
                : Likelihood.squaredError();
        return new DataDefaults(asked.withLikelihood(likelihood), scaling,
                "because the data are no pictures" + (unit ? " and not in [0, 1]" : ""));
    }

    private static boolean isWithinUnitInterval(Dataset data) {
        for (int row = 0; row < data.rows(); row++) {
            for (float value : data.row(row)) {
                if (!(value >= 0 && value <= 1)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Returns the line to tell: likelihood, scaling and why. */
    public String line(Schema schema) {
        String input = schema.inputScaling().equals(schema.scaling()) ? "" : ", inputs " + schema.inputScaling().words();
        return "likelihood " + specification.likelihood().words() + ", " + schema.scaling().words() + input + ", " + reason;
    }
}
