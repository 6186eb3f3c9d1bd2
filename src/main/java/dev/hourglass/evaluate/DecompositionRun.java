package dev.hourglass.evaluate;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Posterior;
import dev.hourglass.evaluate.Decomposition.Conditioning;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Code;
import dev.hourglass.model.Examples;
import dev.hourglass.model.Specification.ConditionKind;
import dev.hourglass.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One computation of a {@link Decomposition}. For each group (all examples, or those of a class), chunk by chunk: draw codes of the chunk, then
 * take all examples of the group past them batch by batch and add up log q(z) on the host.
 */
final class DecompositionRun implements AutoCloseable {
    private static final int BATCH = 512;
    private static final int CHUNK_SAMPLES = 1 << 14;

    private final Autoencoder model;
    private final Backend backend;
    private final Examples examples;
    private final int samples;
    private final long seed;
    private final Progress progress;
    private final Posterior posterior;
    private final int latent;
    private final Scope scope;
    private final Batches batches;
    private final int chunkRows;
    private final Buffer codes;
    private final Buffer logSums;
    private final double[] reconstruction;
    private final double[] ownDensity;
    private final double[] priorDensity;
    private final Estimate.Sum reconstructions;
    private final Estimate.Sum informations;
    private final Estimate.Sum marginals;
    private final Estimate.Sum sampled;
    private final DimensionStatistics dimensions;
    private long done;
    private long total;

    DecompositionRun(Autoencoder model, Examples examples, int samples, long seed, Progress progress) {
        this.model = model;
        this.backend = model.backend();
        this.examples = examples;
        this.samples = samples;
        this.seed = seed;
        this.progress = progress;
        Code code = model.specification().code();
        this.posterior = code.posterior();
        this.latent = code.latent();
        int batch = Math.max(1, Math.min(BATCH, Draw.rowBudget(model) / samples));
        this.batches = new Batches(model, examples, batch);
        this.chunkRows = Math.max(1, CHUNK_SAMPLES / (batches.batch() * samples)) * batches.batch();
        int count = Math.min(chunkRows, examples.rows()) * samples;
        this.scope = new Scope(backend, "decomposition");
        this.codes = scope.buffer(ElementType.FLOAT32, (long) count * latent);
        this.logSums = scope.buffer(ElementType.FLOAT32, count);
        this.reconstruction = new double[count];
        this.ownDensity = new double[count];
        this.priorDensity = new double[count];
        this.reconstructions = new Estimate.Sum(samples);
        this.informations = new Estimate.Sum(samples);
        this.marginals = new Estimate.Sum(samples);
        this.sampled = new Estimate.Sum(samples);
        this.dimensions = new DimensionStatistics(latent);
    }

    Decomposition result() {
        Conditioning conditioning = switch (model.specification().condition()) {
            case NONE -> Conditioning.NONE;
            case LABELS -> Conditioning.WITHIN_CLASSES;
            case VALUES -> Conditioning.JOINT;
        };
        Measure measure = Measure.of(model, examples.features());
        List<int[]> groups = groups();
        total = groups.stream().mapToLong(group -> (long) chunks(group) * group.length).sum();
        double bound = 0;
        int step = 0;
        for (int[] group : groups) {
            for (int start = 0; start < group.length; start += chunkRows) {
                chunk(group, start, Math.min(chunkRows, group.length - start), step);
            }
            bound += (double) group.length / examples.rows() * Math.log(group.length);
            step += (group.length + batches.batch() - 1) / batches.batch();
        }
        return result(conditioning, measure, bound);
    }

    private int chunks(int[] group) {
        return (group.length + chunkRows - 1) / chunkRows;
    }

    private List<int[]> groups() {
        if (model.specification().condition() != ConditionKind.LABELS) {
            return List.of(Batches.inOrder(examples.rows()));
        }
        List<List<Integer>> classes = new ArrayList<>();
        examples.features().classNames().forEach(name -> classes.add(new ArrayList<>()));
        for (int row = 0; row < examples.rows(); row++) {
            classes.get(examples.features().label(row)).add(row);
        }
        return classes.stream().filter(rows -> !rows.isEmpty()).map(rows -> rows.stream().mapToInt(Integer::intValue).toArray()).toList();
    }

