/**
 * Arrays: {@link dev.hourglass.data.array.Idx idx}, {@link dev.hourglass.data.array.Npy npy} and {@link dev.hourglass.data.array.Npz npz}. Which of them are
 * pictures is told from shape and values.
 *
 * <p>One rule: readers order no more memory than a stated multiple of the bytes that are there, whatever a header announces.
 *
 * <p>May import: {@code data}, {@code data.file}; the JDK.
 */
package dev.hourglass.data.array;
