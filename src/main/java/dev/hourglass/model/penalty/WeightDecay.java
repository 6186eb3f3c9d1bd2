package dev.hourglass.model.penalty;

import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.LossSum;
import dev.hourglass.model.loss.Term;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * 0.5 |W|^2 over all weight matrices, in the loss; the decay of an optimizer is another thing.
 *
 * @param weight at least 0
 */
public record WeightDecay(double weight) implements Penalty {
    public WeightDecay {
        Penalty.requireWeight("weight decay", weight);
    }

    @Override
    public Term term() {
        return Term.WEIGHT_DECAY;
    }

    @Override
    public boolean holdsUnitsDown() {
        return false;
    }

    @Override
    public void check(Code code, List<Integer> hidden) {
        // Goes with everything.
    }

    @Override
    public Tensor allocate(Scope scope, Code code) {
        return null;
    }

    @Override
    public void addTerm(LossSum sum, Context context) {
        for (Tensor matrix : context.weights()) {
            sum.add(term(), new PenaltyOps(sum.tape()).weightDecay(matrix, (float) weight),
                    LossWeights.constant(sum.tape(), 1, (float) weight), sum.rows());
        }
    }

    @Override
    public String note(Code code, List<Integer> hidden) {
        return "";
    }
}
