package dev.hourglass.model.loss;

import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Buffer;
import dev.hourglass.tensor.Tensor;

/**
 * The sums of an objective over an epoch. Divided by the number of examples each is the mean of its term, nats per example.
 *
 * @param tape on which the terms of a batch are written
 * @param state of the step: seed, step, weight of the KL term
 * @param sums FLOAT64 with a slot for each {@link Term}
 * @param rows examples of the batch
 */
public record LossSum(Tape tape, Buffer state, Buffer sums, int rows) {
    /**
     * Adds a term to its slot and, weighted, to the loss.
     *
     * @param values [count, 1]
     * @param weights of each value in the objective, null leaves the loss alone
     * @param examples that each value stands for: 1 for values of single examples, the rows of the batch for one value of the batch
     */
    public void add(Term term, Tensor values, LossWeights weights, int examples) {
        append(term, values, weights, examples);
    }

    /** Adds {@code scale} times the values to the slot of the term and {@code lossShare} of that to the loss. */
    public void report(Term term, Tensor values, float scale, float lossShare) {
        append(term, values, lossShare == 0 ? null : LossWeights.constant(tape, values.rows(), lossShare / values.rows()), scale);
    }

    private void append(Term term, Tensor values, LossWeights weights, float weight) {
        tape.append(() -> tape.backend().accumulate(values.rows(), values.buffer(), weights == null ? null : weights.weights().buffer(),
                weight, sums,
                term.ordinal(), Term.LOSS.ordinal()));
    }
}
