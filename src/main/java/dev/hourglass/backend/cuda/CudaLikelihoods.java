package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.PointwiseLoss;

/** Likelihoods and their gradients: kernels/likelihood.cu. */
final class CudaLikelihoods {
    private final Launches launches;

    CudaLikelihoods(Launches launches) {
        this.launches = launches;
    }

    /** The kernel of a loss has its name. */
    void pointwiseLoss(PointwiseLoss loss, int rows, int columns, int samples, Buffer parameters, Buffer target, Buffer upstream,
            Buffer value, Buffer gradient, boolean accumulate) {
        RowGroups groups = RowGroups.of(rows, columns);
        groups.begin(launches, Kernel.valueOf(loss.name()))
                .integer(rows).integer(columns).integer(samples).integer(groups.lanes())
                .pointer(own(parameters)).pointer(own(target)).pointer(own(upstream))
                .pointer(own(value)).pointer(own(gradient)).integer(flag(accumulate)).run();
    }

    void gaussian(int rows, int columns, int samples, Buffer mean, Buffer logVariance, float floor, Buffer target, Buffer upstream,
            Buffer value, Buffer dMean, boolean accumulateMean, Buffer dLogVariance, boolean accumulateLogVariance) {
        boolean shared = logVariance.length() == 1;
        if (value != null || dMean != null || shared) {
            RowGroups groups = RowGroups.of(rows, columns);
            groups.begin(launches, Kernel.GAUSSIAN)
                    .integer(rows).integer(columns).integer(samples).integer(groups.lanes()).integer(flag(shared))
                    .pointer(own(mean)).pointer(own(logVariance)).real(floor).pointer(own(target)).pointer(own(upstream))
                    .pointer(own(value)).pointer(own(dMean)).integer(flag(accumulateMean))
                    .pointer(shared ? own(dLogVariance) : null).integer(flag(accumulateLogVariance))
                    .pointer(launches.partials()).pointer(launches.counters()).run();
        }
        if (dLogVariance != null && !shared) {
            ColumnChunks chunks = ColumnChunks.of(launches, rows, columns);
            chunks.begin(launches, Kernel.GAUSSIAN_VARIANCE)
                    .integer(rows).integer(columns).integer(samples).integer(chunks.chunks())
                    .pointer(own(mean)).pointer(own(logVariance)).real(floor).pointer(own(target)).pointer(own(upstream))
                    .pointer(own(dLogVariance)).integer(flag(accumulateLogVariance))
                    .pointer(launches.partials()).pointer(launches.counters()).run();
        }
    }
}
