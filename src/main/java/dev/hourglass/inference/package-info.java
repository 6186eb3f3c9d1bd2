/**
 * A trained model at work: codes, reconstructions, samples and scores of rows, from any number of threads.
 *
 * <p>{@link dev.hourglass.inference.Inference} lends each call a workspace (programs recorded for a few numbers of rows, with their memory) and takes it
 * back. The one rule: what a row gets depends on the model, the row and the seed alone, never on its position, on the rows beside it or on the workspace.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code backend.cpu}, {@code batch}, {@code data}, {@code message}, {@code model}, {@code model.code},
 * {@code model.likelihood}, {@code model.network}, {@code tensor}.
 */
package dev.hourglass.inference;
