/**
 * What the readers of files share: {@link dev.hourglass.data.file.Input} opens and unpacks them, {@link dev.hourglass.data.file.BinaryRows} takes rows of
 * numbers from a stream.
 *
 * <p>One rule: a header may announce anything, memory grows with the bytes that come, by a stated multiple of them.
 *
 * <p>May import: {@code data}; the JDK.
 */
package dev.hourglass.data.file;
