package dev.hourglass.evaluate;

import dev.hourglass.data.Examples;
import dev.hourglass.message.Label;
import dev.hourglass.model.Encoded;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
import java.util.Arrays;

/**
 * log p(x) of examples, or log p(x|c) of a conditional model, by sampling codes: log (1/K) sum_k w_k. Each is a lower bound in expectation that
 * rises with K (Burda et al. 2016, theorem 1), so K belongs to the result. Inputs are not corrupted. A model trained without a KL term is measured
 * with the prior its samples are drawn from, N(0, I).
 *
 * @param perExample nats, in the order of the examples
 * @param mean nats per example
 * @param standardError of the mean for these examples, over other draws of their codes, by the jackknife; from K = 5 on it is within a quarter
 *     of the truth, but for an effective sample size of a few, where it can be two fifths too large. 0 with K = 1, where there is no estimate of it. It does
 *     not say how far the mean lies below log p(x)
 * @param meanEffectiveSampleSize (sum w)^2 / sum w^2 averaged over the examples: near 1 says that one sample carries the estimate
 * @param minimumEffectiveSampleSize the least of them
 * @param samples K
 * @param proposal where the codes come from
 * @param measure whether these are log-likelihoods, or the cross-entropies of grey targets
 */
public record LogLikelihood(double[] perExample, double mean, double standardError, double meanEffectiveSampleSize,
        double minimumEffectiveSampleSize, int samples, Proposal proposal, Measure measure) {
    /** Where codes come from. */
    public enum Proposal {
        /** z ~ q(z|x), w = p(x|z) p(z) / q(z|x). */
        POSTERIOR,
        /** z ~ p(z|c), w = p(x|z): unbiased too, of high variance beyond a few latent dimensions. */
        PRIOR
    }

    /**
     * Importance sampling from q(z|x): log (1/K) sum_k p(x|z_k) p(z_k) / q(z_k|x).
     *
     * @param samples K, at least 1; memory does not grow with it
     * @throws IllegalArgumentException for a deterministic code or the squared error, which have no p(x)
     */
    public static LogLikelihood estimate(Model model, Examples examples, int samples, long seed, ProgressListener progress) {
        return run(model, examples, samples, seed, Proposal.POSTERIOR, progress);
    }

    /**
     * Sampling from the prior: log (1/K) sum_k p(x|z_k, c), z_k ~ p(z|c), other codes for every example.
     *
     * @throws IllegalArgumentException as {@link #estimate}
     */
    public static LogLikelihood priorSampling(Model model, Examples examples, int samples, long seed, ProgressListener progress) {
        return run(model, examples, samples, seed, Proposal.PRIOR, progress);
    }

    private static LogLikelihood run(Model model, Examples examples, int samples, long seed, Proposal proposal, ProgressListener progress) {
        Code.gaussian(model.specification().code(), "log p(x)");
        Measure measure = Measure.of(model, examples.features());
        Sums sums = new Sums(examples.rows(), proposal);
        new StreamedDraws(model, samples, proposal == Proposal.PRIOR, seed).run(examples, progress, sums);
        return sums.result(samples, measure);
    }

    /** Adds the weights of a batch as they come and keeps four numbers of every example. */
    private static final class Sums implements StreamedDraws.Receiver {
        private final Proposal proposal;
        private final double[] perExample;
        private double variance;
        private double sizes;
        private double smallest = Double.POSITIVE_INFINITY;
        private JackknifedLogMean[] current;

        Sums(int rows, Proposal proposal) {
            this.proposal = proposal;
            this.perExample = new double[rows];
        }

        @Override
        public void drawn(int position, Encoded encoded, Draw draw, int count) {
            if (current == null) {
                current = new JackknifedLogMean[encoded.rows()];
                Arrays.setAll(current, b -> new JackknifedLogMean());
            }
            double[] logWeights = logWeights(draw, proposal == Proposal.POSTERIOR);
            for (int i = 0; i < logWeights.length; i++) {
                current[i / count].add(logWeights[i]);
            }
        }

        @Override
        public void finished(int position, int rows) {
            for (int b = 0; b < rows; b++) {
                perExample[position + b] = current[b].all().logMean();
                variance += current[b].variance();
                double size = current[b].all().effectiveSampleSize();
                sizes += size;
                smallest = Math.min(smallest, size);
            }
            current = null;
        }

        LogLikelihood result(int samples, Measure measure) {
            double sum = 0;
            for (double value : perExample) {
                sum += value;
            }
            int rows = perExample.length;
            return new LogLikelihood(perExample, sum / rows, Math.sqrt(variance) / rows, sizes / rows, smallest, samples, proposal,
                    measure);
        }
    }

    /** log w of every sample. */
    static double[] logWeights(Draw draw, boolean weighted) {
        float[] reconstruction = draw.reconstruction().read();
        float[] cost = weighted ? draw.cost().read() : null;
        double[] logWeights = new double[reconstruction.length];
        for (int i = 0; i < logWeights.length; i++) {
            logWeights[i] = -(double) reconstruction[i] - (weighted ? cost[i] : 0);
        }
        return logWeights;
    }

    /** Returns the mean, its error and what was measured on, without the single examples. */
    @Override
    public String toString() {
        return "LogLikelihood[" + Label.of(measure) + " " + (float) mean + " +- " + (float) standardError + " nats, " + perExample.length
                + " examples, K=" + samples + ", " + Label.of(proposal) + "]";
    }
}
