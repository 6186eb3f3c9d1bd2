/**
 * Hourglass, the autoencoder engine of the JVM: this package is the way in.
 *
 * <p>Every autoencoder is the same pipeline with different parts. {@link dev.hourglass.Hourglass} names the usual compositions,
 * {@link dev.hourglass.ModelBuilder} changes their parts, {@link dev.hourglass.Devices} opens what they run on:
 *
 * <pre>{@code
 * Examples digits = Examples.of(SyntheticDigits.generate(10_000, 0));
 * try (Backend device = Devices.open("auto");
 *      Autoencoder model = Hourglass.vae().hidden(400).latent(20).create(device, digits, 0);
 *      Trainer trainer = new Trainer(model, Plan.defaults(), digits, null, List.of())) {
 *     trainer.run();
 *     float[][] codes = new Inference(model).encode(digits);
 * }
 * }</pre>
 *
 * <p>The one rule: nothing is computed here. May import: everything but {@code cli}.
 */
package dev.hourglass;
