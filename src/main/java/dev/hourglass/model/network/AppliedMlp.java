package dev.hourglass.model.network;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.message.Require;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * A perceptron on a tape. J is accumulated from the side of the result, R_L = diag(g_L) W_L, R_{l-1} = R_l diag(g_{l-1}) W_{l-1}, every step one
 * product over rows * outputs rows.
 */
final class AppliedMlp implements AppliedNetwork {
    private final Mlp network;
    private final Tape tape;
    private final List<Activated> layers;
    private final Ops ops;
    private final PenaltyOps penalties;

    /** {@code layers} are the results of every layer in order. */
    AppliedMlp(Mlp network, Tape tape, List<Activated> layers) {
        this.network = network;
        this.tape = tape;
        this.layers = layers;
        this.ops = new Ops(tape);
        this.penalties = new PenaltyOps(tape);
    }

    @Override
    public Activated last() {
        return layers.get(layers.size() - 1);
    }

    @Override
    public Activated first(int outputs) {
        if (outputs == network.outputs()) {
            return last();
        }
        Tensor columns = ops.columns("mean", last().output(), 0, outputs);
        return new Activated(columns, columns, Activation.IDENTITY);
    }

    @Override
    public Tensor jacobian(int outputs) {
        return descend(penalties.scaleRows(first(outputs), lastWeight(outputs)), layers.size() - 2);
    }

    @Override
    public Tensor squaredJacobian(int outputs, LossWeights weights) {
        Tensor lastWeight = lastWeight(outputs);
        Activated result = first(outputs);
        if (layers.size() == 1) {
            return penalties.contraction(result, penalties.rowSquaredNorms(lastWeight), weights);
        }
        return penalties.squaredNorm(descend(penalties.scaleRows(result, lastWeight), layers.size() - 2), rows(), 1, weights);
    }

    @Override
    public Tensor squaredJacobian(Tensor signs, int probes, LossWeights weights) {
        int outputs = signs.columns();
        Tensor lastWeight = lastWeight(outputs);
        Tensor first = ops.product("probe", penalties.scaleColumns(first(outputs), signs), lastWeight, false);
        return penalties.squaredNorm(descend(first, layers.size() - 2), rows(), 1f / probes, weights);
    }

    @Override
    public Tensor jacobianChange(AppliedNetwork there, LossWeights weights) {
        Require.state(layers.size() == 1, "jacobian change", "more than one layer", "layers", layers.size(), "1");
        return penalties.contractionDifference(last(), there.last(), penalties.rowSquaredNorms(network.weight(0)), weights);
    }

    /** Carries R, the derivative of the result by the output of layer {@code layer}, down to the input. */
    private Tensor descend(Tensor r, int layer) {
        Tensor rows = r;
        for (int i = layer; i >= 0; i--) {
            rows = ops.product("jacobian " + i, penalties.scaleColumns(layers.get(i), rows), network.weight(i), false);
        }
        return rows;
    }

    /** The rows of the last weight that make the first results: [outputs, inputs of the layer]. */
    private Tensor lastWeight(int outputs) {
        Tensor weight = network.weight(layers.size() - 1);
        if (outputs == network.outputs()) {
            return weight;
        }
        float[] selector = new float[outputs * weight.rows()];
        for (int i = 0; i < outputs; i++) {
            selector[i * weight.rows() + i] = 1;
        }
        Tensor select = tape.scope().tensor("mean rows", outputs, weight.rows());
        select.write(selector);
        return ops.product("mean weight", select, weight, false);
    }

    private int rows() {
        return last().output().rows();
    }
}
