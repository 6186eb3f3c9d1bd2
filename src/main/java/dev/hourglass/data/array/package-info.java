/**
 * Files of arrays, reader and writer side by side: {@link dev.hourglass.data.array.Idx idx}, {@link dev.hourglass.data.array.Npy npy} and
 * {@link dev.hourglass.data.array.Npz npz}, which hold data sets (which of them are pictures is told from shape and values), and safetensors
 * ({@link dev.hourglass.data.array.Safetensors}, {@link dev.hourglass.data.array.SafetensorsFile}), which hold the tensors of models.
 *
 * <p>One rule: readers order no more memory than a stated multiple of the bytes that are there, whatever a header announces.
 *
 * <p>May import: {@code data}, {@code data.file}, {@code io}; the JDK and jackson.
 */
package dev.hourglass.data.array;
