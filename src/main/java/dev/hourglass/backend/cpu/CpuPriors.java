package dev.hourglass.backend.cpu;

import dev.hourglass.backend.Buffer;

/**
 * The prior p(z) of each row: the diagonal Gaussians of a buffer [rows, 2 latent] = [m2 | s2] with s2 floored, or N(0, I) where there is none.
 *
 * @param values null for N(0, I)
 */
record CpuPriors(float[] values, int offset, int latent, float floor) {
    static CpuPriors of(Buffer nullable, int latent, float floor) {
        return nullable == null ? new CpuPriors(null, 0, latent, floor)
                : new CpuPriors(CpuBuffer.floats(nullable), CpuBuffer.offset(nullable), latent, floor);
    }

    float mean(int row, int j) {
        return values == null ? 0f : values[offset + row * 2 * latent + j];
    }

    float logVariance(int row, int j) {
        return values == null ? 0f : Math.max(raw(row, j), floor);
    }

    /** e^-s2. */
    float precision(int row, int j) {
        return values == null ? 1f : FloatMath.exp(-logVariance(row, j));
    }

    /** 1 where the log variance has a gradient, 0 where the floor stands in for it. */
    float free(int row, int j) {
        return raw(row, j) < floor ? 0f : 1f;
    }

    private float raw(int row, int j) {
        return values[offset + row * 2 * latent + latent + j];
    }
}
