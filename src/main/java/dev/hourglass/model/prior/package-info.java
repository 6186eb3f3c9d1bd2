/**
 * The prior of a Gaussian code, one record a prior: its network, its term in the objective, how codes are drawn from it.
 *
 * <p>The one rule: everything particular to a prior is here; elsewhere one asks it.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code message}, {@code model.code}, {@code model.loss}, {@code model.network}, {@code nn},
 * {@code tensor}.
 */
package dev.hourglass.model.prior;
