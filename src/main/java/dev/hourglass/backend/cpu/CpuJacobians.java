package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;

/** Steps of a Jacobian accumulated from the code side: scaling by activation slopes, and the gradients. The products between are {@code gemm}. */
final class CpuJacobians {
    private final Engine engine;
    private final Scratch scratch;

    CpuJacobians(Engine engine, Scratch scratch) {
        this.engine = engine;
        this.scratch = scratch;
    }

    private void slopes(Activation activation, Buffer saved, int start, int count, float[] target) {
        engine.lanes().slope(activation, CpuBuffer.floats(saved), CpuBuffer.offset(saved) + start, target, 0, count);
    }

    private void curvatures(Activation activation, Buffer saved, int start, int count, float[] target) {
        engine.lanes().curvature(activation, CpuBuffer.floats(saved), CpuBuffer.offset(saved) + start, target, 0, count);
    }

    void scaleRows(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer out) {
        engine.parallel().rows(rows, latent * columns, (from, to, worker) -> {
            float[] g = scratch.of(worker, latent);
            for (int b = from; b < to; b++) {
                slopes(activation, saved, b * latent, latent, g);
                for (int i = 0; i < latent; i++) {
                    engine.arithmetic().scale(g[i], CpuBuffer.floats(w), CpuBuffer.offset(w) + i * columns, CpuBuffer.floats(out),
                            CpuBuffer.offset(out) + (b * latent + i) * columns, false, columns);
                }
            }
        });
    }

    void scaleRowsBackward(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer dOut,
            Buffer dw, boolean accumulateWeight, Buffer dPre, boolean accumulatePre) {
        float[] d = CpuBuffer.floats(dOut);
        engine.parallel().rows(rows, latent * columns, (from, to, worker) -> {
            float[] bend = scratch.of(worker, latent);
            for (int b = from; b < to; b++) {
                curvatures(activation, saved, b * latent, latent, bend);
                for (int i = 0; i < latent; i++) {
                    double product = engine.arithmetic().dot(CpuBuffer.floats(w), CpuBuffer.offset(w) + i * columns, d,
                            CpuBuffer.offset(dOut) + (b * latent + i) * columns, columns);
                    CpuPenalties.put(dPre, b * latent + i, (float) (bend[i] * product), accumulatePre);
                }
            }
        });
        float[] g = new float[rows * latent];
        slopes(activation, saved, 0, rows * latent, g);
        float[] target = CpuBuffer.floats(dw);
        engine.parallel().rows(latent, rows * columns, (from, to, worker) -> {
            for (int i = from; i < to; i++) {
                int row = CpuBuffer.offset(dw) + i * columns;
                for (int b = 0; b < rows; b++) {
                    engine.arithmetic().scale(g[b * latent + i], d, CpuBuffer.offset(dOut) + (b * latent + i) * columns, target, row,
                            accumulateWeight || b > 0, columns);
                }
            }
        });
    }

    void scaleColumns(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer out) {
        engine.parallel().rows(rows, count * columns, (from, to, worker) -> {
            float[] g = scratch.of(worker, columns);
            for (int b = from; b < to; b++) {
                slopes(activation, saved, b * columns, columns, g);
                for (int i = 0; i < count; i++) {
                    int row = (b * count + i) * columns;
                    engine.arithmetic().multiply(g, 0, CpuBuffer.floats(r), CpuBuffer.offset(r) + row, CpuBuffer.floats(out),
                            CpuBuffer.offset(out) + row, false, columns);
                }
            }
        });
    }

    void scaleColumnsBackward(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer dOut,
            Buffer dr, Buffer dPre, boolean accumulatePre) {
        float[] d = CpuBuffer.floats(dOut);
        engine.parallel().rows(rows, count * columns, (from, to, worker) -> {
            float[] memory = scratch.of(worker, 2 * columns);
            for (int b = from; b < to; b++) {
                for (int i = 0; i < count; i++) {
                    int row = (b * count + i) * columns;
                    engine.arithmetic().multiply(CpuBuffer.floats(r), CpuBuffer.offset(r) + row, d, CpuBuffer.offset(dOut) + row, memory,
                            columns,
                            i > 0, columns);
                }
                curvatures(activation, saved, b * columns, columns, memory);
                for (int j = 0; j < columns; j++) {
                    CpuPenalties.put(dPre, b * columns + j, memory[j] * memory[columns + j], accumulatePre);
                }
                if (dr != null) {
                    slopes(activation, saved, b * columns, columns, memory);
                    for (int i = 0; i < count; i++) {
                        int row = (b * count + i) * columns;
                        engine.arithmetic().multiply(memory, 0, d, CpuBuffer.offset(dOut) + row, CpuBuffer.floats(dr),
                                CpuBuffer.offset(dr) + row,
                                false, columns);
                    }
                }
            }
        });
    }
}
