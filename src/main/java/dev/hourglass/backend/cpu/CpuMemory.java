package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import java.util.Arrays;

/** Fills, copies and sums over a few numbers. */
final class CpuMemory {
    private final Engine engine;

    CpuMemory(Engine engine) {
        this.engine = engine;
    }

    static void fill(Buffer target, float value) {
        int from = CpuBuffer.offset(target);
        int to = from + CpuBuffer.length(target);
        if (target.type() == ElementType.FLOAT64) {
            Arrays.fill(CpuBuffer.doubles(target), from, to, value);
        } else {
            Arrays.fill(CpuBuffer.floats(target), from, to, value);
        }
    }

    static void copy(Buffer source, Buffer target) {
        Object from = switch (source.type()) {
            case FLOAT32 -> CpuBuffer.floats(source);
            case UINT8 -> CpuBuffer.bytes(source);
            case INT32 -> CpuBuffer.ints(source);
            case FLOAT64 -> CpuBuffer.doubles(source);
        };
        Object to = switch (target.type()) {
            case FLOAT32 -> CpuBuffer.floats(target);
            case UINT8 -> CpuBuffer.bytes(target);
            case INT32 -> CpuBuffer.ints(target);
            case FLOAT64 -> CpuBuffer.doubles(target);
        };
        System.arraycopy(from, CpuBuffer.offset(source), to, CpuBuffer.offset(target), CpuBuffer.length(source));
    }

    void add(float scale, Buffer source, Buffer target) {
        engine.parallel().rows(CpuBuffer.length(source), 1, (from, to, worker) -> engine.arithmetic().scale(scale,
                CpuBuffer.floats(source), CpuBuffer.offset(source) + from, CpuBuffer.floats(target), CpuBuffer.offset(target) + from, true,
                to - from));
    }

    void copyColumns(int rows, int columns, int repeats, Buffer source, int sourceWidth, int sourceColumn,
            Buffer target, int targetWidth, int targetColumn, boolean accumulate) {
        float[] x = CpuBuffer.floats(source);
        float[] y = CpuBuffer.floats(target);
        engine.parallel().rows(rows, columns, (from, to, worker) -> {
            for (int r = from; r < to; r++) {
                int xRow = CpuBuffer.offset(source) + r / repeats * sourceWidth + sourceColumn;
                int yRow = CpuBuffer.offset(target) + r * targetWidth + targetColumn;
                engine.arithmetic().scale(1f, x, xRow, y, yRow, accumulate, columns);
            }
        });
    }

    void sumRepeats(int rows, int columns, int repeats, Buffer source, Buffer target, boolean accumulate) {
        float[] x = CpuBuffer.floats(source);
        float[] y = CpuBuffer.floats(target);
        engine.parallel().rows(rows, columns * repeats, (from, to, worker) -> {
            for (int b = from; b < to; b++) {
                int yRow = CpuBuffer.offset(target) + b * columns;
                for (int c = 0; c < columns; c++) {
                    int at = CpuBuffer.offset(source) + b * repeats * columns + c;
                    double sum = 0;
                    for (int j = 0; j < repeats; j++) {
                        sum += x[at + j * columns];
                    }
                    y[yRow + c] = (float) (accumulate ? y[yRow + c] + sum : sum);
                }
            }
        });
    }

    static void accumulate(int count, Buffer values, Buffer upstream, float weight, Buffer metrics, int slot, int lossSlot) {
        double[] sums = CpuBuffer.doubles(metrics);
        int start = CpuBuffer.offset(metrics);
        double plain = 0;
        double weighted = 0;
        for (int r = 0; r < count; r++) {
            double value = CpuPenalties.element(values, r);
            plain += value;
            weighted += upstream == null ? 0 : CpuPenalties.element(upstream, r) * value;
        }
        sums[start + slot] += plain * weight;
        if (upstream != null) {
            sums[start + lossSlot] += weight * count * weighted;
        }
    }
}
