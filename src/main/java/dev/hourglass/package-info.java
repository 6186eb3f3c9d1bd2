/**
 * Hourglass, the autoencoder engine of the JVM: this package is the way in.
 *
 * <p>{@link dev.hourglass.Hourglass} names the usual models, {@link dev.hourglass.ModelBuilder} changes their parts and trains them,
 * {@link dev.hourglass.Autoencoder} is a trained one, {@link dev.hourglass.Scorer} finds the rows it cannot explain:
 *
 * <pre>{@code
 * try (Autoencoder model = Hourglass.vae().hidden(64).latent(8).epochs(50).fit(rows)) {
 *     float[] code = model.encode(rows[0]);
 *     double surprise = model.scorer().score(rows[0]);
 *     model.save(Path.of("runs/mine"));
 * }
 * }</pre>
 *
 * <p>The one rule: nothing is computed here. May import: everything but {@code cli}.
 */
package dev.hourglass;
