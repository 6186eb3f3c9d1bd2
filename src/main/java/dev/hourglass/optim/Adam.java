package dev.hourglass.optim;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.UpdateRule;
import dev.hourglass.message.Require;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019): m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
 * w -= lr decay w; w -= lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
 *
 * @param beta1 decay rate of the mean, in [0, 1)
 * @param beta2 decay rate of the mean square, in [0, 1)
 * @param epsilon more than 0
 * @param weightDecay at least 0
 */
public record Adam(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {
    public Adam {
        requireRate("beta1", beta1);
        requireRate("beta2", beta2);
        Require.that(epsilon > 0 && Double.isFinite(epsilon), "optimizer", "out of range", "epsilon", epsilon, "more than 0");
        requireDecay(weightDecay);
    }

    static void requireRate(String name, double rate) {
        Require.that(rate >= 0 && rate < 1, "optimizer", "rate out of range", name, rate, "0 <= " + name + " < 1");
    }

    static void requireDecay(double weightDecay) {
        Require.that(weightDecay >= 0 && Double.isFinite(weightDecay), "optimizer", "out of range", "weight decay", weightDecay,
                "at least 0");
    }

    @Override
    public Optimizer withWeightDecay(double decay) {
        return new Adam(beta1, beta2, epsilon, decay);
    }

    @Override
    public Optimizer withMomentum(double momentum) {
        return new Adam(momentum, beta2, epsilon, weightDecay);
    }

    @Override
    public List<Tensor> allocate(Scope scope, Parameters parameters) {
        return parameters.likeAll(scope, "adam.m", "adam.v");
    }

    @Override
    public void update(Backend backend, Parameters parameters, List<Tensor> memory, Buffer state) {
        backend.update(UpdateRule.ADAM, parameters.values().buffer(), parameters.gradients().buffer(), memory.get(0).buffer(),
                memory.get(1).buffer(), state,
                (float) beta1, (float) beta2, (float) epsilon, (float) weightDecay, parameters.decayed());
    }

    @Override
    public float[] corrections(long t) {
        return new float[] {(float) -Math.expm1(t * Math.log(beta1)), (float) -Math.expm1(t * Math.log(beta2))};
    }
}
