/**
 * p(x|z), one record a likelihood: the parameters it declares, its term on a tape and on the host, the mean and variance it predicts, where the output
 * bias starts, which values of x it allows and how they are scaled, the end of an exported decoder.
 *
 * <p>The one rule: everything particular to a likelihood is here; elsewhere one asks it.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code data}, {@code message}, {@code model.code}, {@code nn}, {@code onnx}, {@code tensor}.
 */
package dev.hourglass.model.likelihood;
