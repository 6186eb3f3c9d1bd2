package dev.hourglass.model;

import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Program;
import dev.hourglass.backend.StepState;
import dev.hourglass.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The objective of a model over a data set, without training: what validation and {@code evaluate} report. Every call with the same seed draws
 * the same noise. Corruption is applied as in training; batch-level terms depend on the batch size.
 */
public final class LossTerms implements AutoCloseable {
    private final Autoencoder model;
    private final Feed feed;
    private final Scope scope;
    private final Buffer metrics;
    private final int[] order;
    private final List<Part> parts = new ArrayList<>();
    private final List<Buffer> tables = new ArrayList<>();

    private record Part(Program program, int start, int rows, int count) {
    }

    /**
     * Prepares the evaluation of {@code examples} in batches.
     *
     * @param samples codes per example; reconstruction and KL are averaged over them
     */
    public LossTerms(Autoencoder model, Examples examples, int batch, int samples) {
        this.model = model;
        Backend backend = model.backend();
        int rows = examples.rows();
        int size = Math.min(batch, rows);
        this.order = new int[rows];
        Arrays.setAll(order, i -> i);
        this.feed = new Feed(backend, model.specification(), model.domain(), examples, rows, size);
        this.scope = new Scope(backend, "evaluation");
        this.metrics = scope.buffer(ElementType.FLOAT64, Term.values().length);
        int full = rows / size;
        parts.add(part(0, size, full, samples));
        if (rows % size != 0) {
            parts.add(part(full * size, rows % size, 1, samples));
        }
    }

    private Part part(int start, int rows, int count, int samples) {
        Backend backend = model.backend();
        Tape tape = new Tape(scope);
        Batch batch = feed.batch(tape, rows, true);
        model.objective(tape, batch, feed.state(), metrics, samples);
        Buffer table = scope.buffer(ElementType.FLOAT32, StepState.TABLE_COLUMNS);
        tables.add(table);
        Program program = backend.record(() -> {
            tape.forward();
            backend.advance(rows, 1, table, feed.state());
        });
        return new Part(program, start, rows, count);
    }

    /**
     * Returns the mean of every term that the model has, per example.
     *
     * @param klWeight weight of the KL term in the loss
     */
    public Map<Term, Double> evaluate(long seed, double klWeight) {
        Backend backend = model.backend();
        float[] table = {0, (float) klWeight, 1, 1};
        tables.forEach(buffer -> backend.write(buffer, table, 0, table.length));
        feed.begin(order, seed, 0, table);
        backend.fill(metrics, 0);
        for (Part part : parts) {
            for (int i = 0; i < part.count(); i++) {
                feed.prepare(part.start() + i * part.rows(), part.rows());
                part.program().run();
            }
        }
        return means(backend, metrics, order.length, model.specification());
    }

    /** Reads sums from a device and divides by the number of examples; terms that the specification switches off are left out. */
    public static Map<Term, Double> means(Backend backend, Buffer metrics, long examples, Specification specification) {
        double[] sums = new double[Term.values().length];
        backend.read(metrics, sums, 0);
        Map<Term, Double> means = new EnumMap<>(Term.class);
        for (Term term : Term.values()) {
            if (has(specification, term)) {
                means.put(term, sums[term.ordinal()] / examples);
            }
        }
        return means;
    }

    private static boolean has(Specification specification, Term term) {
        Prior prior = specification.prior();
        Penalties penalties = specification.penalties();
        boolean importance = specification.importanceSamples() > 1;
        return switch (term) {
            case LOSS, RECONSTRUCTION -> true;
            case KL -> specification.code().isGaussian() && prior.kind() != Prior.Kind.NONE;
            case FREE_BITS -> prior.freeBits() > 0 && prior.weight().beta() > 0;
            case BOUND -> importance;
            case SPARSITY -> penalties.sparsity().weight() > 0;
            case L1 -> penalties.l1() > 0;
            case CONTRACTION -> penalties.contraction().weight() > 0;
            case HESSIAN -> penalties.contraction().hessianWeight() > 0;
            case WEIGHT_DECAY -> penalties.weightDecay() > 0;
        };
    }

    @Override
    public void close() {
        parts.forEach(part -> part.program().close());
        scope.close();
        feed.close();
    }
}
