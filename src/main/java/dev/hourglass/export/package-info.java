/**
 * Trained models as files for other run times: {@link dev.hourglass.export.OnnxExport} writes encoder and decoder as ONNX graphs.
 *
 * <p>The one rule: a written graph computes what {@link dev.hourglass.model.Inference} computes, scaling included; a test runs both.
 *
 * <p>May import: {@code model}, {@code nn}, {@code tensor}, {@code backend}, {@code data}, {@code io}, {@code io.onnx}.
 */
package dev.hourglass.export;
