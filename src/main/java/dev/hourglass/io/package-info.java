/**
 * Files that outlive the process: tensors ({@link dev.hourglass.io.SafetensorsFile}), small texts and line logs
 * ({@link dev.hourglass.io.AtomicFiles}).
 *
 * <p>The one rule: a reader of a file sees the old content or the whole new content, never a part; and a file that is not what it
 * should be is refused with one line ({@link dev.hourglass.io.FormatException}) before any of it is used.
 *
 * <p>May import: {@code message}; the JDK and jackson.
 */
package dev.hourglass.io;
