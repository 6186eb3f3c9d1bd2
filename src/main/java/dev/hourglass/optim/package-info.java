/**
 * Optimizers and learning-rate schedules. The one rule: nothing here runs per step on the host; schedules become a table on the device.
 *
 * <p>May import: {@code backend}, {@code message}, {@code nn}, {@code tensor}.
 */
package dev.hourglass.optim;
