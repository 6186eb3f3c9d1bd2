/**
 * Training: a {@link dev.hourglass.train.Plan} says how, a {@link dev.hourglass.train.Trainer} does it and tells its
 * {@link dev.hourglass.train.Listener}s, a run folder is one of them. The one rule: inside an epoch the host launches steps and does nothing else.
 *
 * <p>May import: {@code model}, {@code nn}, {@code optim}, {@code autograd}, {@code tensor}, {@code backend}, {@code data}, {@code io}, {@code picture}.
 */
package dev.hourglass.train;
