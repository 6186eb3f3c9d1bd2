/**
 * Training: a {@link dev.hourglass.train.TrainingSettings} says how, a {@link dev.hourglass.train.Trainer} does it and tells its
 * {@link dev.hourglass.train.Listener}s. The one rule: inside an epoch the host launches steps and does nothing else.
 *
 * <p>{@link dev.hourglass.train.Configuration} is everything that was chosen, as JSON; {@link dev.hourglass.train.DataDescription} reads the data it
 * names. {@link dev.hourglass.train.RunFolder} is the listener that writes a run to disk, {@link dev.hourglass.train.SavedRun} reads it and never writes:
 * <pre>{@code
 * try (RunFolder folder = RunFolder.create(Path.of("runs/mine"), configuration, Provenance.now(configuration, data, Map.of()), false);
 *      Trainer trainer = new Trainer(model, settings, data.training(), data.validation(), List.of(folder))) {
 *     trainer.run();
 * }
 * Model again = SavedRun.open(Path.of("runs/mine")).model(device, SavedRun.Kept.BEST);
 * }</pre>
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code batch}, {@code data}, {@code data.array}, {@code data.spec}, {@code inference}, {@code io},
 * {@code message}, {@code model}, {@code model.loss}, {@code model.prior}, {@code nn}, {@code optim}, {@code tensor}; jackson.
 */
package dev.hourglass.train;
