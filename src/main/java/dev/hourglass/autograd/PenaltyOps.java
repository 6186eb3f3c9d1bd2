package dev.hourglass.autograd;

import dev.hourglass.autograd.Tape.Target;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.message.Require;
import dev.hourglass.tensor.Tensor;

/** Sparsity, contraction and weight decay, and the steps that carry a Jacobian through a network. */
public final class PenaltyOps {
    private final Tape tape;
    private final Backend backend;

    /** Records on {@code tape}. */
    public PenaltyOps(Tape tape) {
        this.tape = tape;
        this.backend = tape.backend();
    }

    /**
     * Value of a sparsity term and the batch mean it is about.
     *
     * @param value [1, 1], nats, before its weight
     * @param mean [1, columns]
     */
    public record Sparsity(Tensor value, Tensor mean) {
    }

    /**
     * KL of the mean activation to rho (Ng, Sparse autoencoder, CS294A, section 3), a batch-level term.
     *
     * @param signed whether h is a tanh code, whose mean is mapped to (1 + mean)/2
     * @param running [1, columns] running mean, nullable; moves at every forward pass when h is differentiated and stays as it is otherwise
     */
    public Sparsity sparsity(Tensor h, boolean signed, float rho, float weight, Tensor running, float momentum) {
        Require.that(rho > 0 && rho < 1, "sparsity", "target outside (0, 1)", "rho", rho, "0 < rho < 1");
        Sparsity term = new Sparsity(tape.scope().tensor("sparsity", 1, 1), tape.scope().tensor("mean activation", 1, h.columns()));
        Target[] inForward = {Target.NONE};
        Tensor moving = running == null || tape.isWatched(h) ? running : copied(running);
        tape.append(() -> backend.sparsity(h.rows(), h.columns(), h.buffer(), signed, rho, weight, term.mean().buffer(),
                moving == null ? null : moving.buffer(), momentum, term.value().buffer(), inForward[0].buffer(), false), () -> {
                    Target dh = tape.target(h);
                    if (dh.buffer() == null) {
                        return null;
                    }
                    // The running mean moves once a step, in the forward pass, so the gradient is taken there and added later.
                    Tensor own = tape.scope().tensor("d sparsity", h.rows(), h.columns());
                    inForward[0] = new Target(own.buffer(), false);
                    return () -> addOrCopy(own.buffer(), dh);
                });
        return term;
    }

    /** Evaluation must not change the model: it moves a copy, made anew at every pass. */
    private Tensor copied(Tensor running) {
        Tensor copy = tape.scope().tensor("copy of " + running.name(), running.rows(), running.columns());
        tape.append(() -> backend.copy(running.buffer(), copy.buffer()));
        return copy;
    }

    private void addOrCopy(Buffer source, Target target) {
        if (target.accumulate()) {
            backend.add(1, source, target.buffer());
        } else {
            backend.copy(source, target.buffer());
        }
    }

    /** sum_j |h_j| of each row: [rows, 1]. */
    public Tensor l1(Tensor h, LossWeights upstream) {
        Tensor value = tape.scope().tensor("l1", h.rows(), 1);
        tape.append(() -> backend.l1(h.rows(), h.columns(), h.buffer(), null, value.buffer(), null, false), () -> {
            Target dh = tape.target(h);
            return dh.buffer() == null ? null : () -> backend.l1(h.rows(), h.columns(), h.buffer(), upstream.weights().buffer(), null,
                    dh.buffer(), dh.accumulate());
        });
        return value;
    }

    /** 0.5 |w|^2: [1, 1]; its gradient is lambda w. */
    public Tensor weightDecay(Tensor weights, float lambda) {
        Tensor value = tape.scope().tensor("weight decay", 1, 1);
        tape.append(() -> backend.weightDecay(weights.buffer(), lambda, value.buffer(), null, false), () -> {
            Target dw = tape.target(weights);
            return dw.buffer() == null ? null : () -> backend.weightDecay(weights.buffer(), lambda, null, dw.buffer(), dw.accumulate());
        });
        return value;
    }

    /** Squared norm of each row of w: [1, rows]. */
    public Tensor rowSquaredNorms(Tensor w) {
        Tensor norms = tape.result("row norms", 1, w.rows(), w);
        tape.append(() -> backend.rowSquaredNorms(w.rows(), w.columns(), w.buffer(), norms.buffer()), () -> {
            Buffer dNorms = tape.gradient(norms);
            if (dNorms == null || !tape.isWatched(w)) {
                return null;
            }
            Target dw = tape.target(w);
            return () -> backend.rowSquaredNormsBackward(w.rows(), w.columns(), w.buffer(), dNorms, dw.buffer(), dw.accumulate());
        });
        return norms;
    }

    /** ||dh/dx||_F^2 of one layer in closed form, no Jacobian formed (Rifai et al. 2011, eq. 7): [rows, 1]. */
    public Tensor contraction(Activated code, Tensor norms, LossWeights upstream) {
        Tensor pre = code.preActivation();
        Check.shape("contraction", "norms", norms, 1, pre.columns());
        Tensor value = tape.scope().tensor("contraction", pre.rows(), 1);
        tape.append(() -> backend.contraction(pre.rows(), pre.columns(), code.activation(), code.saved().buffer(), norms.buffer(), null,
                value.buffer(), null, false, null, false), () -> {
                    Target dPre = tape.target(pre);
                    Target dNorms = tape.target(norms);
                    return dPre.buffer() == null ? null
                            : () -> backend.contraction(pre.rows(), pre.columns(), code.activation(), code.saved().buffer(),
                                    norms.buffer(), upstream.weights().buffer(), null, dPre.buffer(), dPre.accumulate(), dNorms.buffer(),
                                    dNorms.accumulate());
                });
        return value;
    }

