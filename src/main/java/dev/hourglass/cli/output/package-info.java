/**
 * What the command line tells: results as tables and pictures ({@link dev.hourglass.cli.output.Output}), progress, notes, and refusals
 * ({@link dev.hourglass.cli.output.UsageException}).
 *
 * <p>The one rule: nothing here decides what is done; it is told, and writes.
 *
 * <p>May import: {@code backend}, {@code backend.cuda}, {@code data}, {@code data.array}, {@code data.csv}, {@code evaluate}, {@code io}, {@code message}, {@code model},
 * {@code model.loss}, {@code model.penalty}, {@code picture}, {@code report}, {@code train}; progressbar.
 */
package dev.hourglass.cli.output;
