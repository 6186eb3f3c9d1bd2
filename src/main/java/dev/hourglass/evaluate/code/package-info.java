/**
 * What is found from the codes of a trained model and from what they decode to.
 *
 * <ul>
 * <li>{@link dev.hourglass.evaluate.code.CodeQuality}: what the codes know of the labels;
 *     {@link dev.hourglass.evaluate.code.ReconstructionConfusion}: what of it the reconstructions keep.</li>
 * <li>{@link dev.hourglass.evaluate.code.UnitActivity}: how the units of a code are used.</li>
 * <li>{@link dev.hourglass.evaluate.code.GaussianMixture} and {@link dev.hourglass.evaluate.code.Latents}: where to decode.</li>
 * </ul>
 *
 * <p>One rule: codes are arrays [examples][latent] on the host, and what is fitted to them is fitted there in 64 bits, the same for the same seed; only distances between
 * codes are found on the device.
 *
 * <p>May import: {@code backend}, {@code data}, {@code evaluate}, {@code inference}, {@code message}, {@code model}, {@code tensor}; EJML for solves.
 */
package dev.hourglass.evaluate.code;
