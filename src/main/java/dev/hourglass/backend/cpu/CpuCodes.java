package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.Posterior;
import java.util.Arrays;

/** Reparameterised samples z = mu + B eps and their gradients. The standard deviation is e^(s/2) (DIAGONAL) or row i of B (FULL). */
final class CpuCodes {
    /** A latent element costs about as much as this many elements of an elementwise loop. */
    static final int WEIGHT = 8;

    private final Engine engine;
    private final Scratch scratch;

    CpuCodes(Engine engine, Scratch scratch) {
        this.engine = engine;
        this.scratch = scratch;
    }

    /** Index in a full head, after its start, of b_i0. */
    static int triangle(int latent, int i) {
        return 2 * latent + i * (i - 1) / 2;
    }

    void sample(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer keys, Buffer z) {
        Draws draws = Draws.of(state, keys, samples, latent);
        float[] h = CpuBuffer.floats(head);
        float[] out = CpuBuffer.floats(z);
        int width = posterior.headWidth(latent);
        engine.parallel().rows(rows, WEIGHT * latent, (from, to, worker) -> {
            int first = from / samples;
            int spreadLength = spreadLength(posterior, latent, (to - 1) / samples + 1 - first);
            float[] memory = scratch.of(worker, spreadLength + draws.room(to - from));
            int eps = draws.rows(engine.lanes(), from, to, memory, spreadLength);
            spreads(h, CpuBuffer.offset(head) + first * width, memory, spreadLength);
            for (int r = from; r < to; r++) {
                int row = CpuBuffer.offset(head) + r / samples * width;
                int target = CpuBuffer.offset(z) + r * latent;
                if (posterior == Posterior.DIAGONAL) {
                    diagonal(h, row, latent, memory, (r / samples - first) * width + latent, eps + (r - from) * latent, out, target);
                } else {
                    full(h, row, latent, memory, eps + (r - from) * latent, out, target);
                }
            }
        });
    }

    /** Length of the memory for {@link #spreads} of so many examples; none for FULL, whose heads are mostly not logarithms. */
    private static int spreadLength(Posterior posterior, int latent, int examples) {
        return posterior == Posterior.DIAGONAL ? examples * posterior.headWidth(latent) : 0;
    }

    /** e^(h/2) of whole diagonal heads: the means too, since one long loop is faster than many short ones. */
    private void spreads(float[] head, int start, float[] memory, int length) {
        if (length > 0) {
            engine.lanes().exp(0.5f, head, start, memory, 0, length);
        }
    }

    private static void diagonal(float[] head, int row, int latent, float[] memory, int spread, int eps, float[] z, int target) {
        for (int j = 0; j < latent; j++) {
            z[target + j] = head[row + j] + memory[spread + j] * memory[eps + j];
        }
    }

    private static void full(float[] head, int row, int latent, float[] noise, int eps, float[] z, int target) {
        for (int i = 0; i < latent; i++) {
            float sum = FloatMath.exp(head[row + latent + i]) * noise[eps + i];
            int b = row + triangle(latent, i);
            for (int j = 0; j < i; j++) {
                sum += head[b + j] * noise[eps + j];
            }
            z[target + i] = head[row + i] + sum;
        }
    }

    void sampleBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer dz,
            Buffer dHead, boolean accumulate) {
        Draws draws = Draws.of(state, null, samples, latent);
        float[] h = CpuBuffer.floats(head);
        float[] u = CpuBuffer.floats(dz);
        float[] gradient = CpuBuffer.floats(dHead);
        int width = posterior.headWidth(latent);
        engine.parallel().rows(rows / samples, WEIGHT * latent * samples, (from, to, worker) -> {
            int spreadLength = spreadLength(posterior, latent, to - from);
            float[] memory = scratch.of(worker, spreadLength + draws.room((to - from) * samples));
            int eps = draws.rows(engine.lanes(), from * samples, to * samples, memory, spreadLength);
            spreads(h, CpuBuffer.offset(head) + from * width, memory, spreadLength);
            for (int b = from; b < to; b++) {
                int target = CpuBuffer.offset(dHead) + b * width;
                if (!accumulate) {
                    Arrays.fill(gradient, target, target + width, 0f);
                }
                for (int k = 0; k < samples; k++) {
                    int upstream = CpuBuffer.offset(dz) + (b * samples + k) * latent;
                    int noise = eps + ((b - from) * samples + k) * latent;
                    if (posterior == Posterior.DIAGONAL) {
                        diagonalBackward(latent, memory, (b - from) * width + latent, noise, u, upstream, gradient, target);
                    } else {
                        fullBackward(h, CpuBuffer.offset(head) + b * width, latent, memory, noise, u, upstream, gradient, target);
                    }
                }
            }
        });
    }

    private static void diagonalBackward(int latent, float[] memory, int spread, int eps, float[] dz, int upstream, float[] dHead,
            int target) {
        for (int j = 0; j < latent; j++) {
            float u = dz[upstream + j];
            dHead[target + j] += u;
            dHead[target + latent + j] += 0.5f * u * memory[eps + j] * memory[spread + j];
        }
    }

    private static void fullBackward(float[] head, int row, int latent, float[] noise, int eps, float[] dz, int upstream,
            float[] dHead, int target) {
        for (int i = 0; i < latent; i++) {
            float u = dz[upstream + i];
            dHead[target + i] += u;
            dHead[target + latent + i] += u * noise[eps + i] * FloatMath.exp(head[row + latent + i]);
            int b = target + triangle(latent, i);
            for (int j = 0; j < i; j++) {
                dHead[b + j] += u * noise[eps + j];
            }
        }
    }
}
