package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Buffer;

/** Likelihoods and their gradients: kernels/likelihood.cu. */
final class CudaLikelihoods {
    private final Launches launches;

    CudaLikelihoods(Launches launches) {
        this.launches = launches;
    }

    void bernoulli(int rows, int columns, int samples, Buffer logits, Buffer target, Buffer upstream,
                   Buffer value, Buffer dLogits, boolean accumulate) {
        launchRows(Kernel.BERNOULLI, rows, columns, samples, logits, target, upstream, value, dLogits, accumulate);
    }

    void squaredError(int rows, int columns, int samples, Buffer mean, Buffer target, Buffer upstream,
                      Buffer value, Buffer dMean, boolean accumulate) {
        launchRows(Kernel.SQUARED_ERROR, rows, columns, samples, mean, target, upstream, value, dMean, accumulate);
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

    private void launchRows(Kernel kernel, int rows, int columns, int samples, Buffer parameters, Buffer target, Buffer upstream,
                            Buffer value, Buffer gradient, boolean accumulate) {
        RowGroups groups = RowGroups.of(rows, columns);
        groups.begin(launches, kernel)
            .integer(rows).integer(columns).integer(samples).integer(groups.lanes())
            .pointer(own(parameters)).pointer(own(target)).pointer(own(upstream))
            .pointer(own(value)).pointer(own(gradient)).integer(flag(accumulate)).run();
    }
}
