/**
 * What stands between encoder and decoder, one record a code: how wide the encoder's output is, what of it is decoded, what an export gives.
 *
 * <p>The one rule: everything particular to a code is here; elsewhere one asks it.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code message}, {@code onnx}, {@code tensor}.
 */
package dev.hourglass.model.code;
