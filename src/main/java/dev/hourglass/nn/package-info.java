/**
 * Networks: named parameters in one contiguous buffer, and how they start.
 *
 * <p>The one rule: every parameter is declared before {@link dev.hourglass.nn.Parameters#seal}, matrices end up before vectors, and nothing is
 * added afterwards. One buffer means one optimizer kernel, one file section and one checksum.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code message}, {@code tensor}.
 */
package dev.hourglass.nn;
