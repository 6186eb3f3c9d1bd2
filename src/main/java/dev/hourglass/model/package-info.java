/**
 * The one model type and its parts.
 *
 * <pre>
 * x --Corruption--> x~ --Encoder--> Code --> z --Decoder--> parameters --Likelihood--> -log p(x|z)
 *                   condition c -^  |                ^- condition c
 *                                   +-- Prior (KL), Penalties (sparsity, contraction, decay)
 * </pre>
 *
 * <p>{@link dev.hourglass.model.Specification} says what was chosen, {@link dev.hourglass.model.Schema} what the data look like;
 * {@link dev.hourglass.model.Model} is both with parameters on a device. {@link dev.hourglass.model.ForwardPass} is the network written on a tape
 * and {@link dev.hourglass.model.Objective} its loss terms. The one rule: the target of a reconstruction is always the clean input.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code batch}, {@code data}, {@code message}, {@code model.code}, {@code model.likelihood},
 * {@code model.loss}, {@code model.network}, {@code model.penalty}, {@code model.prior}, {@code nn}, {@code onnx}, {@code tensor}.
 */
package dev.hourglass.model;