    /** ||J(x) - J(x + e)||_F^2 of one layer (Rifai et al. 2011, CAE+H): [rows, 1]. */
    public Tensor contractionDifference(Activated code, Activated neighbour, Tensor norms, LossWeights upstream) {
        Tensor pre = code.preActivation();
        Check.shape("contraction-difference", "neighbour", neighbour.preActivation(), pre.rows(), pre.columns());
        Check.shape("contraction-difference", "norms", norms, 1, pre.columns());
        Tensor value = tape.scope().tensor("hessian", pre.rows(), 1);
        tape.append(() -> runDifference(code, neighbour, norms, null, value.buffer(), Target.NONE, Target.NONE, Target.NONE), () -> {
            Target dPre = tape.target(pre);
            Target dNeighbour = tape.target(neighbour.preActivation());
            Target dNorms = tape.target(norms);
            return dPre.buffer() == null ? null
                    : () -> runDifference(code, neighbour, norms, upstream.weights().buffer(), null, dPre, dNeighbour, dNorms);
        });
        return value;
    }

    private void runDifference(Activated code, Activated neighbour, Tensor norms, Buffer upstream, Buffer value,
            Target dPre, Target dNeighbour, Target dNorms) {
        Tensor pre = code.preActivation();
        backend.contractionDifference(pre.rows(), pre.columns(), code.activation(), code.saved().buffer(), neighbour.saved().buffer(),
                norms.buffer(), upstream, value, dPre.buffer(), dPre.accumulate(), dNeighbour.buffer(), dNeighbour.accumulate(),
                dNorms.buffer(), dNorms.accumulate());
    }

    /** First rows of a Jacobian from the code side: diag(f'(a_b)) W for each example b, [rows * latent, inputs]. */
    public Tensor scaleRows(Activated code, Tensor weight) {
        Tensor pre = code.preActivation();
        int latent = pre.columns();
        Require.that(weight.rows() == latent, "scale-rows", "weights of another height", "weight", weight, latent + " rows");
        Tensor out = tape.result("jacobian rows", Math.multiplyExact(pre.rows(), latent), weight.columns(), pre, weight);
        tape.append(() -> backend.scaleRows(pre.rows(), latent, weight.columns(), code.activation(), code.saved().buffer(), weight.buffer(),
                out.buffer()), () -> {
                    Buffer dOut = tape.gradient(out);
                    if (dOut == null) {
                        return null;
                    }
                    Target dw = tape.target(weight);
                    Target dPre = tape.target(pre);
                    return () -> backend.scaleRowsBackward(pre.rows(), latent, weight.columns(), code.activation(), code.saved().buffer(),
                            weight.buffer(), dOut, dw.buffer(), dw.accumulate(), dPre.buffer(), dPre.accumulate());
                });
        return out;
    }

    /** One step of a Jacobian through an activation: r diag(f'(a_b)) for the {@code count} rows of each example b. */
    public Tensor scaleColumns(Activated layer, Tensor r) {
        Tensor pre = layer.preActivation();
        Require.that(r.rows() % pre.rows() == 0, "scale-columns", "rows do not match", "r", r, "a multiple of " + pre.rows() + " rows");
        Check.columns("scale-columns", "r", r, pre.columns());
        int count = r.rows() / pre.rows();
        Tensor out = tape.result("jacobian", r.rows(), r.columns(), pre, r);
        tape.append(() -> backend.scaleColumns(pre.rows(), count, pre.columns(), layer.activation(), layer.saved().buffer(), r.buffer(),
                out.buffer()), () -> {
                    Buffer dOut = tape.gradient(out);
                    if (dOut == null) {
                        return null;
                    }
                    Target dr = tape.target(r);
                    Target dPre = tape.target(pre);
                    Require.that(!dr.accumulate(), "scale-columns", "input used twice", "r", r, "a Jacobian that is used once");
                    return () -> backend.scaleColumnsBackward(pre.rows(), count, pre.columns(), layer.activation(), layer.saved().buffer(),
                            r.buffer(),
                            dOut, dr.buffer(), dPre.buffer(), dPre.accumulate());
                });
        return out;
    }

    /** Random signs [rows, columns], the probes of the Hutchinson estimator; drawn afresh at every step. */
    public Tensor signs(int rows, int columns, Buffer state) {
        Tensor signs = tape.scope().tensor("signs", rows, columns);
        tape.append(() -> backend.signs(state, signs.buffer()));
        return signs;
    }

    /** scale times the squared Frobenius norm of each example's block of r: [examples, 1]. */
    public Tensor squaredNorm(Tensor r, int examples, float scale, LossWeights upstream) {
        Require.that(r.rows() % examples == 0, "squared-norm", "rows do not match", "r", r, "a multiple of " + examples + " rows");
        int width = Math.multiplyExact(r.rows() / examples, r.columns());
        Tensor value = tape.scope().tensor("squared norm", examples, 1);
        tape.append(() -> backend.squaredNorm(examples, width, scale, r.buffer(), null, value.buffer(), null), () -> {
            Target dr = tape.target(r);
            Require.that(!dr.accumulate(), "squared-norm", "input used twice", "r", r, "a Jacobian that is used once");
            return dr.buffer() == null ? null
                    : () -> backend.squaredNorm(examples, width, scale, r.buffer(), upstream.weights().buffer(), null, dr.buffer());
        });
        return value;
    }
}
