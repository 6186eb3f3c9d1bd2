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
 * KL to rho of the mean activation of each unit over the batch (Ng, CS294A), a term of the batch: sum_j rho log(rho/r_j) + (1-rho) log((1-rho)/(1-r_j)).
 *
 * @param rho target in (0, 1); of (1 + mean)/2 for tanh codes
 * @param weight at least 0
 * @param momentum of a running mean for small batches, in [0, 1); 0 uses the batch mean alone
 */
public record SparsityKl(double rho, double weight, double momentum) implements Penalty {
    public SparsityKl {
        Require.that(rho > 0 && rho < 1, "model", "sparsity target out of range", "rho", rho, "0 < rho < 1");
        Penalty.requireWeight("sparsity", weight);
        Require.that(momentum >= 0 && momentum < 1, "model", "momentum out of range", "sparsity momentum", momentum, "0 <= momentum < 1");
    }

    @Override
    public Term term() {
        return Term.SPARSITY;
    }

    @Override
    public boolean holdsUnitsDown() {
        return true;
    }

    @Override
    public void check(Code code, List<Integer> hidden) {
        Require.that(code.activation().isBounded(), "model", "KL sparsity needs a bounded code", "code activation",
                Label.of(code.activation()),
                "sigmoid or tanh");
    }

    /** The running mean activation, [1, latent], if there is a momentum. */
    @Override
    public Tensor allocate(Scope scope, Code code) {
        if (momentum == 0) {
            return null;
        }
        Tensor running = scope.tensor("running mean activation", 1, code.latent());
        boolean signed = code.activation().low() < 0;
        scope.backend().fill(running.buffer(), (float) (signed ? 2 * rho - 1 : rho));
        return running;
    }

    @Override
    public void addTerm(LossSum sum, Context context) {
        boolean signed = context.code().activation().low() < 0;
        Tensor value = new PenaltyOps(sum.tape())
                .sparsity(context.applied().last().output(), signed, (float) rho, (float) weight, context.state(),
                        (float) momentum)
                .value();
        sum.add(term(), value, LossWeights.constant(sum.tape(), 1, (float) weight), sum.rows());
    }

    @Override
    public String note(Code code, List<Integer> hidden) {
        return "";
    }
}
