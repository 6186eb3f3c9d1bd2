/**
 * Benchmarks of primitives, of whole training steps and of single calls of a trained model. Its one rule: a benchmark checks its result before it is timed,
 * waits for the device inside the timed method, and derives GFLOP/s and GB/s from the shapes.
 *
 * <p>{@code Benchmarks} runs them, {@code Report} prints the table. To add one:
 * <ol>
 * <li>Copy {@code ElementwiseBenchmark} (devices, throughput) or {@code InferenceBenchmark} (times of single calls); name it {@code ...Benchmark}.</li>
 * <li>Check the result in {@code @Setup} with {@code Target.check}; count work in {@code Work} where a rate means something.</li>
 * <li>Build and run as {@code jmh/pom.xml} says, keep the raw file in {@code jmh/results}, and put the number with its command in {@code jmh/MEASURED.md}.</li>
 * </ol>
 *
 * <p>{@code AnomalyTable} is no benchmark of speed: it sets the default of anomaly scores beside what needs no training.
 *
 * <p>May import: every package of dev.hourglass, JMH, Jackson, EJML.
 */
package dev.hourglass.benchmark;
