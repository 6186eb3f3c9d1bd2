package dev.hourglass.model.penalty;

import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.LossSum;
import dev.hourglass.model.loss.Term;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * sum_j |h_j|, a Laplace prior on a deterministic code up to its constant.
 *
 * @param weight at least 0
 */
public record L1(double weight) implements Penalty {
    public L1 {
        Penalty.requireWeight("l1", weight);
    }

    @Override
    public Term term() {
        return Term.L1;
    }

    @Override
    public boolean holdsUnitsDown() {
        return true;
    }

    @Override
    public void check(Code code, List<Integer> hidden) {
        Require.that(!code.isSampled(), "model", "L1 is a penalty on a deterministic code", "code", Label.of(code.getClass()),
                "deterministic");
    }

    @Override
    public Tensor allocate(Scope scope, Code code) {
        return null;
    }

    @Override
    public void addTerm(LossSum sum, Context context) {
        LossWeights weights = LossWeights.constant(sum.tape(), sum.rows(), (float) (weight / sum.rows()));
        sum.add(term(), new PenaltyOps(sum.tape()).l1(context.applied().last().output(), weights), weights, 1);
    }

    @Override
    public String note(Code code, List<Integer> hidden) {
        return "";
    }
}
