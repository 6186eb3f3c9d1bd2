package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.ceilDiv;
import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Buffer;

/** Matrix products: cuBLAS where there is one, kernels/gemm.cu otherwise. */
final class CudaGemm implements AutoCloseable {
    /** A block's part of C, and its threads. */
    private record Tile(Kernel kernel, int rows, int columns, int threads) {
        int blocks(int m, int n) {
            return Math.multiplyExact(ceilDiv(m, rows), ceilDiv(n, columns));
        }
    }

    private static final Tile LARGE = new Tile(Kernel.GEMM_LARGE, 128, 64, 256);
    private static final Tile SMALL = new Tile(Kernel.GEMM_SMALL, 32, 32, 64);
    private static final int DEPTH = 16;
    /** K is cut into parts of no less than this. */
    private static final int LEAST_PART = 64;

    private final Launches launches;
    private final Cublas cublas;

    /** Takes over {@code cublas}; null for our own kernel. */
    CudaGemm(Launches launches, Cublas cublas) {
        this.launches = launches;
        this.cublas = cublas;
    }

    /** What computes products, in words. */
    String description(Precision precision, Availability library) {
        return cublas == null ? "fp32 on our own kernel (" + library.reason() + ")"
            : precision.label() + " on cuBLAS " + cublas.version() + " (" + library.reason() + ")";
    }

    void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
        if (cublas != null) {
            cublas.gemm(transposeA, transposeB, m, n, k, alpha, own(a).address(), own(b).address(), beta, own(c).address());
        } else {
            ownGemm(transposeA, transposeB, m, n, k, alpha, own(a), own(b), beta, own(c));
        }
    }

    private void ownGemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, CudaBuffer a, CudaBuffer b,
                         float beta, CudaBuffer c) {
        Tile tile = 2 * LARGE.blocks(m, n) >= launches.processors() ? LARGE : SMALL;
        int part = part(tile, m, n, k);
        int parts = ceilDiv(k, part);
        launches.of(tile.kernel).grid(ceilDiv(m, tile.rows), ceilDiv(n, tile.columns) * parts).block(tile.threads)
            .integer(flag(transposeA)).integer(flag(transposeB)).integer(m).integer(n).integer(k).real(alpha).pointer(a).pointer(b)
            .real(beta).pointer(c).pointer(launches.partials()).integer(part).run();
        if (parts > 1) {
            launches.of(Kernel.GEMM_SUM, m * n).integer(m * n).integer(parts).real(alpha).pointer(launches.partials()).real(beta).pointer(c).run();
        }
    }

    /** How much of K a block walks: all of it, unless the product has too few tiles to fill the device twice and K is long. */
    private int part(Tile tile, int m, int n, int k) {
        int wanted = Math.min(2 * launches.processors() / tile.blocks(m, n), k / LEAST_PART);
        long parts = Math.min(wanted, Launches.PARTIALS / ((long) m * n));
        return parts <= 1 ? k : ceilDiv(ceilDiv(k, (int) parts), DEPTH) * DEPTH;
    }

    @Override
    public void close() {
        if (cublas != null) {
            cublas.close();
        }
    }
}
