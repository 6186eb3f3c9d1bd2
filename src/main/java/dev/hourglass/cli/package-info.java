/**
 * The command line: {@link dev.hourglass.cli.Main} and one class for each command. What commands share are their options ({@code cli.option}) and what
 * they write ({@code cli.output}).
 *
 * <p>Results go to stdout, everything else to stderr. Exit code 0 done, 1 failed, 2 bad usage; a failure is one line: what, where, what was
 * expected, what to do. The one rule: nothing is computed here; commands read options, call the facade, write results.
 *
 * <p>May import: everything.
 */
package dev.hourglass.cli;
