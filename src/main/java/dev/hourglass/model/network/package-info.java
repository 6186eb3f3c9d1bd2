/**
 * Networks as models see them: {@link dev.hourglass.model.network.Network} is the seam, {@link dev.hourglass.model.network.Mlp} an implementation.
 *
 * <p>The one rule: whoever needs something of the inside of a network (its Jacobian, its widths, its graph for an export) asks the network.
 *
 * <p>May import: {@code autograd}, {@code backend}, {@code message}, {@code nn}, {@code onnx}, {@code tensor}.
 */
package dev.hourglass.model.network;
