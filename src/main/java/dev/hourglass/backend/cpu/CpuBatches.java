package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.StepState;
import java.util.Arrays;

/** Batches: gathering, binarising, corrupting, one-hot labels and random signs. */
final class CpuBatches {
    private static final float HALF = 0.5f;

    private final Engine engine;
    private final Scratch scratch;

    CpuBatches(Engine engine, Scratch scratch) {
        this.engine = engine;
        this.scratch = scratch;
    }

    void gather(int rows, int columns, Buffer data, Buffer order, Buffer stateBuffer, Buffer shift, Buffer scale,
            Binarization binarization, Noise noise, Buffer clean, Buffer corrupted) {
        State state = State.of(stateBuffer);
        float[] x = CpuBuffer.floats(clean);
        int offset = CpuBuffer.offset(clean);
        int first = CpuBuffer.offset(order) + state.integer(StepState.ROW);
        engine.parallel().rows(rows, columns, (from, to, worker) -> {
            for (int r = from; r < to; r++) {
                scaled(data, CpuBuffer.ints(order)[first + r], columns, shift, scale, x, offset + r * columns);
            }
            int count = (to - from) * columns;
            binarise(binarization, state, from * columns, count, x, offset + from * columns, worker);
            if (noise.kind() != Noise.Kind.NONE) {
                disturb(noise, state, RandomStream.CORRUPTION, from * columns, count, x, offset + from * columns,
                        CpuBuffer.floats(corrupted), CpuBuffer.offset(corrupted) + from * columns, worker);
            }
        });
    }

    /** One row of data, shifted and scaled: with one scale for all columns, or with one each. */
    private void scaled(Buffer data, int row, int columns, Buffer shift, Buffer scale, float[] target, int offset) {
        int start = CpuBuffer.offset(data) + row * columns;
        if (data.type() == ElementType.UINT8) {
            widen(CpuBuffer.bytes(data), start, target, offset, columns);
        } else {
            System.arraycopy(CpuBuffer.floats(data), start, target, offset, columns);
        }
        float[] by = CpuBuffer.floats(shift);
        float[] factor = CpuBuffer.floats(scale);
        int byOffset = CpuBuffer.offset(shift);
        int factorOffset = CpuBuffer.offset(scale);
        int byStep = shift.length() == 1 ? 0 : 1;
        int factorStep = scale.length() == 1 ? 0 : 1;
        if (byStep == 0 && factorStep == 0 && by[byOffset] == 0f) {
            engine.arithmetic().scale(factor[factorOffset], target, offset, target, offset, false, columns);
            return;
        }
        for (int c = 0; c < columns; c++) {
            target[offset + c] = factor[factorOffset + c * factorStep] * (target[offset + c] - by[byOffset + c * byStep]);
        }
    }

    private static void widen(byte[] source, int start, float[] target, int offset, int length) {
        for (int i = 0; i < length; i++) {
            target[offset + i] = source[start + i] & 0xFF;
        }
    }

    private void binarise(Binarization binarization, State state, int first, int count, float[] x, int offset, int worker) {
        if (binarization == Binarization.FIXED) {
            for (int i = offset; i < offset + count; i++) {
                x[i] = x[i] >= HALF ? 1f : 0f;
            }
        } else if (binarization == Binarization.DYNAMIC) {
            float[] draws = scratch.of(worker, count + 3);
            int skip = state.uniforms(engine.lanes(), RandomStream.BINARIZATION, first, count, draws);
            for (int i = 0; i < count; i++) {
                x[offset + i] = draws[skip + i] < x[offset + i] ? 1f : 0f;
            }
        }
    }

    void corrupt(int rows, int columns, Noise noise, Buffer stateBuffer, RandomStream stream, Buffer source, Buffer target) {
        State state = State.of(stateBuffer);
        engine.parallel().rows(rows, columns, (from, to, worker) -> disturb(noise, state, stream, from * columns, (to - from) * columns,
                CpuBuffer.floats(source), CpuBuffer.offset(source) + from * columns,
                CpuBuffer.floats(target), CpuBuffer.offset(target) + from * columns, worker));
    }

    private void disturb(Noise noise, State state, RandomStream stream, int first, int count, float[] x, int xOffset, float[] y,
            int yOffset,
            int worker) {
        float amount = noise.amount();
        if (noise.kind() == Noise.Kind.NONE) {
            System.arraycopy(x, xOffset, y, yOffset, count);
            return;
        }
        float[] draws = scratch.of(worker, count + 3);
        int skip = noise.kind() == Noise.Kind.GAUSSIAN ? state.normals(engine.lanes(), stream, first, count, draws, 0)
                : state.uniforms(engine.lanes(), stream, first, count, draws);
        switch (noise.kind()) {
            case MASKING -> {
                for (int i = 0; i < count; i++) {
                    y[yOffset + i] = draws[skip + i] < amount ? 0f : x[xOffset + i];
                }
            }
            case SALT_AND_PEPPER -> {
                float pepper = amount * HALF;
                for (int i = 0; i < count; i++) {
                    float u = draws[skip + i];
                    y[yOffset + i] = u < pepper ? 0f : u < amount ? 1f : x[xOffset + i];
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    y[yOffset + i] = x[xOffset + i] + amount * draws[skip + i];
                }
            }
        }
    }

    void gatherOneHot(int rows, int classes, Buffer labels, Buffer order, Buffer stateBuffer, Buffer target) {
        int first = CpuBuffer.offset(order) + State.of(stateBuffer).integer(StepState.ROW);
        float[] y = CpuBuffer.floats(target);
        int offset = CpuBuffer.offset(target);
        Arrays.fill(y, offset, offset + rows * classes, 0f);
        for (int r = 0; r < rows; r++) {
            int label = CpuBuffer.ints(labels)[CpuBuffer.offset(labels) + CpuBuffer.ints(order)[first + r]];
            y[offset + r * classes + label] = 1f;
        }
    }

    /** The top bit of a word is 0 exactly when its uniform is below one half. */
    void signs(Buffer stateBuffer, Buffer target) {
        State state = State.of(stateBuffer);
        float[] y = CpuBuffer.floats(target);
        int offset = CpuBuffer.offset(target);
        engine.parallel().rows(CpuBuffer.length(target), 1, (from, to, worker) -> {
            float[] draws = scratch.of(worker, to - from + 3);
            int skip = state.uniforms(engine.lanes(), RandomStream.PROBES, from, to - from, draws);
            for (int i = from; i < to; i++) {
                y[offset + i] = draws[skip + i - from] < HALF ? 1f : -1f;
            }
        });
    }
}
