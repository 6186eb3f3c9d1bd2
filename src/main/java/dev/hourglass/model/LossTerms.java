package dev.hourglass.model;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepTable;
import dev.hourglass.batch.BatchLoop;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.Examples;
import dev.hourglass.model.loss.Term;
import dev.hourglass.tensor.Scope;
import java.util.EnumMap;
import java.util.Map;

/**
 * The objective of a model over a data set, without training: what validation and {@code evaluate} report. Every call with the same seed draws
 * the same noise. Corruption is applied as in training; batch-level terms depend on the batch size.
 */
public final class LossTerms implements AutoCloseable {
    private final Model model;
    private final DeviceData data;
    private final BatchLoop loop;
    private final Scope scope;
    private final Buffer sums;
    private final int[] order;

    /**
     * Prepares the evaluation of {@code examples} in batches.
     *
     * @param samples codes per example; reconstruction and KL are averaged over them
     */
    public LossTerms(Model model, Examples examples, int batch, int samples) {
        this.model = model;
        int size = Math.min(batch, examples.rows());
        this.order = DeviceData.inOrder(examples.rows());
        this.data = model.load(examples, size);
        this.scope = new Scope(model.backend(), "evaluation");
        this.sums = scope.buffer(ElementType.FLOAT64, Term.values().length);
        this.loop = new BatchLoop(data, "evaluation", size, 1, true, (tape, rows) -> {
            model.objective(tape, rows, data.state(), sums, samples);
            return BatchLoop.Step.forward(tape, position -> {});
        }).record(order.length);
    }

    /**
     * Returns the mean of every term that the model has, per example.
     *
     * @param klWeight weight of the KL term in the loss
     */
    public Map<Term, Double> evaluate(long seed, double klWeight) {
        model.backend().fill(sums, 0);
        loop.run(order, seed, 0, StepTable.constant(klWeight));
        return means(model.backend(), sums, order.length, model.specification());
    }

    /** Returns the same terms with +Infinity for what is no number, as infinities of both signs in one sum. */
    public static Map<Term, Double> withoutNaN(Map<Term, Double> means) {
        means.replaceAll((term, mean) -> Double.isNaN(mean) ? Double.POSITIVE_INFINITY : mean);
        return means;
    }

    /** Reads sums from a device and divides by the number of examples; terms that the specification switches off are left out. */
    public static Map<Term, Double> means(Backend backend, Buffer sums, long examples, Specification specification) {
        double[] values = new double[Term.values().length];
        backend.read(sums, values, 0);
        Map<Term, Double> means = new EnumMap<>(Term.class);
        for (Term term : Objective.terms(specification)) {
            means.put(term, values[term.ordinal()] / examples);
        }
        return means;
    }

    @Override
    public void close() {
        loop.close();
        scope.close();
        data.close();
    }
}
