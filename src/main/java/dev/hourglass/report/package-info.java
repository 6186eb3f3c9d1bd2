/**
 * What is told of a trained model: {@link dev.hourglass.report.Estimates} as a table for people and as JSON for machines, and
 * {@link dev.hourglass.report.RunReport}, one page of HTML for a run.
 *
 * <p>The one rule: nothing is estimated here. {@code evaluate} finds the numbers; this package names them, their units and what they depend on (K, N,
 * the seed), and never shows one without. The page is a single file: it loads nothing, neither from a network nor from beside it.
 *
 * <p>May import: {@code data}, {@code evaluate}, {@code evaluate.code}, {@code inference}, {@code message}, {@code model},
 * {@code model.loss}, {@code model.penalty}, {@code picture}, {@code train}.
 */
package dev.hourglass.report;
