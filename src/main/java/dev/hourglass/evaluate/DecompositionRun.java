package dev.hourglass.evaluate;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Posterior;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.Decomposition.Conditioning;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
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

    private final Model model;
    private final Backend backend;
    private final Examples examples;
    private final int samples;
    private final long seed;
    private final ProgressListener progress;
    private final int latent;
    private final Scope scope;
    private final EncodedBatches batches;
    private final int chunkRows;
    private final Buffer codes;
    private final Buffer logSums;
    private final DecompositionTerms terms;
    private long visited;
    private long visits;

    DecompositionRun(Model model, Examples examples, int samples, long seed, ProgressListener progress) {
        this.model = model;
        this.backend = model.backend();
        this.examples = examples;
        this.samples = samples;
        this.seed = seed;
        this.progress = progress;
        this.latent = model.specification().code().latent();
        this.batches = new EncodedBatches(model, examples, Math.max(1, Math.min(BATCH, model.codesAtOnce() / samples)));
        this.chunkRows = Math.max(1, CHUNK_SAMPLES / (batches.batch() * samples)) * batches.batch();
        int count = Math.min(chunkRows, examples.rows()) * samples;
        this.scope = new Scope(backend, "decomposition");
        this.codes = scope.buffer(ElementType.FLOAT32, (long) count * latent);
        this.logSums = scope.buffer(ElementType.FLOAT32, count);
        this.terms = new DecompositionTerms(model, count, samples);
    }

    Decomposition result() {
        Conditioning conditioning = switch (model.specification().condition()) {
            case NONE -> Conditioning.NONE;
            case LABELS -> Conditioning.WITHIN_CLASSES;
            case VALUES -> Conditioning.JOINT;
        };
        Measure measure = Measure.of(model, examples.features());
        List<int[]> groups = groups();
        visits = groups.stream().mapToLong(group -> (group.length + chunkRows - 1L) / chunkRows * group.length).sum();
        double bound = 0;
        int step = 0;
        for (int[] group : groups) {
            for (int start = 0; start < group.length; start += chunkRows) {
                int rows = Math.min(chunkRows, group.length - start);
                draw(Arrays.copyOfRange(group, start, start + rows), step + start / batches.batch());
                terms.add(aggregate(group, rows * samples, step), group.length);
            }
            bound += (double) group.length / examples.rows() * Math.log(group.length);
            step += (group.length + batches.batch() - 1) / batches.batch();
        }
        return terms.result(conditioning, measure, examples.rows(), bound);
    }

    private List<int[]> groups() {
        if (model.specification().condition() != ConditionKind.LABELS) {
            return List.of(DeviceData.inOrder(examples.rows()));
        }
        List<List<Integer>> classes = new ArrayList<>();
        examples.features().classNames().forEach(name -> classes.add(new ArrayList<>()));
        for (int row = 0; row < examples.rows(); row++) {
            classes.get(examples.features().label(row)).add(row);
        }
        return classes.stream().filter(rows -> !rows.isEmpty()).map(rows -> rows.stream().mapToInt(Integer::intValue).toArray()).toList();
    }

    /** Draws the codes of a chunk and keeps them on the device. */
    private void draw(int[] rows, int firstStep) {
        batches.forEach(rows, seed, firstStep, encoded -> {
            Draw draw = Draw.fromCode(model, encoded, samples);
            long count = (long) encoded.rows() * samples * latent;
            return position -> {
                draw.run(seed, firstStep + position / batches.batch());
                backend.copy(draw.code().buffer(), codes.slice((long) position * samples * latent, count));
                terms.take(encoded, draw, position);
            };
        });
    }

    /** log sum_n q(z|x_n) of the first {@code count} codes over all examples of the group, whose first batch is binarised under {@code step}. */
    private double[] aggregate(int[] group, int count, int step) {
        Posterior posterior = Code.gaussian(model.specification().code(), "the aggregate posterior").posterior();
        double[] total = new double[count];
        Arrays.fill(total, Double.NEGATIVE_INFINITY);
        Buffer z = codes.slice(0, (long) count * latent);
        Buffer sums = logSums.slice(0, count);
        float[] part = new float[count];
        batches.forEach(group, seed, step, encoded -> position -> {
            backend.aggregateLogDensity(posterior, count, encoded.rows(), latent, z, encoded.head().buffer(), sums);
            backend.read(sums, part, 0);
            for (int i = 0; i < count; i++) {
                double high = Math.max(total[i], part[i]);
                double low = Math.min(total[i], part[i]);
                total[i] = high == Double.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
            }
            visited += encoded.rows();
            progress.at(visited, visits);
        });
        return total;
    }

    @Override
    public void close() {
        scope.close();
        batches.close();
    }
}
