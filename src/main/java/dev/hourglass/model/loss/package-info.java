/**
 * The terms of an objective and where their sums go.
 *
 * <p>The one rule: a term is known by its constant in {@link dev.hourglass.model.loss.Term}, whose ordinal is the slot of its sum.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code tensor}.
 */
package dev.hourglass.model.loss;
