/**
 * Batches from a data set to the device: {@link dev.hourglass.batch.DeviceData} holds examples there, {@link dev.hourglass.batch.BatchLoop} takes them
 * through a recorded program batch by batch. Training, validation and estimates are this loop with different programs; {@code inference}, which serves
 * single rows to many threads at once, encodes its rows on the host.
 *
 * <p>The one rule: nothing here knows what a model is; how rows are encoded is told in a {@link dev.hourglass.batch.BatchEncoding}.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code data}, {@code message}, {@code tensor}.
 */
package dev.hourglass.batch;
