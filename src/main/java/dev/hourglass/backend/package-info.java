/**
 * The upper seam of the engine: what every device must be able to do, said in formulas.
 *
 * <p>{@link dev.hourglass.backend.Backend} lists the primitives; {@code backend.cpu} defines them in pure Java and {@code backend.cuda}
 * implements them in CUDA. The one rule: a primitive's Javadoc is its contract, and both devices are tested against it.
 *
 * <p>May import: {@code message}; the JDK.
 */
package dev.hourglass.backend;
