package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.UpdateRule;
import dev.hourglass.backend.cpu.Arithmetic.AdamStep;

/** Norm clipping, the rules of optimizers, and the end of a step. */
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

    /** Some neighbouring parameters with their gradient and memory. {@code second}: null for rules with one buffer; {@code decays}: all or none. */
    private record Piece(float[] w, int at, float[] gradient, int gradientAt, float[] first, int firstAt, float[] second, int secondAt,
            int length,
            boolean decays) {
    }

    /** What a rule does to a piece, its numbers known. */
    @FunctionalInterface
    private interface Step {
        void run(Piece piece);
    }

    void update(UpdateRule rule, Buffer parameters, Buffer gradient, Buffer first, Buffer second, Buffer stateBuffer, float beta1,
            float beta2,
            float epsilon, float decay, long decayed) {
        State state = State.of(stateBuffer);
        float clip = state.real(StepState.CLIP_SCALE);
        Step step = switch (rule) {
            case ADAM -> adam(state, beta1, beta2, epsilon, decay);
            case SGD -> descent(state, beta1, decay);
            case LION -> lion(state, beta1, beta2, decay);
        };
        split(CpuBuffer.length(parameters), decayed, (from, to, decays) -> {
            Gradient g = Gradient.of(gradient, from, to, clip);
            step.run(new Piece(CpuBuffer.floats(parameters), CpuBuffer.offset(parameters) + from, g.values, g.offset,
                    CpuBuffer.floats(first),
                    CpuBuffer.offset(first) + from, second == null ? null : CpuBuffer.floats(second),
                    second == null ? 0 : CpuBuffer.offset(second) + from, to - from, decays));
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

    private Step adam(State state, float beta1, float beta2, float epsilon, float decay) {
        float rate = state.real(StepState.LEARNING_RATE);
        float clip = state.real(StepState.CLIP_SCALE);
        float rate1 = rate / state.real(StepState.CORRECTION_1);
        float rate2 = 1f / state.real(StepState.CORRECTION_2);
        return p -> engine.arithmetic().adam(new AdamStep(clip, beta1, beta2, epsilon, p.decays ? 1f - rate * decay : 1f, rate1, rate2),
                p.w, p.at,
                p.gradient, p.gradientAt, p.first, p.firstAt, p.second, p.secondAt, p.length);
    }

    private static Step lion(State state, float beta1, float beta2, float decay) {
        float rate = state.real(StepState.LEARNING_RATE);
        float clip = state.real(StepState.CLIP_SCALE);
        return p -> lion(p.w, p.at, p.gradient, p.gradientAt, p.first, p.firstAt, p.length, rate, clip, beta1, beta2,
                p.decays ? decay : 0f);
    }

    private static void lion(float[] w, int wAt, float[] gradient, int gradientAt, float[] m, int mAt, int length, float rate, float clip,
            float beta1,
            float beta2, float decay) {
        for (int i = 0; i < length; i++) {
            float g = clip * gradient[gradientAt + i];
            float c = beta1 * m[mAt + i] + (1f - beta1) * g;
            w[wAt + i] -= rate * (Math.signum(c) + decay * w[wAt + i]);
            m[mAt + i] = beta2 * m[mAt + i] + (1f - beta2) * g + AdamStep.FLUSH - AdamStep.FLUSH;
        }
    }

    private static Step descent(State state, float momentum, float decay) {
        float rate = state.real(StepState.LEARNING_RATE);
        float clip = state.real(StepState.CLIP_SCALE);
        return p -> descend(p.w, p.at, p.gradient, p.gradientAt, p.first, p.firstAt, p.length, rate, clip, momentum, p.decays ? decay : 0f);
    }

    private static void descend(float[] w, int wAt, float[] g, int gAt, float[] v, int vAt, int length, float rate, float clip,
            float momentum,
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
