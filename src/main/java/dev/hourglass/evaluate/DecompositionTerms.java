package dev.hourglass.evaluate;

import dev.hourglass.backend.Posterior;
import dev.hourglass.evaluate.Decomposition.Conditioning;
import dev.hourglass.model.Encoded;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.code.GaussianCode;

/** The densities of the codes of a chunk, and what they add to the terms of a {@link Decomposition}. */
final class DecompositionTerms {
    private final Posterior posterior;
    private final int latent;
    private final int samples;
    private final double[] reconstruction;
    private final double[] ownDensity;
    private final double[] priorDensity;
    private final Estimate.Sum reconstructions;
    private final Estimate.Sum informations;
    private final Estimate.Sum marginals;
    private final Estimate.Sum sampled;
    private final DimensionStatistics dimensions;

    /** For chunks of up to {@code count} codes, {@code samples} for each example. */
    DecompositionTerms(Model model, int count, int samples) {
        GaussianCode code = Code.gaussian(model.specification().code(), "the decomposition of the ELBO");
        this.posterior = code.posterior();
        this.latent = code.latent();
        this.samples = samples;
        this.reconstruction = new double[count];
        this.ownDensity = new double[count];
        this.priorDensity = new double[count];
        this.reconstructions = new Estimate.Sum(samples);
        this.informations = new Estimate.Sum(samples);
        this.marginals = new Estimate.Sum(samples);
        this.sampled = new Estimate.Sum(samples);
        this.dimensions = new DimensionStatistics(latent);
    }

    /** Keeps log p(x|z), log q(z|x) and log p(z) of the codes of a batch that starts at {@code position} of the chunk. */
    void take(Encoded encoded, Draw draw, int position) {
        int first = position * samples;
        float[] z = draw.code().read();
        float[] losses = draw.reconstruction().read();
        GaussianHead own = new GaussianHead(posterior, latent, encoded.head().read(), Double.NEGATIVE_INFINITY);
        GaussianHead prior = encoded.prior().head() == null ? GaussianHead.standard(latent, encoded.rows())
                : new GaussianHead(Posterior.DIAGONAL, latent, encoded.prior().head().read(), encoded.prior().floor());
        for (int i = 0; i < losses.length; i++) {
            reconstruction[first + i] = -losses[i];
            ownDensity[first + i] = own.logDensity(i / samples, z, i * latent);
            priorDensity[first + i] = prior.logDensity(i / samples, z, i * latent);
        }
        dimensions.add(own, prior, encoded.rows());
    }

    /** Adds a chunk: {@code aggregate} is log sum_n q(z|x_n) of each of its codes over {@code points} examples. */
    void add(double[] aggregate, int points) {
        double[] information = new double[aggregate.length];
        double[] marginal = new double[aggregate.length];
        double[] both = new double[aggregate.length];
        for (int i = 0; i < aggregate.length; i++) {
            // Own and aggregate densities come from different arithmetic: without this, rounding could put I above log N.
            double logQ = Math.max(aggregate[i], ownDensity[i]) - Math.log(points);
            information[i] = ownDensity[i] - logQ;
            marginal[i] = logQ - priorDensity[i];
            both[i] = ownDensity[i] - priorDensity[i];
        }
        for (int first = 0; first < aggregate.length; first += samples) {
            reconstructions.add(reconstruction, first);
            informations.add(information, first);
            marginals.add(marginal, first);
            sampled.add(both, first);
        }
    }

    Decomposition result(Conditioning conditioning, Measure measure, int examples, double bound) {
        Estimate information = informations.estimate();
        double moved = Math.max(0, Math.min(bound, information.mean()));
        Estimate marginal = marginals.estimate();
        double rest = marginal.mean() + information.mean() - moved;
        int active = dimensions.active();
        Decomposition.Kl kl = new Decomposition.Kl(new Estimate(moved, information.standardError()), bound,
                new Estimate(rest, marginal.standardError()), dimensions.kl(), sampled.estimate());
        return new Decomposition(conditioning, measure, examples, samples, reconstructions.estimate(), kl,
                new Decomposition.Dimensions(dimensions.klPerDimension(), dimensions.variances(), active),
                Decomposition.warning(active, latent, dimensions.kl()));
    }
}
