package dev.hourglass.optim;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.UpdateRule;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * Gradient descent with momentum, in PyTorch's convention: v = momentum v + g + decay w; w -= lr v.
 *
 * @param momentum in [0, 1), 0 for none
 * @param weightDecay at least 0, added to the gradient
 */
public record Sgd(double momentum, double weightDecay) implements Optimizer {
    public Sgd {
        Adam.requireRate("momentum", momentum);
        Adam.requireDecay(weightDecay);
    }

    @Override
    public Optimizer withWeightDecay(double decay) {
        return new Sgd(momentum, decay);
    }

    @Override
    public Optimizer withMomentum(double rate) {
        return new Sgd(rate, weightDecay);
    }

    @Override
    public List<Tensor> allocate(Scope scope, Parameters parameters) {
        return parameters.likeAll(scope, "sgd.velocity");
    }

    @Override
    public void update(Backend backend, Parameters parameters, List<Tensor> memory, Buffer state) {
        backend.update(UpdateRule.SGD, parameters.values().buffer(), parameters.gradients().buffer(), memory.get(0).buffer(), null, state,
                (float) momentum,
                0, 0, (float) weightDecay, parameters.decayed());
    }

    @Override
    public float[] corrections(long t) {
        return new float[] {1, 1};
    }
}
