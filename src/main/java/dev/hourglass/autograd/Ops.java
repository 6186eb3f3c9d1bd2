package dev.hourglass.autograd;

import dev.hourglass.autograd.Tape.Target;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.message.Require;
import dev.hourglass.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Layers and the moving of columns and rows. Each method validates, records its forward pass and says how gradients flow back. */
public final class Ops {
    private final Tape tape;
    private final Backend backend;

    /** Records on {@code tape}. */
    public Ops(Tape tape) {
        this.tape = tape;
        this.backend = tape.backend();
    }

    /**
     * One input of a dense layer and its weights.
     *
     * @param x [rows, inputs]
     * @param weight [outputs, inputs], or [inputs, outputs] when {@code transposed} (tied weights)
     */
    public record Input(Tensor x, Tensor weight, boolean transposed) {
        int outputs() {
            return transposed ? weight.columns() : weight.rows();
        }

        int inputs() {
            return transposed ? weight.rows() : weight.columns();
        }
    }

    /** Dense layer y = f(x W^T + b), W [outputs, inputs]; see {@link #dense(String, List, Tensor, Activation)}. */
    public Activated dense(String name, Tensor x, Tensor weight, Tensor bias, Activation activation) {
        return dense(name, List.of(new Input(x, weight, false)), bias, activation);
    }

    /**
     * Dense layer over several inputs side by side, y = f(sum_i x_i W_i^T + b): what concatenating the inputs would give, without the copy.
     *
     * @param bias [1, outputs], nullable
     * @throws IllegalArgumentException when shapes do not fit
     */
    public Activated dense(String name, List<Input> inputs, Tensor bias, Activation activation) {
        int rows = inputs.get(0).x().rows();
        int outputs = inputs.get(0).outputs();
        List<Tensor> sources = new ArrayList<>();
        for (Input input : inputs) {
            Check.shape("dense " + name, "input", input.x(), rows, input.inputs());
            Require.that(input.outputs() == outputs, "dense " + name, "weights of another height", "weight", input.weight(),
                    outputs + " outputs");
            sources.add(input.x());
            sources.add(input.weight());
        }
        if (bias != null) {
            Check.shape("dense " + name, "bias", bias, 1, outputs);
            sources.add(bias);
        }
        Tensor[] all = sources.toArray(Tensor[]::new);
        Tensor output = tape.result(name, rows, outputs, all);
        Tensor pre = activation.savesInput() ? tape.result(name + " pre", rows, outputs, all) : tape.alias(output, name + " pre");
        Activated result = new Activated(output, pre, activation);
        tape.append(() -> forwardDense(inputs, bias, result), () -> differentiateDense(inputs, bias, result));
        return result;
    }

    /** All inputs but the last are only multiplied; the last one's product goes on to bias and activation. */
    private void forwardDense(List<Input> inputs, Tensor bias, Activated result) {
        Tensor pre = result.preActivation();
        int last = inputs.size() - 1;
        for (int i = 0; i < last; i++) {
            Input input = inputs.get(i);
            backend.gemm(false, !input.transposed(), pre.rows(), pre.columns(), input.inputs(), 1, input.x().buffer(),
                    input.weight().buffer(),
                    i == 0 ? 0 : 1, pre.buffer());
        }
        Input input = inputs.get(last);
        backend.dense(pre.rows(), pre.columns(), input.inputs(), result.activation(), input.x().buffer(), input.weight().buffer(),
                input.transposed(),
                last > 0, bias == null ? null : bias.buffer(), pre.buffer(), result.output().buffer());
    }

    /** The first input's call also passes the activation and gives the bias its gradient; for the others dPre is there. */
    private Runnable differentiateDense(List<Input> inputs, Tensor bias, Activated result) {
        Tensor pre = result.preActivation();
        Buffer dOutput = tape.gradient(result.output());
        boolean fromPenalty = tape.gradient(pre) != null;
        if (dOutput == null && !fromPenalty) {
            return null;
        }
        Target dPre = fromPenalty ? tape.target(pre) : new Target(dOutput, false);
        Target dBias = tape.target(bias);
        List<Runnable> products = new ArrayList<>();
        for (Input input : inputs) {
            boolean first = products.isEmpty();
            Target dWeight = tape.target(input.weight());
            Target dx = tape.target(input.x());
            products.add(() -> backend.denseBackward(pre.rows(), pre.columns(), input.inputs(),
                    first ? result.activation() : Activation.IDENTITY,
                    input.x().buffer(), input.weight().buffer(), input.transposed(), result.saved().buffer(),
                    first ? dOutput : dPre.buffer(),
                    dPre.buffer(), first && fromPenalty, dx.buffer(), dx.accumulate(), dWeight.buffer(), dWeight.accumulate(),
                    first ? dBias.buffer() : null, dBias.accumulate()));
        }
        return () -> products.forEach(Runnable::run);
    }

    /** Product c = a op(b), op(b) transposed when asked: a [m, k], b [k, n] or [n, k], result [m, n]. */
    public Tensor product(String name, Tensor a, Tensor b, boolean transposeB) {
        return dense(name, List.of(new Input(a, b, !transposeB)), null, Activation.IDENTITY).output();
    }

    /** Columns [from, from + count) of x. */
    public Tensor columns(String name, Tensor x, int from, int count) {
        Require.that(from >= 0 && count >= 1 && from + count <= x.columns(), "columns " + name, "range outside the matrix", "from", from,
                "0 <= from and from + " + count + " <= " + x.columns());
        Tensor y = tape.result(name, x.rows(), count, x);
        tape.append(() -> backend.copyColumns(x.rows(), count, 1, x.buffer(), x.columns(), from, y.buffer(), count, 0, false), () -> {
            Buffer dy = tape.gradient(y);
            if (dy == null || !tape.isWatched(x)) {
                return null;
            }
            Target dx = tape.target(x);
            return () -> {
                if (!dx.accumulate()) {
                    backend.fill(dx.buffer(), 0);
                }
                backend.copyColumns(x.rows(), count, 1, dy, count, 0, dx.buffer(), x.columns(), from, true);
            };
        });
        return y;
    }

    /** Each row of x {@code count} times in a row: y[r] = x[r / count]; x itself when count is 1. */
    public Tensor repeat(String name, Tensor x, int count) {
        if (count == 1) {
            return x;
        }
        int rows = Math.multiplyExact(x.rows(), count);
        int columns = x.columns();
        Tensor y = tape.result(name, rows, columns, x);
        tape.append(() -> backend.copyColumns(rows, columns, count, x.buffer(), columns, 0, y.buffer(), columns, 0, false), () -> {
            Buffer dy = tape.gradient(y);
            if (dy == null || !tape.isWatched(x)) {
                return null;
            }
            Target dx = tape.target(x);
            return () -> backend.sumRepeats(x.rows(), columns, count, dy, dx.buffer(), dx.accumulate());
        });
        return y;
    }
}
