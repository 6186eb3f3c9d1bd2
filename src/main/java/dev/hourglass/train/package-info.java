/**
 * Training: a {@link dev.hourglass.train.Plan} says how, a {@link dev.hourglass.train.Trainer} does it and tells its
 * {@link dev.hourglass.train.Listener}s. The one rule: inside an epoch the host launches steps and does nothing else.
 *
 * <p>{@link dev.hourglass.train.Configuration} is everything that was chosen, as JSON; {@link dev.hourglass.train.DataDescription} reads the data it
 * names. {@link dev.hourglass.train.RunFolder} is the listener that writes a run to disk and opens it again:
 * <pre>{@code
 * RunFolder folder = RunFolder.create(Path.of("runs/mine"), configuration, Provenance.now(configuration, data, Map.of()), data.shown(), false);
 * new Trainer(model, plan, data.training(), data.validation(), List.of(folder)).run();
 * Autoencoder again = RunFolder.open(Path.of("runs/mine")).model(device, SavedRun.Kept.BEST);
 * }</pre>
 *
 * <p>May import: {@code model}, {@code nn}, {@code optim}, {@code autograd}, {@code tensor}, {@code backend}, {@code data}, {@code io}, {@code picture}.
 */
package dev.hourglass.train;
