/**
 * The thin differentiation layer: operations on tensors that know their own gradients.
 *
 * <p>{@link dev.hourglass.autograd.Ops} has one method per operation, forward and backward side by side;
 * {@link dev.hourglass.autograd.Tape} keeps them in order. A tape is built once for a batch size and then run any number of times without
 * allocating, which is what a CUDA graph needs and what keeps a CPU step free of garbage. The one rule: shapes are validated here and nowhere below.
 *
 * <p>May import: {@code backend}, {@code message}, {@code tensor}.
 */
package dev.hourglass.autograd;
