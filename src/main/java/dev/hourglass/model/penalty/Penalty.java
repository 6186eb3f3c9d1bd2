package dev.hourglass.model.penalty;

import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.LossSum;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.network.AppliedNetwork;
import dev.hourglass.model.network.Network;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.Comparator;
import java.util.List;

/** A penalty of the objective: its term times its weight is added to the loss. At weight 0 it is the same as none, bit for bit. */
public sealed interface Penalty permits SparsityKl, L1, Contraction, Hessian, WeightDecay {
    /** Returns one of each kind with weight 0, in the order in which they are added to the loss. */
    static List<Penalty> all() {
        return List.of(new SparsityKl(0.05, 0, 0), new L1(0), Contraction.of(0), new Hessian(0, 0.1), new WeightDecay(0));
    }

    /** Returns them in the order in which they are added to the loss, those of weight 0 left out. */
    static List<Penalty> ordered(List<Penalty> penalties) {
        return penalties.stream().filter(penalty -> penalty.weight() > 0)
                .sorted(Comparator.comparingInt(penalty -> penalty.term().ordinal())).toList();
    }

    /** Refuses a weight below 0. */
    static void requireWeight(String name, double weight) {
        Require.that(weight >= 0 && Double.isFinite(weight), "model", "negative weight", name, weight, "at least 0");
    }

    /**
     * What a penalty is written on.
     *
     * @param encoder the network
     * @param applied the encoder on the tape of the batch
     * @param input what the encoder saw, [rows, features]; {@code condition} beside it, or null
     * @param code what stands in the middle
     * @param weights every weight matrix of the model
     * @param state what {@link #allocate} returned
     */
    record Context(Network encoder, AppliedNetwork applied, Tensor input, Tensor condition, Code code, List<Tensor> weights, Tensor state) {
    }

    /** Returns its weight in the loss, at least 0. */
    double weight();

    /** Returns the slot of its term, which is reported before the weight. */
    Term term();

    /** Returns whether it drives the activity of single units towards 0 or a target, so that a report shows how active each is. */
    boolean holdsUnitsDown();

    /**
     * Refuses a model that it does not go with.
     *
     * @param hidden widths of the encoder's hidden layers
     * @throws IllegalArgumentException in one line: what does not fit, and what would
     */
    void check(Code code, List<Integer> hidden);

    /** Returns the state it keeps between steps, which a checkpoint holds with the parameters; null when there is none. */
    Tensor allocate(Scope scope, Code code);

    /** Adds its term for a batch. */
    void addTerm(LossSum sum, Context context);

    /** Returns what a person should know before training, such as the method chosen; empty when there is nothing. */
    String note(Code code, List<Integer> hidden);
}
