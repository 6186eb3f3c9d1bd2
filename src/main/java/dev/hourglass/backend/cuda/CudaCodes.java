package dev.hourglass.backend.cuda;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.Posterior;

/** Work of branch kernels2. */
final class CudaCodes {
    CudaCodes(Launches launches) {
    }

    void sample(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer z) {
        throw new UnsupportedOperationException("sample");
    }

    void sampleBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer dz,
                        Buffer dHead, boolean accumulate) {
        throw new UnsupportedOperationException("sampleBackward");
    }

    void kl(Posterior posterior, int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer gate, Buffer upstream,
            Buffer value, Buffer dHead, boolean accumulateHead, Buffer dPrior, boolean accumulatePrior) {
        throw new UnsupportedOperationException("kl");
    }

    void klPerDimension(int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer mean) {
        throw new UnsupportedOperationException("klPerDimension");
    }

    void freeBits(int latent, float minimum, Buffer mean, Buffer gate, Buffer value) {
        throw new UnsupportedOperationException("freeBits");
    }

    void sampledKl(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor, Buffer state,
                   Buffer z, Buffer value) {
        throw new UnsupportedOperationException("sampledKl");
    }

    void sampledKlBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor,
                           Buffer z, Buffer upstream, Buffer dz, boolean accumulateZ, Buffer dHead, boolean accumulateHead,
                           Buffer dPrior, boolean accumulatePrior) {
        throw new UnsupportedOperationException("sampledKlBackward");
    }

    void importanceWeights(int rows, int samples, Buffer nll, Buffer cost, float scale, Buffer value, Buffer weights) {
        throw new UnsupportedOperationException("importanceWeights");
    }

    void aggregateLogDensity(Posterior posterior, int count, int points, int latent, Buffer z, Buffer head, Buffer logSum) {
        throw new UnsupportedOperationException("aggregateLogDensity");
    }
}
