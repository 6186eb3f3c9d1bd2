package dev.hourglass.evaluate;

import dev.hourglass.data.Examples;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
import java.util.Locale;

/**
 * The ELBO taken apart (Hoffman and Johnson 2016): E log p(x|z) - I(x;z) - KL(q(z)||p(z)), all in nats per example, q(z) = (1/N) sum_n q(z|x_n)
 * over all N examples given, the own one included. Maximising the ELBO penalises I.
 *
 * <p>{@code mutualInformation + marginalKl = sampledKl} on the same samples, and {@code sampledKl} estimates {@code analyticKl}. I lies in
 * [0, log N] whatever the model; where it is close to log N, N is too small for it to say anything. A sampled I that noise puts outside is moved
 * to the bound it passed, and marginalKl takes the difference.
 *
 * <p>Conditional models, see {@link Conditioning}: all KL terms are against p(z|c).
 *
 * @param conditioning which forms these are
 * @param measure what {@code reconstruction} is
 * @param examples N
 * @param samplesPerExample codes drawn for each
 * @param reconstruction E log p(x|z)
 * @param kl KL(q(z|x)||p(z)) and the two terms it consists of
 * @param dimensions of the code
 * @param warning one line when the code has collapsed, saying what to try; empty otherwise
 */
public record Decomposition(Conditioning conditioning, Measure measure, int examples, int samplesPerExample, Estimate reconstruction, Kl kl,
        Dimensions dimensions, String warning) {
    /**
     * The mean KL(q(z|x)||p(z)) and what it consists of.
     *
     * @param mutualInformation I(x;z) = E[log q(z|x) - log q(z)]
     * @param mutualInformationBound log N
     * @param marginal KL(q(z)||p(z)) = E[log q(z) - log p(z)]
     * @param analytic mean of KL(q(z|x)||p(z)) in closed form
     * @param sampled E[log q(z|x) - log p(z)]
     */
    public record Kl(Estimate mutualInformation, double mutualInformationBound, Estimate marginal, double analytic, Estimate sampled) {
    }

    /**
     * The code, one value for each of its dimensions.
     *
     * @param kl mean KL(q(z_j|x)||p(z_j)); the sum is {@code analyticKl} for a diagonal q, at most that for a full covariance
     * @param meanVariances Var_x(E_q[z_j]) of each dimension
     * @param active dimensions whose mean varies by more than {@link #ACTIVE} (Burda et al. 2016)
     */
    public record Dimensions(double[] kl, double[] meanVariances, int active) {
    }

    /** A dimension is active when Var_x(E_q[z_j]) exceeds this. */
    public static final double ACTIVE = 0.01;

    /** The forms of the decomposition. */
    public enum Conditioning {
        /** No condition: I(x;z) and KL(q(z)||p(z)). */
        NONE,
        /**
         * Conditioned on labels: q(z|c) is the aggregate over the examples of a class; I(x;z|c) with bound sum_c (N_c/N) log N_c, and
         * KL(q(z|c)||p(z|c)) averaged over the classes.
         */
        WITHIN_CLASSES,
        /**
         * Conditioned on real values, where every c occurs once: q(z) is the aggregate over all examples, so I is I(x,c;z), and the second term
         * is E[log q(z) - log p(z|c)]. That is KL(q(z)||p(z)) for a fixed prior; with a learned prior it is no divergence and negative when p(z|c)
         * knows more of z than q(z) does.
         */
        JOINT
    }

    /** Returns E log p(x|z) minus the closed-form KL. */
    public double elbo() {
        return reconstruction.mean() - kl.analytic;
    }

    /** Returns I(x;z). */
    public Estimate mutualInformation() {
        return kl.mutualInformation;
    }

    /** Returns log N. */
    public double mutualInformationBound() {
        return kl.mutualInformationBound;
    }

    /** Returns KL(q(z)||p(z)). */
    public Estimate marginalKl() {
        return kl.marginal;
    }

    /** Returns the mean of KL(q(z|x)||p(z)) in closed form. */
    public double analyticKl() {
        return kl.analytic;
    }

    /** Returns the mean of KL(q(z|x)||p(z)) on the samples. */
    public Estimate sampledKl() {
        return kl.sampled;
    }

    /** Returns the mean KL of each dimension. */
    public double[] klPerDimension() {
        return dimensions.kl;
    }

    /** Returns the variance over the examples of each dimension's mean. */
    public double[] meanVariances() {
        return dimensions.meanVariances;
    }

    /** Returns the number of active dimensions. */
    public int activeUnits() {
        return dimensions.active;
    }

    /**
     * Takes the ELBO of a model apart. Time grows with N^2 (within classes, with the sum of N_c^2); memory on the device does not grow with N.
     *
     * @param samplesPerExample at least 1; from 2 on the standard errors are of the sampling alone
     * @throws IllegalArgumentException for a deterministic code
     */
    public static Decomposition of(Model model, Examples examples, int samplesPerExample, long seed, ProgressListener progress) {
        Code.gaussian(model.specification().code(), "the decomposition of the ELBO");
        Require.that(samplesPerExample >= 1, "evaluate", "no samples", "samples", samplesPerExample, "at least 1");
        try (DecompositionRun run = new DecompositionRun(model, examples, samplesPerExample, seed, progress)) {
            return run.result();
        }
    }

    /** What a report says of a code of which little is left; empty when all is well. */
    static String warning(int activeUnits, int latent, double analyticKl) {
        String remedy = "; try a KL weight that warms up from 0 or is cyclical, free bits, a weight below 1, or a weaker decoder";
        if (activeUnits == 0) {
            return "posterior collapse: none of " + latent + " latent dimensions is active and KL is "
                    + String.format(Locale.ROOT, "%.3g", analyticKl)
                    + " nats, so the decoder ignores the code" + remedy;
        }
        if (2 * activeUnits < latent) {
            return "partial collapse: " + activeUnits + " of " + latent
                    + " latent dimensions are active; fewer dimensions would do as well, or to use more" + remedy;
        }
        return "";
    }

    /** Returns the three parts and what they are of, without the single dimensions. */
    @Override
    public String toString() {
        return "Decomposition[" + Label.of(measure) + ", " + examples + " examples, reconstruction " + reconstruction
                + ", mutual information " + kl.mutualInformation + ", marginal KL " + kl.marginal + ", " + dimensions.active
                + " active units]";
    }
}
