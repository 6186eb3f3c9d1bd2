package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.Posterior;
import java.util.Arrays;

/**
 * Density of the aggregate posterior: every sample against every head. Samples are taken {@value #SAMPLES} at a time, side by side in memory, so that
 * the loop over them is the inner one for both posteriors.
 */
final class CpuAggregate {
    private static final double LOG_2_PI = Math.log(2 * Math.PI);
    private static final int SAMPLES = 64;
    private static final int POINTS = 64;

    private final Engine engine;
    private final Scratch scratch;

    CpuAggregate(Engine engine, Scratch scratch) {
        this.engine = engine;
        this.scratch = scratch;
    }

    /** Heads in the form the inner loop needs: reciprocal standard deviations in place of their logarithms, and the constant of each density. */
    private record Heads(Posterior posterior, int latent, int width, float[] values, float[] constants) {
        static Heads of(Posterior posterior, int points, int latent, Buffer head) {
            int width = posterior.headWidth(latent);
            float half = posterior == Posterior.DIAGONAL ? 0.5f : 1f;
            float[] values = new float[points * width];
            System.arraycopy(CpuBuffer.floats(head), CpuBuffer.offset(head), values, 0, values.length);
            float[] constants = new float[points];
            for (int n = 0; n < points; n++) {
                double sum = -0.5 * latent * LOG_2_PI;
                for (int j = n * width + latent; j < n * width + 2 * latent; j++) {
                    sum -= half * values[j];
                    values[j] = FloatMath.exp(-half * values[j]);
                }
                constants[n] = (float) sum;
            }
            return new Heads(posterior, latent, width, values, constants);
        }
    }

    void logDensity(Posterior posterior, int count, int points, int latent, Buffer z, Buffer head, Buffer logSum) {
        Heads heads = Heads.of(posterior, points, latent, head);
        engine.parallel().pieces(count, SAMPLES, (from, to, worker) -> {
            float[] memory = scratch.of(worker, (2 * latent + POINTS) * SAMPLES);
            for (int i = from; i < from + SAMPLES; i++) {
                int row = CpuBuffer.offset(z) + Math.min(i, to - 1) * latent;
                for (int j = 0; j < latent; j++) {
                    memory[j * SAMPLES + i - from] = CpuBuffer.floats(z)[row + j];
                }
            }
            double[] most = new double[SAMPLES];
            double[] sums = new double[SAMPLES];
            Arrays.fill(most, Double.NEGATIVE_INFINITY);
            for (int first = 0; first < points; first += POINTS) {
                int block = Math.min(POINTS, points - first);
                for (int n = 0; n < block; n++) {
                    density(heads, first + n, memory, 2 * latent * SAMPLES + n * SAMPLES);
                }
                for (int i = 0; i < to - from; i++) {
                    add(memory, 2 * latent * SAMPLES + i, block, most, sums, i);
                }
            }
            for (int i = from; i < to; i++) {
                CpuBuffer.floats(logSum)[CpuBuffer.offset(logSum) + i] = (float) (most[i - from] + Math.log(sums[i - from]));
            }
        });
    }

    /** memory[target + i] = log q(z_i | x_n): solves B y = z - mu row by row (y in the second part of the memory), -|y|^2/2 plus the constant. */
    private static void density(Heads heads, int n, float[] memory, int target) {
        int latent = heads.latent;
        int row = n * heads.width;
        int y = latent * SAMPLES;
        Arrays.fill(memory, target, target + SAMPLES, heads.constants[n]);
        for (int j = 0; j < latent; j++) {
            int yj = y + j * SAMPLES;
            subtract(memory, j * SAMPLES, heads.values[row + j], yj);
            if (heads.posterior == Posterior.FULL) {
                int b = row + CpuCodes.triangle(latent, j);
                for (int k = 0; k < j; k++) {
                    eliminate(memory, heads.values[b + k], y + k * SAMPLES, yj);
                }
            }
            finish(memory, heads.values[row + latent + j], yj, target);
        }
    }

    private static void subtract(float[] memory, int z, float mean, int y) {
        for (int i = 0; i < SAMPLES; i++) {
            memory[y + i] = memory[z + i] - mean;
        }
    }

    private static void eliminate(float[] memory, float b, int source, int y) {
        for (int i = 0; i < SAMPLES; i++) {
            memory[y + i] -= b * memory[source + i];
        }
    }

    private static void finish(float[] memory, float inverse, int y, int target) {
        for (int i = 0; i < SAMPLES; i++) {
            memory[y + i] *= inverse;
            memory[target + i] -= 0.5f * memory[y + i] * memory[y + i];
        }
    }

    /** Adds the exponentials of a column of log densities to a running sum under a running maximum. */
    private static void add(float[] memory, int column, int block, double[] most, double[] sums, int i) {
        double highest = most[i];
        for (int n = 0; n < block; n++) {
            highest = Math.max(highest, memory[column + n * SAMPLES]);
        }
        double sum = highest == Double.NEGATIVE_INFINITY ? 0 : sums[i] * Math.exp(most[i] - highest);
        for (int n = 0; n < block; n++) {
            sum += FloatMath.exp((float) (memory[column + n * SAMPLES] - highest));
        }
        most[i] = highest;
        sums[i] = sum;
    }
}
