/**
 * What a trained model has learned: estimates on data, as records.
 *
 * <ul>
 * <li>{@link dev.hourglass.evaluate.LogLikelihood}: log p(x) by importance sampling or from the prior.</li>
 * <li>{@link dev.hourglass.evaluate.Decomposition}: the ELBO taken apart into reconstruction, mutual information and marginal KL.</li>
 * <li>{@link dev.hourglass.evaluate.JacobianReport}: contraction, saturation, singular values and tangents of the encoder.</li>
 * <li>{@link dev.hourglass.evaluate.Threshold} and {@link dev.hourglass.evaluate.Roc}: what to make of scores, which {@code inference} computes.</li>
 * <li>{@link dev.hourglass.evaluate.code}: what is found from codes.</li>
 * </ul>
 *
 * <p>Everything runs in batches: device memory does not grow with the number of examples or of samples, host memory by a few numbers per example.
 * Results are the same for the same seed on every run and for any number of threads. The input is never corrupted here. The one rule: the device
 * does 32-bit work through {@code Backend} primitives alone; what is summed, sorted or factorised afterwards is done on the host in 64 bits.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code batch}, {@code data}, {@code inference}, {@code message}, {@code model},
 * {@code model.code}, {@code model.likelihood}, {@code model.network}, {@code tensor}; EJML for eigenvalues.
 */
package dev.hourglass.evaluate;
