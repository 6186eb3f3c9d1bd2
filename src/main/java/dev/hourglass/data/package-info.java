/**
 * Data sets in host memory, what one asks of their readers, and the two things learned from data before a model sees it:
 * {@link dev.hourglass.data.Imputation} (what stands in for a missing value) and {@link dev.hourglass.data.Scaling} (part of every model).
 *
 * <p>A {@link dev.hourglass.data.Dataset} is an immutable table of rows of equal width that keeps the type of its source: 8-bit pictures stay
 * 8-bit, and numbers that no float holds stay doubles until a scaling has centred them, see {@link dev.hourglass.data.WideColumns}. {@link dev.hourglass.data.spec.DataSpec} turns one word of the command line into a {@link dev.hourglass.data.DataPair}:
 * <pre>{@code
 * DataPair digits = DataSpec.read("digits", DataOptions.defaults());
 * DataPair table = DataSpec.read("people.csv", DataOptions.defaults().withLabelColumn("outcome"));
 * }</pre>
 *
 * <p>One rule: whatever is wrong with a file is a {@link dev.hourglass.data.DataException} with one line naming the file, the place in it, what was
 * expected and what to do; nothing is guessed, dropped or repaired silently: what a reader guessed or left out is one line each in
 * {@link dev.hourglass.data.Dataset#notes}. Row and column numbers in messages and options count from 1, in Java calls from 0.
 *
 * <p>The readers are packages of their own, by format: {@link dev.hourglass.data.array}, {@link dev.hourglass.data.csv}, {@link dev.hourglass.data.picture}
 * and the built-in {@link dev.hourglass.data.digits}, above what they share in {@link dev.hourglass.data.file}.
 *
 * <p>May import: {@code message}; the JDK.
 */
package dev.hourglass.data;
