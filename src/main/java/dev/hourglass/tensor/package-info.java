/**
 * Matrices on a device and who owns them.
 *
 * <p>A {@link dev.hourglass.tensor.Tensor} is a named {@code [rows, columns]} matrix; a {@link dev.hourglass.tensor.Scope} owns the memory of
 * many and gives it back when closed. The one rule: memory belongs to exactly one scope, and using it after that scope closed names both.
 *
 * <p>May import: {@code backend}, {@code message}.
 */
package dev.hourglass.tensor;
