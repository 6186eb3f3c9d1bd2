/**
 * Files that outlive the process: tensors ({@link dev.hourglass.io.SafetensorsFile}), small texts and line logs
 * ({@link dev.hourglass.io.AtomicFiles}); {@link dev.hourglass.io.onnx} writes networks for other run times.
 *
 * <p>The one rule: a reader of a file sees the old content or the whole new content, never a part; and a file that is not what it
 * should be is refused with one line ({@link dev.hourglass.io.FormatException}) before any of it is used.
 *
 * <p>May import: the JDK and jackson. Nothing of this project.
 */
package dev.hourglass.io;
