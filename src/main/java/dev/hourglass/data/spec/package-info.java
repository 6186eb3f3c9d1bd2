/**
 * The one word of the command line that names data: {@link dev.hourglass.data.spec.DataSpec} finds the reader of its format.
 *
 * <p>One rule: the format is told from the name or else from the first bytes, and what is neither is refused.
 *
 * <p>May import: {@code data}, {@code data.array}, {@code data.csv}, {@code data.digits}, {@code data.file}, {@code data.picture}; the JDK.
 */
package dev.hourglass.data.spec;
