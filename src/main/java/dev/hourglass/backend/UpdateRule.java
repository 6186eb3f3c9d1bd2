package dev.hourglass.backend;

/**
 * Rules by which a gradient moves parameters. Common to all: g = clip_scale gradient (0 whatever the gradient holds when clip_scale is 0), lr and
 * corrections from the step state, and weight decay for the first {@code decayed} elements only.
 *
 * <p>A new constant takes: its line in {@code CpuOptimizers} (javac asks for it), a kernel of its name in kernels/optimizer.cu with its line in
 * {@code cuda.Kernel}, and its reference in the tests' {@code UpdateReference} (javac asks for it).
 */
public enum UpdateRule {
    /**
     * Adam (Kingma and Ba 2015) with decoupled decay (Loshchilov and Hutter 2019): m = beta1 m + (1-beta1) g; v = beta2 v + (1-beta2) g^2;
     * w -= lr decay w; w -= lr (m / correction1) / (sqrt(v / correction2) + epsilon). First buffer m, second v.
     */
    ADAM(2),
    /**
     * Gradient descent with momentum (PyTorch's convention): v = beta1 v + g + decay w; w -= lr v. First buffer v, no second;
     * beta2 and epsilon are ignored.
     */
    SGD(1),
    /**
     * Lion (Chen et al. 2023, algorithm 2): c = beta1 m + (1-beta1) g; w -= lr (sign(c) + decay w), sign(0) = 0; m = beta2 m + (1-beta2) g. First
     * buffer m, no second; epsilon is ignored. The same bits on every device, since a sign that rounding turns is a step the other way.
     */
    LION(1);

    private final int memories;

    UpdateRule(int memories) {
        this.memories = memories;
    }

    /** Returns how many buffers as long as the parameters it keeps between steps: 1 or 2, zero at first. */
    public int memories() {
        return memories;
    }
}
