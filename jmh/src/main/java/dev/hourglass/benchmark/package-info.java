/**
 * Benchmarks of primitives and of whole training steps. Its one rule: a benchmark checks its result before it is timed, waits for the device
 * inside the timed method, and derives GFLOP/s and GB/s from the shapes.
 *
 * <p>{@code Benchmarks} runs them, {@code Report} prints the table. May import: every package of dev.hourglass, JMH, Jackson.
 */
package dev.hourglass.benchmark;
