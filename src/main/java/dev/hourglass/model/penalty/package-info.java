/**
 * Penalties beside the KL term, one record a penalty: when it applies, its term in the objective, the state it keeps.
 *
 * <p>The one rule: everything particular to a penalty is here; elsewhere one asks it.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code message}, {@code model.code}, {@code model.loss}, {@code model.network}, {@code tensor}.
 */
package dev.hourglass.model.penalty;
