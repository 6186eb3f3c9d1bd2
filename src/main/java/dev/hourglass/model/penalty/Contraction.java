package dev.hourglass.model.penalty;

import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.loss.LossSum;
import dev.hourglass.model.loss.Term;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * ||dh/dx||_F^2 (Rifai et al. 2011), h the code or the mean of q(z|x), taken where the encoder stands: at the corrupted input when there is one.
 *
 * @param weight lambda, at least 0
 * @param method exact, Hutchinson, or the cheaper of them
 * @param probes of the Hutchinson estimator, at least 1
 */
public record Contraction(double weight, Method method, int probes) implements Penalty {
    /** Code units up to which the exact norm is the cheaper one. */
    private static final int MOST_EXACT = 64;

    /** How the norm is found. */
    public enum Method {
        /** Exact up to 64 code units, Hutchinson beyond. */
        AUTO,
        /** Closed form for one layer; accumulated from the code side for more. */
        EXACT,
        /** Random signs: unbiased. */
        HUTCHINSON
    }

    public Contraction {
        Penalty.requireWeight("contraction", weight);
        Require.that(probes >= 1, "model", "no probes", "probes", probes, "at least 1");
    }

    /** That weight, method chosen by cost. */
    public static Contraction of(double weight) {
        return new Contraction(weight, Method.AUTO, 1);
    }

    private boolean isExact(boolean oneLayer, int latent) {
        return method == Method.EXACT || method == Method.AUTO && (oneLayer || latent <= MOST_EXACT);
    }

    @Override
    public Term term() {
        return Term.CONTRACTION;
    }

    @Override
    public boolean holdsUnitsDown() {
        return false;
    }

    @Override
    public void check(Code code, List<Integer> hidden) {
        // Goes with every code and depth.
    }

    @Override
    public Tensor allocate(Scope scope, Code code) {
        return null;
    }

    @Override
    public void addTerm(LossSum sum, Context context) {
        LossWeights weights = LossWeights.constant(sum.tape(), sum.rows(), (float) (weight / sum.rows()));
        int latent = context.code().latent();
        Tensor norm;
        if (isExact(context.encoder().isOneLayer(), latent)) {
            norm = context.applied().squaredJacobian(latent, weights);
        } else {
            Tensor signs = new PenaltyOps(sum.tape()).signs(sum.rows() * probes, latent, sum.state());
            norm = context.applied().squaredJacobian(signs, probes, weights);
        }
        sum.add(term(), norm, weights, 1);
    }

    @Override
    public String note(Code code, List<Integer> hidden) {
        return "contraction: " + (isExact(hidden.isEmpty(), code.latent()) ? "exact" : "hutchinson with " + probes + " probes");
    }
}
