package dev.hourglass.optim;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.UpdateRule;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * How a gradient becomes an update. Weight decay touches weight matrices only.
 *
 * @param kind Adam or gradient descent
 * @param beta1 Adam's first decay rate, or the momentum of SGD; in [0, 1)
 * @param beta2 Adam's second decay rate, in [0, 1)
 * @param epsilon Adam's, more than 0
 * @param decay weight decay, at least 0: decoupled (AdamW) for Adam, added to the gradient for SGD
 */
public record Optimizer(Kind kind, double beta1, double beta2, double epsilon, double decay) {
    /** The rules. */
    public enum Kind {
        /** Kingma and Ba 2015; with decay, Loshchilov and Hutter 2019. */
        ADAM,
        /** Gradient descent with momentum. */
        SGD
    }

    /** @throws IllegalArgumentException if a number is out of its range */
    public Optimizer {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException("optimizer: rate out of range: beta1=" + beta1 + " beta2=" + beta2 + ", expected 0 <= beta < 1");
        }
        if (!(epsilon > 0) || !(decay >= 0) || Double.isInfinite(epsilon + decay)) {
            throw new IllegalArgumentException("optimizer: out of range: epsilon=" + epsilon + " decay=" + decay + ", expected epsilon > 0 and decay >= 0");
        }
    }

    /** Adam with the usual rates. */
    public static Optimizer adam() {
        return new Optimizer(Kind.ADAM, 0.9, 0.999, 1e-8, 0);
    }

    /** AdamW. */
    public static Optimizer adamW(double decay) {
        return new Optimizer(Kind.ADAM, 0.9, 0.999, 1e-8, decay);
    }

    /** SGD with momentum (0 for none). */
    public static Optimizer sgd(double momentum) {
        return new Optimizer(Kind.SGD, momentum, 0, 1e-8, 0);
    }

    /** Returns the state this rule keeps beside the parameters, each [1, length], zero at first: m and v for Adam, the velocity for SGD. */
    public List<Tensor> allocate(Scope scope, Parameters parameters) {
        int length = parameters.values().columns();
        List<Tensor> state = kind == Kind.ADAM
                ? List.of(scope.tensor("adam.m", 1, length), scope.tensor("adam.v", 1, length))
                : List.of(scope.tensor("sgd.velocity", 1, length));
        state.forEach(tensor -> scope.backend().fill(tensor.buffer(), 0));
        return state;
    }

    /** Updates the parameters once; learning rate and bias corrections come from the step state. */
    public void update(Backend backend, Parameters parameters, List<Tensor> memory, Buffer state) {
        UpdateRule rule = switch (kind) {
            case ADAM -> UpdateRule.ADAM;
            case SGD -> UpdateRule.SGD;
        };
        backend.update(rule, parameters.values().buffer(), parameters.gradients().buffer(), memory.get(0).buffer(),
                rule.memories() == 2 ? memory.get(1).buffer() : null, state, (float) beta1, (float) beta2, (float) epsilon, (float) decay,
                parameters.decayed());
    }

    /** Returns 1 - beta^t of Adam's two averages after {@code t} steps. */
    public float[] corrections(long t) {
        return new float[] {(float) -Math.expm1(t * Math.log(beta1)), (float) -Math.expm1(t * Math.log(beta2))};
    }
}
