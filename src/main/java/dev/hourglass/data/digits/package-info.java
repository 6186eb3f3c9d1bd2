/**
 * The built-in digits, drawn by strokes: {@link dev.hourglass.data.digits.SyntheticDigits}.
 *
 * <p>One rule: the same seed gives the same bytes on every Java version and platform.
 *
 * <p>May import: {@code data}; the JDK.
 */
package dev.hourglass.data.digits;
