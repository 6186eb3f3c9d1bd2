package dev.hourglass.autograd;

import dev.hourglass.tensor.Tensor;

/**
 * Weight of each example of a loss term in the objective: d objective / d value[r].
 *
 * @param weights [rows, 1]
 * @param known whether the weights are there when the term is evaluated (value and gradient then take one pass), or only once the whole forward
 *     pass is done, as for importance weights
 */
public record LossWeights(Tensor weights, boolean known) {
    /** Returns weights that are the same at every step: {@code weight} for each of {@code rows} examples. */
    public static LossWeights constant(Tape tape, int rows, float weight) {
        Tensor weights = tape.scope().tensor("upstream", rows, 1);
        tape.backend().fill(weights.buffer(), weight);
        return new LossWeights(weights, true);
    }

    /** Returns weights that follow a word of the step state, such as the KL weight: {@code scale} times that word. */
    public static LossWeights scheduled(Tape tape, dev.hourglass.backend.Buffer state, int word, int rows, float scale) {
        Tensor weights = tape.scope().tensor("scheduled upstream", rows, 1);
        tape.append(() -> tape.backend().fillFromState(state, word, scale, weights.buffer()));
        return new LossWeights(weights, true);
    }
}
