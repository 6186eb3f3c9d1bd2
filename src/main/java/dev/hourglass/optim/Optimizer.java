package dev.hourglass.optim;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/** How a gradient becomes an update, one record a rule. Its weight decay touches weight matrices only. */
public sealed interface Optimizer permits Adam, Lion, Sgd {
    /** Returns one of each kind, as the command line starts from it. */
    static List<Optimizer> all() {
        return List.of(adam(), sgd(0.9), lion());
    }

    /** Adam with the usual rates. */
    static Optimizer adam() {
        return new Adam(0.9, 0.999, 1e-8, 0);
    }

    /** Adam with decoupled weight decay. */
    static Optimizer adamW(double weightDecay) {
        return new Adam(0.9, 0.999, 1e-8, weightDecay);
    }

    /** Gradient descent with momentum (0 for none). */
    static Optimizer sgd(double momentum) {
        return new Sgd(momentum, 0);
    }

    /** Lion with the usual rates; its learning rate is best three to ten times smaller than Adam's. */
    static Optimizer lion() {
        return new Lion(0.9, 0.99, 0);
    }

    /** Returns the weight decay of the rule, at least 0. */
    double weightDecay();

    /** Returns the same rule with another weight decay. */
    Optimizer withWeightDecay(double decay);

    /** Returns the same rule with another rate of its first average: beta1 of Adam and Lion, the momentum of gradient descent. */
    Optimizer withMomentum(double momentum);

    /** Returns the state this rule keeps beside the parameters, each [1, length], zero at first. */
    List<Tensor> allocate(Scope scope, Parameters parameters);

    /** Updates the parameters once; learning rate and corrections come from the step state. */
    void update(Backend backend, Parameters parameters, List<Tensor> memory, Buffer state);

    /** Returns the two corrections of step {@code t}, counted from 1, that the step state holds; 1 where there is none. */
    float[] corrections(long t);
}
