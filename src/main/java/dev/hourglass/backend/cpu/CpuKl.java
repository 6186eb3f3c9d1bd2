package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.Posterior;

/** Analytic KL divergences of posteriors from their priors, and free bits. */
final class CpuKl {
    private final Engine engine;
    private final ColumnSums columnSums;

    CpuKl(Engine engine) {
        this.engine = engine;
        columnSums = new ColumnSums(engine);
    }

    /** Arrays of one call; gradients are null where none is wanted. */
    private record Call(int latent, int width, float[] head, int headOffset, CpuPriors priors, float[] gate, int gateOffset,
            float[] dHead, int dHeadOffset, boolean accumulateHead, float[] dPrior, int dPriorOffset, boolean accumulatePrior) {
        float gate(int j) {
            return gate == null ? 1f : gate[gateOffset + j];
        }

        void head(int row, int index, float gradient) {
            if (dHead != null) {
                int at = dHeadOffset + row * width + index;
                dHead[at] = accumulateHead ? dHead[at] + gradient : gradient;
            }
        }

        void prior(int row, int j, float mean, float logVariance) {
            if (dPrior != null) {
                int at = dPriorOffset + row * 2 * latent + j;
                float spread = logVariance * priors.free(row, j);
                dPrior[at] = accumulatePrior ? dPrior[at] + mean : mean;
                dPrior[at + latent] = accumulatePrior ? dPrior[at + latent] + spread : spread;
            }
        }
    }

    void kl(Posterior posterior, int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer gate, Buffer upstream,
            Buffer value, Buffer dHead, boolean accumulateHead, Buffer dPrior, boolean accumulatePrior) {
        int width = posterior.headWidth(latent);
        Call call = new Call(latent, width, CpuBuffer.floats(head), CpuBuffer.offset(head), CpuPriors.of(prior, latent, priorFloor),
                array(gate), start(gate), array(dHead), start(dHead), accumulateHead, array(dPrior), start(dPrior), accumulatePrior);
        engine.parallel().rows(rows, CpuCodes.WEIGHT * width, (from, to, worker) -> {
            for (int r = from; r < to; r++) {
                float u = upstream == null ? 0f : array(upstream)[start(upstream) + r];
                double sum = posterior == Posterior.DIAGONAL ? diagonal(call, r, u) : full(call, r, u);
                if (value != null) {
                    array(value)[start(value) + r] = (float) sum;
                }
            }
        });
    }

    private static float[] array(Buffer nullable) {
        return nullable == null ? null : CpuBuffer.floats(nullable);
    }

    private static int start(Buffer nullable) {
        return nullable == null ? 0 : CpuBuffer.offset(nullable);
    }

    private static double diagonal(Call call, int row, float upstream) {
        int h = call.headOffset + row * call.width;
        double sum = 0;
        for (int j = 0; j < call.latent; j++) {
            float difference = call.head[h + j] - call.priors.mean(row, j);
            float precision = call.priors.precision(row, j);
            float ratio = call.head[h + call.latent + j] - call.priors.logVariance(row, j);
            float excess = FloatMath.expm1(ratio);
            float distance = difference * difference * precision;
            sum += 0.5 * ((double) excess - ratio + distance);
            float u = upstream * call.gate(j);
            call.head(row, j, u * difference * precision);
            call.head(row, call.latent + j, 0.5f * u * excess);
            call.prior(row, j, -u * difference * precision, -0.5f * u * (excess + distance));
        }
        return sum;
    }

    /** B_jj^2 e^-s2 = e^ratio, so that small differences stay exact as in the diagonal case. */
    private static double full(Call call, int row, float upstream) {
        int h = call.headOffset + row * call.width;
        double sum = 0;
        for (int j = 0; j < call.latent; j++) {
            float difference = call.head[h + j] - call.priors.mean(row, j);
            float precision = call.priors.precision(row, j);
            float ratio = 2f * call.head[h + call.latent + j] - call.priors.logVariance(row, j);
            float excess = FloatMath.expm1(ratio);
            double squares = (double) difference * difference;
            int triangle = CpuCodes.triangle(call.latent, j);
            for (int i = 0; i < j; i++) {
                float b = call.head[h + triangle + i];
                squares += (double) b * b;
                call.head(row, triangle + i, upstream * b * precision);
            }
            sum += 0.5 * ((double) excess - ratio + squares * precision);
            call.head(row, j, upstream * difference * precision);
            call.head(row, call.latent + j, upstream * excess);
            call.prior(row, j, -upstream * difference * precision, (float) (-0.5 * upstream * (excess + squares * precision)));
        }
        return sum;
    }

    void klPerDimension(int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer mean) {
        float[] h = CpuBuffer.floats(head);
        CpuPriors priors = CpuPriors.of(prior, latent, priorFloor);
        double[] sums = columnSums.run(rows, latent, (from, to, worker, target, offset) -> {
            for (int r = from; r < to; r++) {
                int row = CpuBuffer.offset(head) + r * 2 * latent;
                for (int j = 0; j < latent; j++) {
                    float difference = h[row + j] - priors.mean(r, j);
                    float ratio = h[row + latent + j] - priors.logVariance(r, j);
                    target[offset + j] += 0.5
                            * ((double) FloatMath.expm1(ratio) - ratio + difference * difference * priors.precision(r, j));
                }
            }
        });
        for (int j = 0; j < latent; j++) {
            sums[j] /= rows;
        }
        ColumnSums.store(sums, CpuBuffer.floats(mean), CpuBuffer.offset(mean), latent, false);
    }

    static void freeBits(int latent, float minimum, Buffer mean, Buffer gate, Buffer value) {
        double sum = 0;
        for (int j = 0; j < latent; j++) {
            float m = CpuBuffer.floats(mean)[CpuBuffer.offset(mean) + j];
            sum += Math.max(minimum, m);
            CpuBuffer.floats(gate)[CpuBuffer.offset(gate) + j] = m > minimum ? 1f : 0f;
        }
        CpuBuffer.floats(value)[CpuBuffer.offset(value)] = (float) sum;
    }
}
