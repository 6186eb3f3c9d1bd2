package dev.hourglass.model.penalty;

import dev.hourglass.autograd.LossWeights;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.LossSum;
import dev.hourglass.model.loss.Term;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * ||J(x) - J(x + e)||_F^2, e ~ N(0, deviation^2 I): how much the Jacobian changes between neighbours (CAE+H, Rifai et al. 2011). One layer only.
 *
 * @param weight gamma, at least 0
 * @param deviation of the neighbours, more than 0
 */
public record Hessian(double weight, double deviation) implements Penalty {
    public Hessian {
        Penalty.requireWeight("hessian", weight);
        Require.that(deviation > 0 && Double.isFinite(deviation), "model", "deviation out of range", "hessian deviation", deviation,
                "more than 0");
    }

    @Override
    public Term term() {
        return Term.HESSIAN;
    }

    @Override
    public boolean holdsUnitsDown() {
        return false;
    }

    @Override
    public void check(Code code, List<Integer> hidden) {
        Require.that(hidden.isEmpty() && !code.isSampled(), "model", "the Hessian term is for one deterministic layer",
                "hidden", hidden,
                "none and a deterministic code");
    }

    @Override
    public Tensor allocate(Scope scope, Code code) {
        return null;
    }

    @Override
    public void addTerm(LossSum sum, Context context) {
        LossWeights weights = LossWeights.constant(sum.tape(), sum.rows(), (float) (weight / sum.rows()));
        Tensor x = context.input();
        Tensor neighbour = sum.tape().scope().tensor("neighbour", x.rows(), x.columns());
        Noise noise = new Noise(Noise.Kind.GAUSSIAN, (float) deviation);
        sum.tape().append(() -> sum.tape().backend().corrupt(x.rows(), x.columns(), noise, sum.state(), RandomStream.NEIGHBOURS, x.buffer(),
                neighbour.buffer()));
        sum.add(term(), context.applied().jacobianChange(context.encoder().apply(sum.tape(), neighbour, context.condition()), weights),
                weights, 1);
    }

    @Override
    public String note(Code code, List<Integer> hidden) {
        return "";
    }
}
