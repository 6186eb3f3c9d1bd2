package dev.hourglass.model;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.StepState;
import dev.hourglass.tensor.Tensor;

/**
 * The loss terms of a pass, added to the sums of an epoch: loss = reconstruction + beta KL + penalties, averaged over the batch. Terms whose
 * weight is 0 are not computed at all, so that a model with every weight 0 is the plain model bit for bit.
 */
final class Objective {
    private final Autoencoder model;
    private final Specification specification;
    private final Tape tape;
    private final Pass pass;
    private final Buffer state;
    private final Buffer metrics;
    private final int rows;
    private final LossWeights mean;

    /** Sums go to {@code metrics}, FLOAT64 with a slot for each {@link Term}; the KL weight comes from {@code state}. */
    Objective(Autoencoder model, Tape tape, Pass pass, Buffer state, Buffer metrics) {
        this.model = model;
        this.specification = model.specification();
        this.tape = tape;
        this.pass = pass;
        this.state = state;
        this.metrics = metrics;
        this.rows = pass.batch().target().rows();
        this.mean = LossWeights.constant(tape, rows, 1f / rows);
    }

    /** Records every term. */
    void record() {
        if (specification.importanceSamples() > 1) {
            importanceWeighted();
        } else {
            Tensor nll = reconstruction(pass.samples() == 1 ? mean : LossWeights.constant(tape, rows * pass.samples(), 1f / (rows * pass.samples())));
            report(Term.RECONSTRUCTION, nll, 1f / pass.samples(), 1f);
            divergence();
        }
        penalties();
    }

    private Tensor reconstruction(LossWeights upstream) {
        return model.reconstruction(tape, pass.parameters(), pass.batch().target(), upstream);
    }

    private void divergence() {
        Prior prior = specification.prior();
        if (!specification.code().isGaussian() || prior.kind() == Prior.Kind.NONE) {
            return;
        }
        int latent = specification.code().latent();
        CodeOps codes = new CodeOps(tape, state);
        boolean weighted = prior.weight().beta() > 0;
        LossWeights upstream = weighted ? LossWeights.scheduled(tape, state, StepState.KL_WEIGHT, rows, 1f / rows) : null;
        if (prior.freeBits() == 0 || !weighted) {
            Tensor kl = codes.kl(specification.code().posterior(), pass.head(), latent, pass.prior(), null, upstream);
            add(Term.KL, kl, upstream, 1);
            return;
        }
        CodeOps.FreeBits free = codes.freeBits(codes.klPerDimension(pass.head(), latent, pass.prior()), (float) prior.freeBits());
        Tensor kl = codes.kl(specification.code().posterior(), pass.head(), latent, pass.prior(), free.gate(), upstream);
        add(Term.KL, kl, null, 1);
        add(Term.FREE_BITS, free.value(), LossWeights.scheduled(tape, state, StepState.KL_WEIGHT, 1, 1), rows);
    }

    private void importanceWeighted() {
        int samples = pass.samples();
        Tensor weights = tape.scope().tensor("importance weights", rows * samples, 1);
        LossWeights upstream = new LossWeights(weights, false);
        Tensor nll = reconstruction(upstream);
        CodeOps codes = new CodeOps(tape, state);
        Tensor cost = codes.sampledKl(specification.code().posterior(), pass.head(), pass.code(), pass.prior(), upstream);
        Tensor bound = tape.scope().tensor("bound", rows, 1);
        codes.importanceBound(nll, cost, 1f / rows, bound, weights);
        report(Term.RECONSTRUCTION, nll, 1f / samples, 0);
        report(Term.KL, cost, 1f / samples, 0);
        add(Term.BOUND, bound, mean, 1);
    }

    private void penalties() {
        Penalties penalties = specification.penalties();
        PenaltyOps ops = new PenaltyOps(tape);
        Activated code = pass.encoder().get(pass.encoder().size() - 1);
        if (penalties.sparsity().weight() > 0) {
            Penalties.Sparsity sparsity = penalties.sparsity();
            float weight = (float) sparsity.weight();
            boolean signed = code.activation() == dev.hourglass.backend.Activation.TANH;
            Tensor value = ops.sparsity(code.output(), signed, (float) sparsity.rho(), weight, model.runningMean(), (float) sparsity.momentum()).value();
            add(Term.SPARSITY, value, LossWeights.constant(tape, 1, weight), rows);
        }
        if (penalties.l1() > 0) {
            LossWeights upstream = LossWeights.constant(tape, rows, (float) (penalties.l1() / rows));
            add(Term.L1, ops.l1(code.output(), upstream), upstream, 1);
        }
        if (penalties.contraction().weight() > 0) {
            LossWeights upstream = LossWeights.constant(tape, rows, (float) (penalties.contraction().weight() / rows));
            add(Term.CONTRACTION, new JacobianPenalty(model, tape, pass, state).norm(upstream), upstream, 1);
        }
        if (penalties.contraction().hessianWeight() > 0) {
            LossWeights upstream = LossWeights.constant(tape, rows, (float) (penalties.contraction().hessianWeight() / rows));
            add(Term.HESSIAN, new JacobianPenalty(model, tape, pass, state).hessian(upstream), upstream, 1);
        }
        if (penalties.weightDecay() > 0) {
            float weight = (float) penalties.weightDecay();
            for (Tensor matrix : model.weightMatrices()) {
                add(Term.WEIGHT_DECAY, ops.weightDecay(matrix, weight), LossWeights.constant(tape, 1, weight), rows);
            }
        }
    }

    /** Adds a term to its slot and, weighted by {@code upstream}, to the loss. */
    private void add(Term term, Tensor values, LossWeights upstream, int weight) {
        tape.append(() -> tape.backend().accumulate(values.rows(), values.buffer(), upstream == null ? null : upstream.weights().buffer(), weight,
                metrics, term.ordinal(), Term.LOSS.ordinal()));
    }

    /** Adds {@code scale} times the values to the term's slot and {@code lossShare} of that to the loss. */
    private void report(Term term, Tensor values, float scale, float lossShare) {
        LossWeights upstream = lossShare == 0 ? null : LossWeights.constant(tape, values.rows(), lossShare / values.rows());
        tape.append(() -> tape.backend().accumulate(values.rows(), values.buffer(), upstream == null ? null : upstream.weights().buffer(), scale,
                metrics, term.ordinal(), Term.LOSS.ordinal()));
    }
}
