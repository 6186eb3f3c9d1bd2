package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.Posterior;

/** Samples of codes, KL terms and densities: kernels/code.cu, kernels/kl.cu and kernels/aggregate.cu. */
final class CudaCodes {
    /** Threads of a block that serves one row of a full posterior: four warps, each with a row of the triangle. */
    private static final int TRIANGLE_THREADS = 128;
    private static final int AGGREGATE_THREADS = 128;
    /** Shared memory a block may take without asking. */
    private static final int SHARED_FLOATS = (48 << 10) / Float.BYTES;

    private final Launches launches;

    CudaCodes(Launches launches) {
        this.launches = launches;
    }

    void sample(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer keys, Buffer z) {
        Launch launch = posterior == Posterior.DIAGONAL
                ? launches.of(Kernel.SAMPLE_DIAGONAL, threads(rows, latent))
                : launches.of(Kernel.SAMPLE_FULL).grid(Math.min(rows, launches.mostBlocks())).block(TRIANGLE_THREADS)
                        .shared(latent * Float.BYTES);
        launch.integer(rows).integer(samples).integer(latent).pointer(own(head)).pointer(own(state)).pointer(own(keys)).pointer(own(z))
                .run();
    }

    void sampleBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer dz,
            Buffer dHead, boolean accumulate) {
        int examples = rows / samples;
        Launch launch;
        if (posterior == Posterior.DIAGONAL) {
            launch = launches.of(Kernel.SAMPLE_DIAGONAL_BACKWARD, threads(examples, latent)).integer(examples).integer(samples)
                    .integer(latent);
        } else {
            int chunk = Math.max(1, Math.min(samples, SHARED_FLOATS / (2 * latent)));
            launch = launches.of(Kernel.SAMPLE_FULL_BACKWARD).grid(Math.min(examples, launches.mostBlocks())).block(TRIANGLE_THREADS)
                    .shared(2 * chunk * latent * Float.BYTES).integer(examples).integer(samples).integer(latent).integer(chunk);
        }
        launch.pointer(own(head)).pointer(own(state)).pointer(own(dz)).pointer(own(dHead)).integer(flag(accumulate)).run();
    }

    void kl(Posterior posterior, int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer gate, Buffer upstream,
            Buffer value, Buffer dHead, boolean accumulateHead, Buffer dPrior, boolean accumulatePrior) {
        Launch launch;
        if (posterior == Posterior.DIAGONAL) {
            RowGroups groups = RowGroups.of(rows, latent);
            launch = groups.begin(launches, Kernel.KL_DIAGONAL).integer(rows).integer(latent).integer(groups.lanes())
                    .pointer(own(head)).pointer(own(prior)).real(priorFloor).pointer(own(gate));
        } else {
            launch = launches.of(Kernel.KL_FULL).grid(Math.min(rows, launches.mostBlocks())).block(TRIANGLE_THREADS).integer(rows)
                    .integer(latent)
                    .pointer(own(head)).pointer(own(prior)).real(priorFloor);
        }
        launch.pointer(own(upstream)).pointer(own(value)).pointer(own(dHead)).integer(flag(accumulateHead))
                .pointer(own(dPrior)).integer(flag(accumulatePrior)).run();
    }

    void klPerDimension(int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer mean) {
        ColumnChunks chunks = ColumnChunks.of(launches, rows, latent);
        chunks.begin(launches, Kernel.KL_PER_DIMENSION).integer(rows).integer(latent).integer(chunks.chunks())
                .pointer(own(head)).pointer(own(prior)).real(priorFloor).pointer(own(mean))
                .pointer(launches.partials()).pointer(launches.counters()).run();
    }

    void freeBits(int latent, float minimum, Buffer mean, Buffer gate, Buffer value) {
        launches.of(Kernel.FREE_BITS).integer(latent).real(minimum).pointer(own(mean)).pointer(own(gate)).pointer(own(value)).run();
    }

    void sampledKl(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor, Buffer state,
            Buffer keys,
            Buffer z, Buffer value) {
        RowGroups groups = RowGroups.of(rows, latent);
        groups.begin(launches, Kernel.SAMPLED_KL)
                .integer(rows).integer(samples).integer(latent).integer(posterior.headWidth(latent)).real(logScale(posterior))
                .integer(groups.lanes()).pointer(own(head)).pointer(own(prior)).real(priorFloor).pointer(own(state)).pointer(own(keys))
                .pointer(own(z)).pointer(own(value)).run();
    }

    void sampledKlBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor,
            Buffer z, Buffer upstream, Buffer dz, boolean accumulateZ, Buffer dHead, boolean accumulateHead,
            Buffer dPrior, boolean accumulatePrior) {
        int examples = rows / samples;
        launches.of(Kernel.SAMPLED_KL_BACKWARD, (long) examples * latent)
                .integer(examples).integer(samples).integer(latent).integer(posterior.headWidth(latent)).real(logScale(posterior))
                .pointer(own(prior)).real(priorFloor).pointer(own(z)).pointer(own(upstream)).pointer(own(dz)).integer(flag(accumulateZ))
                .pointer(own(dHead)).integer(flag(accumulateHead)).pointer(own(dPrior)).integer(flag(accumulatePrior)).run();
    }

    void importanceWeights(int rows, int samples, Buffer nll, Buffer cost, float scale, Buffer value, Buffer weights) {
        RowGroups groups = RowGroups.of(rows, samples);
        groups.begin(launches, Kernel.IMPORTANCE_WEIGHTS).integer(rows).integer(samples).integer(groups.lanes())
                .pointer(own(nll)).pointer(own(cost)).real(scale).pointer(own(value)).pointer(own(weights)).run();
    }

    void aggregateLogDensity(Posterior posterior, int count, int points, int latent, Buffer z, Buffer head, Buffer logSum) {
        int threads = AGGREGATE_THREADS;
        int shared = 0;
        if (posterior == Posterior.FULL) {
            while (threads > 32 && threads * latent > SHARED_FLOATS) {
                threads /= 2;
            }
            shared = threads * latent * Float.BYTES;
        }
        launches.of(posterior == Posterior.DIAGONAL ? Kernel.AGGREGATE_DIAGONAL : Kernel.AGGREGATE_FULL)
                .grid(Math.min(Launches.ceilDiv(count, threads), launches.mostBlocks())).block(threads).shared(shared)
                .integer(count).integer(points).integer(latent).pointer(own(z)).pointer(own(head)).pointer(own(logSum)).run();
    }

    /** Factor that makes the second part of a head the logarithm of the diagonal of B. */
    private static float logScale(Posterior posterior) {
        return posterior == Posterior.DIAGONAL ? 0.5f : 1;
    }

    /** Threads for a row of latents, four to a thread where they can be. */
    private static long threads(int rows, int latent) {
        return (long) rows * (latent % 4 == 0 ? latent / 4 : latent);
    }
}
