package dev.hourglass.model;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Buffer;
import dev.hourglass.model.loss.LossSum;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.penalty.Penalty;
import dev.hourglass.tensor.Tensor;
import java.util.EnumSet;
import java.util.Set;

/**
 * The loss terms of a pass, added to the sums of an epoch: loss = reconstruction + beta KL + penalties, averaged over the batch. Terms whose
 * weight is 0 are not computed at all, so that a model with every weight 0 is the plain model bit for bit.
 */
final class Objective {
    private final Model model;
    private final Specification specification;
    private final Tape tape;
    private final ForwardPass pass;
    private final LossSum sum;
    private final int rows;
    private final LossWeights mean;

    /** Sums go to {@code sums}, FLOAT64 with a slot for each {@link Term}; the KL weight comes from {@code state}. */
    Objective(Model model, Tape tape, ForwardPass pass, Buffer state, Buffer sums) {
        this.model = model;
        this.specification = model.specification();
        this.tape = tape;
        this.pass = pass;
        this.rows = pass.encoded().batch().target().rows();
        this.sum = new LossSum(tape, state, sums, rows);
        this.mean = LossWeights.constant(tape, rows, 1f / rows);
    }

    /** Returns which terms the objective of a model has. */
    static Set<Term> terms(Specification specification) {
        Set<Term> terms = EnumSet.of(Term.LOSS, Term.RECONSTRUCTION);
        terms.addAll(specification.prior().terms());
        if (specification.importanceSamples() > 1) {
            terms.add(Term.BOUND);
        }
        specification.penalties().forEach(penalty -> terms.add(penalty.term()));
        return terms;
    }

    /** Records every term. */
    void record() {
        if (specification.importanceSamples() > 1) {
            importanceWeighted();
        } else {
            Tensor nll = reconstruction(
                    pass.samples() == 1 ? mean : LossWeights.constant(tape, rows * pass.samples(), 1f / (rows * pass.samples())));
            sum.report(Term.RECONSTRUCTION, nll, 1f / pass.samples(), 1f);
            specification.prior().addTerm(sum, specification.code(), pass.encoded().head(), pass.encoded().prior());
        }
        for (Penalty penalty : specification.penalties()) {
            penalty.addTerm(sum,
                    new Penalty.Context(model.encoder(), pass.encoded().encoder(), pass.encoded().batch().input(),
                            pass.encoded().batch().condition(),
                            specification.code(),
                            model.weightMatrices(), model.stateOf(penalty)));
        }
    }

    private Tensor reconstruction(LossWeights weights) {
        return model.reconstruction(tape, pass, weights);
    }

    /** Burda et al. 2016: the bound's gradient weighs the path of each sample by its normalised weight. */
    private void importanceWeighted() {
        int samples = pass.samples();
        Tensor shares = tape.scope().tensor("importance weights", rows * samples, 1);
        LossWeights weights = new LossWeights(shares, false);
        Tensor nll = reconstruction(weights);
        CodeOps codes = new CodeOps(tape, sum.state());
        Tensor cost = model.sampledKl(codes, pass, weights);
        Tensor bound = tape.scope().tensor("bound", rows, 1);
        codes.importanceBound(nll, cost, 1f / rows, bound, shares);
        sum.report(Term.RECONSTRUCTION, nll, 1f / samples, 0);
        sum.report(Term.KL, cost, 1f / samples, 0);
        sum.add(Term.BOUND, bound, mean, 1);
    }
}
