package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.Posterior;
import java.util.Arrays;

/** One-sample KL log q(z|x) - log p(z) and the importance weights made from it. */
final class CpuSampledKl {
    private final Engine engine;
    private final Scratch scratch;

    CpuSampledKl(Engine engine, Scratch scratch) {
        this.engine = engine;
        this.scratch = scratch;
    }

    void sampledKl(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor, Buffer state,
            Buffer keys,
            Buffer z, Buffer value) {
        Draws draws = Draws.of(state, keys, samples, latent);
        CpuPriors priors = CpuPriors.of(prior, latent, priorFloor);
        float[] h = CpuBuffer.floats(head);
        float[] code = CpuBuffer.floats(z);
        int width = posterior.headWidth(latent);
        double half = posterior == Posterior.DIAGONAL ? 0.5 : 1;
        engine.parallel().rows(rows, CpuCodes.WEIGHT * latent, (from, to, worker) -> {
            float[] noise = scratch.of(worker, draws.room(to - from));
            int eps = draws.rows(engine.lanes(), from, to, noise, 0);
            for (int r = from; r < to; r++) {
                int example = r / samples;
                int spread = CpuBuffer.offset(head) + example * width + latent;
                double sum = 0;
                for (int j = 0; j < latent; j++) {
                    double e = noise[eps + (r - from) * latent + j];
                    double distance = code[CpuBuffer.offset(z) + r * latent + j] - priors.mean(example, j);
                    sum += 0.5 * (priors.logVariance(example, j) + distance * distance * priors.precision(example, j) - e * e)
                            - half * h[spread + j];
                }
                CpuBuffer.floats(value)[CpuBuffer.offset(value) + r] = (float) sum;
            }
        });
    }

    void sampledKlBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor,
            Buffer z, Buffer upstream, Buffer dz, boolean accumulateZ, Buffer dHead, boolean accumulateHead,
            Buffer dPrior, boolean accumulatePrior) {
        CpuPriors priors = CpuPriors.of(prior, latent, priorFloor);
        float half = posterior == Posterior.DIAGONAL ? 0.5f : 1f;
        int width = posterior.headWidth(latent);
        engine.parallel().rows(rows / samples, CpuCodes.WEIGHT * latent * samples, (from, to, worker) -> {
            for (int b = from; b < to; b++) {
                clear(dHead, b * width, width, accumulateHead);
                if (dPrior != null) {
                    clear(dPrior, b * 2 * latent, 2 * latent, accumulatePrior);
                }
                for (int r = b * samples; r < (b + 1) * samples; r++) {
                    float u = CpuBuffer.floats(upstream)[CpuBuffer.offset(upstream) + r];
                    priorPath(priors, b, r, latent, u, z, dz, accumulateZ, dPrior);
                    int spread = CpuBuffer.offset(dHead) + b * width + latent;
                    for (int j = 0; j < latent; j++) {
                        CpuBuffer.floats(dHead)[spread + j] -= half * u;
                    }
                }
            }
        });
    }

    private static void clear(Buffer buffer, int from, int length, boolean keep) {
        if (!keep) {
            int start = CpuBuffer.offset(buffer) + from;
            Arrays.fill(CpuBuffer.floats(buffer), start, start + length, 0f);
        }
    }

    /** Gradient of -log p(z) of row r. */
    private static void priorPath(CpuPriors priors, int example, int r, int latent, float u, Buffer z, Buffer dz, boolean accumulate,
            Buffer dPrior) {
        float[] code = CpuBuffer.floats(z);
        float[] target = CpuBuffer.floats(dz);
        for (int j = 0; j < latent; j++) {
            float distance = code[CpuBuffer.offset(z) + r * latent + j] - priors.mean(example, j);
            float d = u * distance * priors.precision(example, j);
            int at = CpuBuffer.offset(dz) + r * latent + j;
            target[at] = accumulate ? target[at] + d : d;
            if (dPrior != null) {
                int p = CpuBuffer.offset(dPrior) + example * 2 * latent + j;
                CpuBuffer.floats(dPrior)[p] -= d;
                CpuBuffer.floats(dPrior)[p + latent] += 0.5f * (u - d * distance) * priors.free(example, j);
            }
        }
    }

    static void importanceWeights(int rows, int samples, Buffer nll, Buffer cost, float scale, Buffer value, Buffer weights) {
        float[] target = CpuBuffer.floats(weights);
        double[] w = new double[samples];
        for (int b = 0; b < rows; b++) {
            double most = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < samples; j++) {
                int r = b * samples + j;
                w[j] = -((double) CpuBuffer.floats(nll)[CpuBuffer.offset(nll) + r] + CpuBuffer.floats(cost)[CpuBuffer.offset(cost) + r]);
                most = Math.max(most, w[j]);
            }
            double sum = 0;
            for (int j = 0; j < samples; j++) {
                w[j] = Math.exp(w[j] - most);
                sum += w[j];
            }
            CpuBuffer.floats(value)[CpuBuffer.offset(value) + b] = (float) -(most + Math.log(sum) - Math.log(samples));
            for (int j = 0; j < samples; j++) {
                target[CpuBuffer.offset(weights) + b * samples + j] = (float) (scale * w[j] / sum);
            }
        }
    }
}
