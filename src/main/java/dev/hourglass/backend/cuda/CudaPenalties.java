package dev.hourglass.backend.cuda;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;

/** Work of branch kernels2. */
final class CudaPenalties {
    CudaPenalties(Launches launches) {
    }

    void sparsity(int rows, int columns, Buffer h, boolean signed, float rho, float weight, Buffer mean, Buffer running, float momentum,
                  Buffer value, Buffer dh, boolean accumulate) {
        throw new UnsupportedOperationException("sparsity");
    }

    void l1(int rows, int columns, Buffer h, Buffer upstream, Buffer value, Buffer dh, boolean accumulate) {
        throw new UnsupportedOperationException("l1");
    }

    void weightDecay(Buffer weights, float lambda, Buffer value, Buffer dw, boolean accumulate) {
        throw new UnsupportedOperationException("weightDecay");
    }

    void rowSquaredNorms(int rows, int columns, Buffer w, Buffer norms) {
        throw new UnsupportedOperationException("rowSquaredNorms");
    }

    void rowSquaredNormsBackward(int rows, int columns, Buffer w, Buffer upstream, Buffer dw, boolean accumulate) {
        throw new UnsupportedOperationException("rowSquaredNormsBackward");
    }

    void contraction(int rows, int columns, Activation activation, Buffer saved, Buffer norms, Buffer upstream,
                     Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNorms, boolean accumulateNorms) {
        throw new UnsupportedOperationException("contraction");
    }

    void contractionDifference(int rows, int columns, Activation activation, Buffer saved, Buffer savedNeighbour, Buffer norms, Buffer upstream,
                               Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNeighbourPre, boolean accumulateNeighbour,
                               Buffer dNorms, boolean accumulateNorms) {
        throw new UnsupportedOperationException("contractionDifference");
    }

    void scaleRows(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer out) {
        throw new UnsupportedOperationException("scaleRows");
    }

    void scaleRowsBackward(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer dOut,
                           Buffer dw, boolean accumulateWeight, Buffer dPre, boolean accumulatePre) {
        throw new UnsupportedOperationException("scaleRowsBackward");
    }

    void scaleColumns(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer out) {
        throw new UnsupportedOperationException("scaleColumns");
    }

    void scaleColumnsBackward(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer dOut,
                              Buffer dr, Buffer dPre, boolean accumulatePre) {
        throw new UnsupportedOperationException("scaleColumnsBackward");
    }

    void squaredNorm(int rows, int columns, float scale, Buffer r, Buffer upstream, Buffer value, Buffer dr) {
        throw new UnsupportedOperationException("squaredNorm");
    }
}
