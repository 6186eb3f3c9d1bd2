package dev.hourglass.model;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.autograd.Upstream;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.model.Penalties.Contraction;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * The contractive terms of a pass. One layer: closed form, no Jacobian. More layers, exact: J is accumulated from the code side,
 * R_L = diag(g_L) W_L, R_{l-1} = R_l diag(g_{l-1}) W_{l-1}, every step one product over batch * latent rows. Hutchinson: the same with random
 * signs v in place of the identity, since E|v^T J|^2 = |J|_F^2. For a Gaussian code the Jacobian is that of its mean.
 */
final class JacobianPenalty {
    private final Autoencoder model;
    private final Tape tape;
    private final Pass pass;
    private final Buffer state;
    private final PenaltyOps ops;
    private final Ops layers;

    JacobianPenalty(Autoencoder model, Tape tape, Pass pass, Buffer state) {
        this.model = model;
        this.tape = tape;
        this.pass = pass;
        this.state = state;
        this.ops = new PenaltyOps(tape);
        this.layers = new Ops(tape);
    }

    /** ||J||_F^2 of each example: [rows, 1]. */
    Tensor norm(Upstream upstream) {
        List<Activated> encoder = pass.encoder();
        Contraction contraction = model.specification().penalties().contraction();
        int depth = encoder.size();
        int latent = model.specification().code().latent();
        Tensor lastWeight = meanWeight();
        Activated code = meanCode();
        if (contraction.resolve(depth, latent) == Contraction.Method.HUTCHINSON) {
            return hutchinson(contraction.probes(), code, lastWeight, upstream);
        }
        if (depth == 1) {
            return ops.contraction(code, ops.rowSquaredNorms(lastWeight), upstream);
        }
        return ops.squaredNorm(descend(ops.scaleRows(code, lastWeight), depth - 2), rows(), 1, upstream);
    }

    private Tensor hutchinson(int probes, Activated code, Tensor lastWeight, Upstream upstream) {
        Tensor signs = ops.signs(rows() * probes, code.output().columns(), state);
        Tensor first = layers.product("probe", ops.scaleColumns(code, signs), lastWeight, false);
        return ops.squaredNorm(descend(first, pass.encoder().size() - 2), rows(), 1f / probes, upstream);
    }

    /** Carries R, the derivative of the code by the output of layer {@code layer}, down to the input. */
    private Tensor descend(Tensor r, int layer) {
        for (int i = layer; i >= 0; i--) {
            r = layers.product("jacobian " + i, ops.scaleColumns(pass.encoder().get(i), r), model.encoder().weight(i), false);
        }
        return r;
    }

    /** ||J(x) - J(x + e)||_F^2 of each example, e ~ N(0, sigma^2 I), one layer: [rows, 1]. */
    Tensor hessian(Upstream upstream) {
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

    /** The rows of the last weight that make the code, or its mean: [latent, inputs]. */
    private Tensor meanWeight() {
        Code code = model.specification().code();
        Tensor weight = model.encoder().weight(model.encoder().depth() - 1);
        if (!code.isGaussian()) {
            return weight;
        }
        float[] selector = new float[code.latent() * weight.rows()];
        for (int i = 0; i < code.latent(); i++) {
            selector[i * weight.rows() + i] = 1;
        }
        Tensor select = tape.scope().tensor("mean rows", code.latent(), weight.rows());
        select.write(selector);
        return layers.product("mean weight", select, weight, false);
    }

    private Activated meanCode() {
        Code code = model.specification().code();
        if (!code.isGaussian()) {
            return pass.encoder().get(pass.encoder().size() - 1);
        }
        Tensor mean = layers.columns("mean", pass.head(), 0, code.latent());
        return new Activated(mean, mean, Activation.IDENTITY);
    }
}