    /** Adds the examples at {@code start} on of a group; the group's first batch draws with {@code groupStep}. */
    private void chunk(int[] group, int start, int rows, int groupStep) {
        int firstStep = groupStep + start / batches.batch();
        batches.forEach(Arrays.copyOfRange(group, start, start + rows), seed, firstStep, encoded -> {
            Draw draw = Draw.fromCode(model, encoded, samples, false);
            return position -> {
                draw.run(seed, firstStep + position / batches.batch());
                take(encoded, draw, position);
            };
        });
        double[] aggregate = aggregate(group, rows * samples, groupStep);
        double logPoints = Math.log(group.length);
        double[] information = new double[rows * samples];
        double[] marginal = new double[rows * samples];
        double[] both = new double[rows * samples];
        for (int i = 0; i < both.length; i++) {
            // Own and aggregate densities come from different arithmetic: without this, rounding could put I above log N.
            double logQ = Math.max(aggregate[i], ownDensity[i]) - logPoints;
            information[i] = ownDensity[i] - logQ;
            marginal[i] = logQ - priorDensity[i];
            both[i] = ownDensity[i] - priorDensity[i];
        }
        for (int b = 0; b < rows; b++) {
            reconstructions.add(reconstruction, b * samples);
            informations.add(information, b * samples);
            marginals.add(marginal, b * samples);
            sampled.add(both, b * samples);
        }
    }

    /** Keeps what the chunk needs of a batch: codes on the device, three densities of each code on the host. */
    private void take(Encoded encoded, Draw draw, int position) {
        int first = position * samples;
        int count = encoded.rows() * samples;
        backend.copy(draw.code().buffer(), codes.slice((long) first * latent, (long) count * latent));
        float[] z = draw.code().read();
        float[] losses = draw.reconstruction().read();
        GaussianHead own = new GaussianHead(posterior, latent, encoded.head().read(), Double.NEGATIVE_INFINITY);
        GaussianHead prior = encoded.prior().head() == null ? GaussianHead.standard(latent, encoded.rows())
                : new GaussianHead(Posterior.DIAGONAL, latent, encoded.prior().head().read(), encoded.prior().floor());
        for (int i = 0; i < count; i++) {
            reconstruction[first + i] = -losses[i];
            ownDensity[first + i] = own.logDensity(i / samples, z, i * latent);
            priorDensity[first + i] = prior.logDensity(i / samples, z, i * latent);
        }
        dimensions.add(own, prior, encoded.rows());
    }

    /** log sum_n q(z|x_n) of the chunk's codes over all examples of the group. */
    private double[] aggregate(int[] group, int count, int groupStep) {
        double[] total = new double[count];
        Arrays.fill(total, Double.NEGATIVE_INFINITY);
        Buffer z = codes.slice(0, (long) count * latent);
        Buffer sums = logSums.slice(0, count);
        float[] part = new float[count];
        batches.forEach(group, seed, groupStep, encoded -> position -> {
            backend.aggregateLogDensity(posterior, count, encoded.rows(), latent, z, encoded.head().buffer(), sums);
            backend.read(sums, part, 0);
            for (int i = 0; i < count; i++) {
                double high = Math.max(total[i], part[i]);
                double low = Math.min(total[i], part[i]);
                total[i] = high == Double.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
            }
            done += encoded.rows();
            progress.at(done, this.total);
        });
        return total;
    }

    private Decomposition result(Conditioning conditioning, Measure measure, double bound) {
        Estimate information = informations.estimate();
        double moved = Math.max(0, Math.min(bound, information.mean()));
        Estimate marginal = marginals.estimate();
        double marginalMean = marginal.mean() + information.mean() - moved;
        int active = dimensions.active();
        return new Decomposition(conditioning, measure, examples.rows(), samples, reconstructions.estimate(),
                new Estimate(moved, information.standardError()), bound, new Estimate(marginalMean, marginal.standardError()), dimensions.kl(),
                sampled.estimate(), dimensions.klPerDimension(), dimensions.variances(), active,
                Decomposition.warning(active, latent, dimensions.kl()));
    }

    @Override
    public void close() {
        scope.close();
        batches.close();
    }
}
