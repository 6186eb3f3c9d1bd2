/**
 * Networks for other run times: a small builder of ONNX graphs ({@link dev.hourglass.onnx.OnnxGraph}) with its own protobuf encoder, so that
 * exporting needs no library.
 *
 * <p>The one rule: this package knows layers and arrays, not models; who has a model calls the builder.
 *
 * <p>May import: {@code backend}, {@code io}, {@code message}.
 */
package dev.hourglass.onnx;
