package dev.hourglass.evaluate;

import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Examples;
import dev.hourglass.model.Likelihood;
import dev.hourglass.model.Specification;

/**
 * How badly a model explains examples: higher is more anomalous. {@link Threshold} turns scores into labels, {@link Roc} judges them.
 *
 * <p>The default for tables, the same for every data set: the preset {@code vae} with a Gaussian likelihood of one learned variance per feature,
 * one hidden layer of 64, 8 latent dimensions, standardised columns, trained on all rows without labels for 100 epochs (Adam 1e-3, batches of 128),
 * scored by {@link Kind#NEGATIVE_LOG_LIKELIHOOD} with {@value #DEFAULT_SAMPLES} samples. A reconstruction error alone misses anomalies that
 * reconstruct well from an unusual code, and weighs features alike whose noise differs. The choice among up to twenty variants was made on the
 * ADBench sets satellite (mean area under the curve of seeds 0 to 4: 0.708) and vowels (0.908); three finalists then ran on all twelve and were about
 * equal, so the ten others (0.81 to 0.995) are the fairer test but not an untouched one.
 *
 * @param kind what the scores are
 * @param samples codes per example that entered; 1 where none are sampled
 * @param scores in the order of the examples
 */
public record AnomalyScores(Kind kind, int samples, double[] scores) {
    /** Codes per example that are enough to rank examples by. */
    public static final int DEFAULT_SAMPLES = 50;

    /** The scores, all for the clean input. */
    public enum Kind {
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
        KL
    }

    /** Returns the score to use when nothing is known: {@code NEGATIVE_LOG_LIKELIHOOD} of a Gaussian code, else {@code RECONSTRUCTION_ERROR}. */
    public static Kind defaultKind(Autoencoder model) {
        return model.specification().code().isGaussian() ? Kind.NEGATIVE_LOG_LIKELIHOOD : Kind.RECONSTRUCTION_ERROR;
    }

    /** Receives scores one example at a time, in order. */
    @FunctionalInterface
    public interface Receiver {
        /**
         * The score of an example.
         *
         * @param contributions of each feature, as the {@link Kind} says; empty when there are none
         */
        void score(int row, double score, double[] contributions);
    }

    /**
     * Scores examples.
     *
     * @param samples codes per example for the kinds that sample, at least 1
     * @throws IllegalArgumentException when the model has no such score: a deterministic code has no KL and no p(x), the squared error no likelihood
     */
    public static AnomalyScores of(Autoencoder model, Examples examples, Kind kind, int samples, long seed, Progress progress) {
        double[] scores = new double[examples.rows()];
        score(model, examples, kind, samples, seed, false, progress, (row, score, contributions) -> scores[row] = score);
        return new AnomalyScores(kind, used(model, kind, samples), scores);
    }

    /** Scores examples and hands on what each feature contributes, so that nothing of the size of the data is kept; scores are those of {@link #of} up to rounding. */
    public static void explain(Autoencoder model, Examples examples, Kind kind, int samples, long seed, Progress progress, Receiver receiver) {
        score(model, examples, kind, samples, seed, true, progress, receiver);
    }

    private static int used(Autoencoder model, Kind kind, int samples) {
        boolean sampled = kind == Kind.RECONSTRUCTION_PROBABILITY || kind == Kind.NEGATIVE_LOG_LIKELIHOOD;
        return sampled && model.specification().code().isGaussian() ? samples : 1;
    }

    private static void score(Autoencoder model, Examples examples, Kind kind, int samples, long seed, boolean explained, Progress progress,
                              Receiver receiver) {
        Likelihood.Kind likelihood = model.specification().likelihood().kind();
        if (kind == Kind.RECONSTRUCTION_PROBABILITY) {
            Evaluated.require(likelihood != Likelihood.Kind.SQUARED_ERROR, "the squared error is no density", "likelihood",
                    Specification.label(likelihood), "bernoulli or gaussian, or the score reconstruction-error");
        } else if (kind != Kind.RECONSTRUCTION_ERROR) {
            Evaluated.requireGaussian(model, "the score " + Specification.label(kind));
        }
        switch (kind) {
            case RECONSTRUCTION_ERROR, KL -> new CodeScores(model, kind, receiver).run(examples, seed, progress);
            default -> new StreamedDraws(model, samples, false, seed).run(examples, progress,
                    new SampledScores(model, kind == Kind.NEGATIVE_LOG_LIKELIHOOD, explained, receiver));
        }
    }
}
