/**
 * The options of the command line: a class for each group of them, which a command mixes in, and how their texts are read
 * ({@link dev.hourglass.cli.option.OptionText}).
 *
 * <p>The one rule: what is not given changes nothing; what cannot be is bad usage ({@link dev.hourglass.cli.output.UsageException}), told before any work.
 *
 * <p>May import: {@code backend}, {@code backend.cuda}, {@code cli.output}, {@code data}, {@code data.csv}, {@code data.spec}, {@code message},
 * {@code model}, {@code model.likelihood}, {@code model.loss}, {@code model.penalty}, {@code model.prior}, {@code nn}, {@code optim}, {@code report},
 * {@code train}; picocli.
 */
package dev.hourglass.cli.option;
