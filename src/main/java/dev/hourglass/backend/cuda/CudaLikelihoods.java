package dev.hourglass.backend.cuda;

import dev.hourglass.backend.Buffer;

/** Work of branch kernels2. */
final class CudaLikelihoods {
    CudaLikelihoods(Launches launches) {
    }

    void bernoulli(int rows, int columns, int samples, Buffer logits, Buffer target, Buffer upstream,
                   Buffer value, Buffer dLogits, boolean accumulate) {
        throw new UnsupportedOperationException("bernoulli");
    }

    void gaussian(int rows, int columns, int samples, Buffer mean, Buffer logVariance, float floor, Buffer target, Buffer upstream,
                  Buffer value, Buffer dMean, boolean accumulateMean, Buffer dLogVariance, boolean accumulateLogVariance) {
        throw new UnsupportedOperationException("gaussian");
    }

    void squaredError(int rows, int columns, int samples, Buffer mean, Buffer target, Buffer upstream,
                      Buffer value, Buffer dMean, boolean accumulate) {
        throw new UnsupportedOperationException("squaredError");
    }
}
