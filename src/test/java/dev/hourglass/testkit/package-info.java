/**
 * What tests share: the emulated CUDA driver, the backends a run is about, and the comparison of any backend with the CPU. Its rule: nothing
 * here replaces production code, it only stands around it.
 *
 * <p>{@code BackendParity} runs a case (a lambda over {@code Bench}) on every backend that system property {@code backends} names; one test
 * class for each family of primitives holds its cases.
 */
package dev.hourglass.testkit;
