package dev.hourglass.model;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.model.Penalties.Contraction;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * The contractive terms of a pass. One layer: closed form, no Jacobian. More layers, exact: {@link EncoderJacobian}. Hutchinson: the same with
 * random signs v in place of the identity, since E|v^T J|^2 = |J|_F^2. For a Gaussian code the Jacobian is that of its mean.
 * Derivatives are taken where the encoder stands: at the corrupted input when there is one.
 */
final class JacobianPenalty {
    private final Autoencoder model;
    private final Tape tape;
    private final Pass pass;
    private final Buffer state;
    private final PenaltyOps ops;
    private final Ops layers;
    private final EncoderJacobian jacobian;

    JacobianPenalty(Autoencoder model, Tape tape, Pass pass, Buffer state) {
        this.model = model;
        this.tape = tape;
        this.pass = pass;
        this.state = state;
        this.ops = new PenaltyOps(tape);
        this.layers = new Ops(tape);
        this.jacobian = new EncoderJacobian(model, tape, pass.encoder());
    }

    /** ||J||_F^2 of each example: [rows, 1]. */
    Tensor norm(LossWeights upstream) {
        List<Activated> encoder = pass.encoder();
        Contraction contraction = model.specification().penalties().contraction();
        int depth = encoder.size();
        int latent = model.specification().code().latent();
        Tensor lastWeight = jacobian.meanWeight();
        Activated code = jacobian.meanCode();
        if (contraction.resolve(depth, latent) == Contraction.Method.HUTCHINSON) {
            return hutchinson(contraction.probes(), code, lastWeight, upstream);
        }
        if (depth == 1) {
            return ops.contraction(code, ops.rowSquaredNorms(lastWeight), upstream);
        }
        return ops.squaredNorm(jacobian.descend(ops.scaleRows(code, lastWeight), depth - 2), rows(), 1, upstream);
    }

    private Tensor hutchinson(int probes, Activated code, Tensor lastWeight, LossWeights upstream) {
        Tensor signs = ops.signs(rows() * probes, code.output().columns(), state);
        Tensor first = layers.product("probe", ops.scaleColumns(code, signs), lastWeight, false);
        return ops.squaredNorm(jacobian.descend(first, pass.encoder().size() - 2), rows(), 1f / probes, upstream);
    }

    /** ||J(x) - J(x + e)||_F^2 of each example, e ~ N(0, sigma^2 I), one layer: [rows, 1]. */
    Tensor hessian(LossWeights upstream) {
        Tensor x = pass.batch().input();
        Tensor neighbour = tape.scope().tensor("neighbour", x.rows(), x.columns());
        Noise noise = new Noise(Noise.Kind.GAUSSIAN, (float) model.specification().penalties().contraction().hessianDeviation());
        tape.append(() -> tape.backend().corrupt(x.rows(), x.columns(), noise, state, RandomStream.NEIGHBOURS, x.buffer(), neighbour.buffer()));
        Activated there = model.encoder().apply(layers, neighbour, pass.batch().condition()).get(0);
        return ops.contractionDifference(pass.encoder().get(0), there, ops.rowSquaredNorms(model.encoder().weight(0)), upstream);
    }

    private int rows() {
        return pass.batch().input().rows();
    }
}
