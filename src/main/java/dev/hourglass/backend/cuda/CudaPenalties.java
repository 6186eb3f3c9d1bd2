package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Buffer;

/** Penalties on codes and weights: kernels/penalty.cu. */
final class CudaPenalties {
    private static final int BLOCKS_PER_PROCESSOR = 8;

    private final Launches launches;

    CudaPenalties(Launches launches) {
        this.launches = launches;
    }

    void sparsity(int rows, int columns, Buffer h, boolean signed, float rho, float weight, Buffer mean, Buffer running, float momentum,
            Buffer value, Buffer dh, boolean accumulate) {
        ColumnChunks chunks = ColumnChunks.of(launches, rows, columns);
        chunks.begin(launches, Kernel.SPARSITY_MEAN).integer(rows).integer(columns).integer(chunks.chunks())
                .pointer(own(h)).pointer(own(mean)).pointer(own(running)).real(momentum)
                .pointer(launches.partials()).pointer(launches.counters()).run();
        float slope = weight / rows * (running == null ? 1 : 1 - momentum) * (signed ? 0.5f : 1);
        launches.of(Kernel.SPARSITY).grid(dh == null ? 1 : Math.min(chunks.blocks(), launches.mostBlocks())).integer(rows).integer(columns)
                .integer(chunks.chunks())
                .integer(flag(signed)).real(rho).real(slope).pointer(own(running == null ? mean : running))
                .pointer(own(value)).pointer(own(dh)).integer(flag(accumulate)).run();
    }

    void l1(int rows, int columns, Buffer h, Buffer upstream, Buffer value, Buffer dh, boolean accumulate) {
        RowGroups groups = RowGroups.of(rows, columns);
        groups.begin(launches, Kernel.L1).integer(rows).integer(columns).integer(groups.lanes())
                .pointer(own(h)).pointer(own(upstream)).pointer(own(value)).pointer(own(dh)).integer(flag(accumulate)).run();
    }

    void weightDecay(Buffer weights, float lambda, Buffer value, Buffer dw, boolean accumulate) {
        long blocks = Math.min(Launches.ceilDiv(weights.length(), 4L * Launches.THREADS),
                (long) BLOCKS_PER_PROCESSOR * launches.processors());
        launches.of(Kernel.WEIGHT_DECAY).grid((int) Math.max(1, blocks)).wide(weights.length())
                .pointer(own(weights)).real(lambda).pointer(own(value)).pointer(own(dw)).integer(flag(accumulate))
                .pointer(launches.partials()).pointer(launches.counters()).run();
    }

    void rowSquaredNorms(int rows, int columns, Buffer w, Buffer norms) {
        squaredNorm(rows, columns, 1, w, null, norms, null, false);
    }

    void rowSquaredNormsBackward(int rows, int columns, Buffer w, Buffer upstream, Buffer dw, boolean accumulate) {
        squaredNorm(rows, columns, 1, w, upstream, null, dw, accumulate);
    }

    void squaredNorm(int rows, int columns, float scale, Buffer r, Buffer upstream, Buffer value, Buffer dr) {
        squaredNorm(rows, columns, scale, r, upstream, value, dr, false);
    }

    private void squaredNorm(int rows, int columns, float scale, Buffer x, Buffer upstream, Buffer value, Buffer dx, boolean accumulate) {
        RowGroups groups = RowGroups.of(rows, columns);
        groups.begin(launches, Kernel.SQUARED_NORM).integer(rows).integer(columns).integer(groups.lanes()).real(scale)
                .pointer(own(x)).pointer(own(upstream)).pointer(own(value)).pointer(own(dx)).integer(flag(accumulate)).run();
    }
}
