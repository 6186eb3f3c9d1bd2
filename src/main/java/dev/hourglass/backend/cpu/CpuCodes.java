package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.Posterior;
import dev.hourglass.backend.RandomStream;
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

    void sample(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer stateBuffer, Buffer z) {
        State state = State.of(stateBuffer);
        float[] h = CpuBuffer.floats(head);
        float[] out = CpuBuffer.floats(z);
        int width = posterior.headWidth(latent);
        engine.parallel().rows(rows, WEIGHT * latent, (from, to, worker) -> {
            float[] noise = scratch.of(worker, (to - from) * latent + 3 + latent);
            int eps = state.normals(engine.lanes(), RandomStream.SAMPLING, from * latent, (to - from) * latent, noise, latent);
            for (int r = from; r < to; r++) {
                int row = CpuBuffer.offset(head) + r / samples * width;
                int target = CpuBuffer.offset(z) + r * latent;
                if (posterior == Posterior.DIAGONAL) {
                    engine.lanes().exp(0.5f, h, row + latent, noise, 0, latent);
                    engine.arithmetic().multiply(noise, 0, noise, eps + (r - from) * latent, out, target, false, latent);
                    engine.arithmetic().scale(1f, h, row, out, target, true, latent);
                } else {
                    full(h, row, latent, noise, eps + (r - from) * latent, out, target);
                }
            }
        });
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

    void sampleBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer stateBuffer, Buffer dz,
                        Buffer dHead, boolean accumulate) {
        State state = State.of(stateBuffer);
        float[] h = CpuBuffer.floats(head);
        float[] u = CpuBuffer.floats(dz);
        float[] gradient = CpuBuffer.floats(dHead);
        int width = posterior.headWidth(latent);
        engine.parallel().rows(rows / samples, WEIGHT * latent * samples, (from, to, worker) -> {
            int count = (to - from) * samples * latent;
            float[] noise = scratch.of(worker, count + 3 + latent);
            int eps = state.normals(engine.lanes(), RandomStream.SAMPLING, from * samples * latent, count, noise, latent);
            for (int b = from; b < to; b++) {
                int row = CpuBuffer.offset(head) + b * width;
                int target = CpuBuffer.offset(dHead) + b * width;
                if (!accumulate) {
                    Arrays.fill(gradient, target, target + width, 0f);
                }
                engine.lanes().exp(posterior == Posterior.DIAGONAL ? 0.5f : 1f, h, row + latent, noise, 0, latent);
                for (int k = 0; k < samples; k++) {
                    int upstream = CpuBuffer.offset(dz) + (b * samples + k) * latent;
                    int draws = eps + ((b - from) * samples + k) * latent;
                    if (posterior == Posterior.DIAGONAL) {
                        diagonalBackward(latent, noise, draws, u, upstream, gradient, target);
                    } else {
                        fullBackward(latent, noise, draws, u, upstream, gradient, target);
                    }
                }
            }
        });
    }

    /** {@code noise} begins with e^(s/2). */
    private static void diagonalBackward(int latent, float[] noise, int eps, float[] dz, int upstream,
                                         float[] dHead, int target) {
        for (int j = 0; j < latent; j++) {
            float u = dz[upstream + j];
            dHead[target + j] += u;
            dHead[target + latent + j] += 0.5f * u * noise[eps + j] * noise[j];
        }
    }

    /** {@code noise} begins with the diagonal of B. */
    private static void fullBackward(int latent, float[] noise, int eps, float[] dz, int upstream,
                                     float[] dHead, int target) {
        for (int i = 0; i < latent; i++) {
            float u = dz[upstream + i];
            dHead[target + i] += u;
            dHead[target + latent + i] += u * noise[eps + i] * noise[i];
            int b = target + triangle(latent, i);
            for (int j = 0; j < i; j++) {
                dHead[b + j] += u * noise[eps + j];
            }
        }
    }
}
