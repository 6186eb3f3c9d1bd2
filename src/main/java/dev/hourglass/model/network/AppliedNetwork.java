package dev.hourglass.model.network;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.tensor.Tensor;

/**
 * A network written on a tape, and the derivatives J = dy/dx of its first {@code outputs} results by its input, each example by itself; a condition
 * is held fixed. Derivatives are written on the same tape and can be differentiated again.
 */
public interface AppliedNetwork {
    /** Returns the result y, [rows, outputs], with its pre-activation. */
    Activated last();

    /** Returns the first {@code outputs} columns of the result. */
    Activated first(int outputs);

    /** Writes J of every example, exact: [rows * outputs, inputs], the rows of an example together. */
    Tensor jacobian(int outputs);

    /**
     * Writes ||J||_F^2 of each example, exact: [rows, 1]. One layer has a closed form (Rifai et al. 2011, eq. 7); deeper ones cost about as much as
     * {@code outputs} passes.
     */
    Tensor squaredJacobian(int outputs, LossWeights weights);

    /**
     * Writes the Hutchinson estimate of ||J||_F^2 of each example from random signs v: the mean of ||v^T J||^2, unbiased: [rows, 1].
     *
     * @param signs [rows * probes, outputs]
     */
    Tensor squaredJacobian(Tensor signs, int probes, LossWeights weights);

    /**
     * Writes ||J(x) - J(x')||_F^2 of each example (Rifai et al. 2011, CAE+H): [rows, 1].
     *
     * @param there the same network at x'
     * @throws IllegalStateException when it has more than one layer
     */
    Tensor jacobianChange(AppliedNetwork there, LossWeights weights);
}
