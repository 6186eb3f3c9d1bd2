package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.cpu.Arithmetic.AdamStep;

/** Norm clipping, Adam, gradient descent with momentum, and the end of a step. */
final class CpuOptimizers {
    private static final float NORM_MARGIN = 1e-6f;

    private final Engine engine;

    CpuOptimizers(Engine engine) {
        this.engine = engine;
    }

    void clipNorm(Buffer gradient, float maximum, Buffer stateBuffer) {
        State state = State.of(stateBuffer);
        float norm = (float) Math.sqrt(CpuPenalties.sumOfSquares(engine, gradient));
        state.set(StepState.GRADIENT_NORM, norm);
        state.set(StepState.CLIP_SCALE, Float.isFinite(norm) ? Math.min(1f, maximum / (norm + NORM_MARGIN)) : 0f);
    }

    void adam(Buffer parameters, Buffer gradient, Buffer m, Buffer v, Buffer stateBuffer, float beta1, float beta2, float epsilon, float decay,
              long decayed) {
        State state = State.of(stateBuffer);
        float rate = state.real(StepState.LEARNING_RATE);
        float clip = state.real(StepState.CLIP_SCALE);
        float rate1 = rate / state.real(StepState.CORRECTION_1);
        float rate2 = 1f / state.real(StepState.CORRECTION_2);
        split(CpuBuffer.length(parameters), decayed, (from, to, decays) -> {
            Gradient g = Gradient.of(gradient, from, to, clip);
            AdamStep step = new AdamStep(clip, beta1, beta2, epsilon, decays ? 1f - rate * decay : 1f, rate1, rate2);
            engine.arithmetic().adam(step, CpuBuffer.floats(parameters), CpuBuffer.offset(parameters) + from, g.values, g.offset,
                    CpuBuffer.floats(m), CpuBuffer.offset(m) + from, CpuBuffer.floats(v), CpuBuffer.offset(v) + from, to - from);
        });
    }

    /** Where a piece of the gradient lies. A scale of 0 (the norm was not finite) gives zeros, whatever the gradient holds. */
    private record Gradient(float[] values, int offset) {
        static Gradient of(Buffer gradient, int from, int to, float clip) {
            return clip == 0f ? new Gradient(new float[to - from], 0)
                    : new Gradient(CpuBuffer.floats(gradient), CpuBuffer.offset(gradient) + from);
        }
    }

    @FunctionalInterface
    private interface Part {
        void run(int from, int to, boolean decays);
    }

    /** Runs pieces of the parameters, those below {@code decayed} apart from the rest. */
    private void split(int length, long decayed, Part part) {
        int border = (int) Math.max(0, Math.min(length, decayed));
        engine.parallel().rows(length, 1, (from, to, worker) -> {
            int middle = Math.max(from, Math.min(to, border));
            if (from < middle) {
                part.run(from, middle, true);
            }
            if (middle < to) {
                part.run(middle, to, false);
            }
        });
    }

    void sgd(Buffer parameters, Buffer gradient, Buffer velocity, Buffer stateBuffer, float momentum, float decay, long decayed) {
        State state = State.of(stateBuffer);
        float rate = state.real(StepState.LEARNING_RATE);
        float clip = state.real(StepState.CLIP_SCALE);
        split(CpuBuffer.length(parameters), decayed, (from, to, decays) -> {
            Gradient g = Gradient.of(gradient, from, to, clip);
            descend(CpuBuffer.floats(parameters), CpuBuffer.offset(parameters) + from, g.values, g.offset, CpuBuffer.floats(velocity),
                    CpuBuffer.offset(velocity) + from, to - from, rate, clip, momentum, decays ? decay : 0f);
        });
    }

    private static void descend(float[] w, int wAt, float[] g, int gAt, float[] v, int vAt, int length, float rate, float clip, float momentum,
                                float decay) {
        for (int i = 0; i < length; i++) {
            float step = momentum * v[vAt + i] + clip * g[gAt + i] + decay * w[wAt + i] + AdamStep.FLUSH - AdamStep.FLUSH;
            v[vAt + i] = step;
            w[wAt + i] -= rate * step;
        }
    }

    static void advance(int rows, int tableRows, Buffer table, Buffer stateBuffer) {
        State state = State.of(stateBuffer);
        int row = Math.min(state.integer(StepState.TABLE_ROW) + 1, tableRows - 1);
        int at = CpuBuffer.offset(table) + row * StepState.TABLE_COLUMNS;
        float[] values = CpuBuffer.floats(table);
        state.set(StepState.STEP, state.integer(StepState.STEP) + 1);
        state.set(StepState.ROW, state.integer(StepState.ROW) + rows);
        state.set(StepState.TABLE_ROW, row);
        state.set(StepState.LEARNING_RATE, values[at]);
        state.set(StepState.KL_WEIGHT, values[at + 1]);
        state.set(StepState.CORRECTION_1, values[at + 2]);
        state.set(StepState.CORRECTION_2, values[at + 3]);
    }
}
