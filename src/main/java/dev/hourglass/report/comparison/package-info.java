/**
 * Runs side by side: {@link dev.hourglass.report.comparison.RunComparison} as a table, as rows and as a chart.
 *
 * <p>The one rule: what makes losses of runs incomparable is said before they are shown. Nothing is computed from models or data; it is what the runs keep.
 *
 * <p>May import: {@code io}, {@code message}, {@code model}, {@code model.loss}, {@code picture}, {@code report}, {@code train}.
 */
package dev.hourglass.report.comparison;
