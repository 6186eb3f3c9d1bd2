/**
 * The CPU backend in pure Java: it defines what every primitive means, and it is fast enough to train with.
 *
 * <p>{@link dev.hourglass.backend.cpu.Gemm} multiplies matrices, {@link dev.hourglass.backend.cpu.Arithmetic} and {@link dev.hourglass.backend.cpu.Lanes} hold
 * the inner loops over float ranges. Each exists twice: a scalar twin here and a {@code jdk.incubator.vector} version in {@code backend.cpu.vector}, which {@code Engine} picks when the
 * JVM has that module ({@link dev.hourglass.backend.cpu.VectorModule}).
 *
 * <p>The one rule: results do not depend on the number of threads. Work is cut into pieces whose borders come from the shapes alone; a reduction sums
 * inside a piece in order, then the pieces in order, in double.
 *
 * <p>May import: {@code backend}; the JDK, never {@code jdk.incubator.vector}.
 */
package dev.hourglass.backend.cpu;
