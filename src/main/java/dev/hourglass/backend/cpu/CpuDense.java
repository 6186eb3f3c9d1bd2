package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;

/** Dense layers: products, bias and activation, and their gradients. */
final class CpuDense {
    private final Engine engine;
    private final Scratch scratch;
    private final ColumnSums columnSums;

    CpuDense(Engine engine, Scratch scratch) {
        this.engine = engine;
        this.scratch = scratch;
        columnSums = new ColumnSums(engine);
    }

    void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
        engine.gemm().multiply(m, n, k, alpha, matrix(a, transposeA ? m : k, transposeA), matrix(b, transposeB ? k : n, transposeB), beta,
                matrix(c, n, false));
    }

    private static Gemm.Matrix matrix(Buffer buffer, int stride, boolean transposed) {
        return new Gemm.Matrix(CpuBuffer.floats(buffer), CpuBuffer.offset(buffer), stride, transposed);
    }

    void biasActivation(int rows, int columns, Activation activation, Buffer product, Buffer bias, Buffer output) {
        float[] a = CpuBuffer.floats(product);
        int aOffset = CpuBuffer.offset(product);
        float[] y = CpuBuffer.floats(output);
        int yOffset = CpuBuffer.offset(output);
        boolean nothingLeft = activation == Activation.IDENTITY && a == y && aOffset == yOffset;
        engine.parallel().rows(rows, columns, (from, to, worker) -> {
            if (bias != null) {
                for (int r = from; r < to; r++) {
                    engine.arithmetic().scale(1f, CpuBuffer.floats(bias), CpuBuffer.offset(bias), a, aOffset + r * columns, true, columns);
                }
            }
            if (!nothingLeft) {
                engine.lanes().activate(activation, a, aOffset + from * columns, y, yOffset + from * columns, (to - from) * columns);
            }
        });
    }

    void biasActivationBackward(int rows, int columns, Activation activation, Buffer saved, Buffer dOutput,
            Buffer dPre, boolean accumulatePre, Buffer dBias, boolean accumulateBias) {
        ColumnSums.Rows piece = (from, to, worker, sums, offset) -> {
            if (dOutput != null) {
                chain(activation, saved, from * columns, (to - from) * columns, dOutput, dPre, accumulatePre, worker);
            }
            if (dBias != null) {
                columnSums.add(CpuBuffer.floats(dPre), CpuBuffer.offset(dPre) + from * columns, to - from, columns,
                        scratch.of(worker, columns),
                        sums, offset);
            }
        };
        if (dBias == null) {
            engine.parallel().rows(rows, columns, (from, to, worker) -> piece.add(from, to, worker, null, 0));
        } else {
            double[] sums = columnSums.run(rows, columns, piece);
            ColumnSums.store(sums, CpuBuffer.floats(dBias), CpuBuffer.offset(dBias), columns, accumulateBias);
        }
    }

    void dense(int rows, int outputs, int inputs, Activation activation, Buffer x, Buffer weight, boolean transposed, boolean accumulate,
            Buffer bias,
            Buffer pre, Buffer output) {
        gemm(false, !transposed, rows, outputs, inputs, 1, x, weight, accumulate ? 1 : 0, pre);
        if (bias != null || activation != Activation.IDENTITY || pre != output) {
            biasActivation(rows, outputs, activation, pre, bias, output);
        }
    }

    void denseBackward(int rows, int outputs, int inputs, Activation activation, Buffer x, Buffer weight, boolean transposed, Buffer saved,
            Buffer dOutput, Buffer dPre, boolean accumulatePre, Buffer dx, boolean accumulateX, Buffer dWeight, boolean accumulateWeight,
            Buffer dBias, boolean accumulateBias) {
        if (activation != Activation.IDENTITY || accumulatePre || dOutput != dPre || dBias != null) {
            biasActivationBackward(rows, outputs, activation, saved, dOutput, dPre, accumulatePre, dBias, accumulateBias);
        }
        if (dWeight != null) {
            gemm(true, false, transposed ? inputs : outputs, transposed ? outputs : inputs, rows, 1, transposed ? x : dPre,
                    transposed ? dPre : x,
                    accumulateWeight ? 1 : 0, dWeight);
        }
        if (dx != null) {
            gemm(false, transposed, rows, inputs, outputs, 1, dPre, weight, accumulateX ? 1 : 0, dx);
        }
    }

    /** dPre (+)= dOutput f'(a) on elements [start, start + length). */
    private void chain(Activation activation, Buffer saved, int start, int length, Buffer dOutput, Buffer dPre, boolean accumulate,
            int worker) {
        float[] d = CpuBuffer.floats(dOutput);
        int dOffset = CpuBuffer.offset(dOutput) + start;
        float[] target = CpuBuffer.floats(dPre);
        int offset = CpuBuffer.offset(dPre) + start;
        if (activation == Activation.IDENTITY) {
            if (d != target || dOffset != offset) {
                engine.arithmetic().scale(1f, d, dOffset, target, offset, accumulate, length);
            }
            return;
        }
        float[] slope = scratch.of(worker, length);
        engine.lanes().slope(activation, CpuBuffer.floats(saved), CpuBuffer.offset(saved) + start, slope, 0, length);
        engine.arithmetic().multiply(d, dOffset, slope, 0, target, offset, accumulate, length);
    }
}
