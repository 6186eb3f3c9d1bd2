package dev.hourglass.optim;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.UpdateRule;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * Lion (Chen et al. 2023, algorithm 2), with decoupled weight decay: c = beta1 m + (1 - beta1) g; w -= lr (sign(c) + decay w); m = beta2 m + (1 - beta2) g.
 * Every step moves every parameter by the learning rate, which is best three to ten times smaller than Adam's.
 *
 * @param beta1 decay rate of the mean in the step, in [0, 1)
 * @param beta2 decay rate of the mean that is kept, in [0, 1)
 * @param weightDecay at least 0
 */
public record Lion(double beta1, double beta2, double weightDecay) implements Optimizer {
    public Lion {
        Adam.requireRate("beta1", beta1);
        Adam.requireRate("beta2", beta2);
        Adam.requireDecay(weightDecay);
    }

    @Override
    public Optimizer withWeightDecay(double decay) {
        return new Lion(beta1, beta2, decay);
    }

    @Override
    public Optimizer withMomentum(double momentum) {
        return new Lion(momentum, beta2, weightDecay);
    }

    @Override
    public List<Tensor> allocate(Scope scope, Parameters parameters) {
        return parameters.likeAll(scope, "lion.m");
    }

    @Override
    public void update(Backend backend, Parameters parameters, List<Tensor> memory, Buffer state) {
        backend.update(UpdateRule.LION, parameters.values().buffer(), parameters.gradients().buffer(), memory.get(0).buffer(), null, state,
                (float) beta1,
                (float) beta2, 0, (float) weightDecay, parameters.decayed());
    }

    @Override
    public float[] corrections(long t) {
        return new float[] {1, 1};
    }
}
