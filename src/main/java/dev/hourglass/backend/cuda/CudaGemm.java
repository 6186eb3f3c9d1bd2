package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.ceilDiv;
import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Buffer;

/** Matrix products: cuBLAS where there is one, kernels/gemm.cu otherwise. */
final class CudaGemm implements AutoCloseable {
    /** Multiplications of a small product at most. */
    private static final long SMALL_WORK = 1L << 27;
    /** Rows and columns of a small tile. */
    static final int SIDE = 32;

    /** A block's part of C, and the least that K is cut into. */
    private record Tile(Kernel kernel, int rows, int columns, int leastPart) {
        int blocks(int m, int n) {
            return Math.multiplyExact(ceilDiv(m, rows), ceilDiv(n, columns));
        }
    }

    private static final Tile LARGE = new Tile(Kernel.GEMM_LARGE, 128, 64, 64);
    private static final Tile SMALL = new Tile(Kernel.GEMM_SMALL, SIDE, SIDE, 512);
    private static final int DEPTH = 16;
    /** Tiles of a small product for each multiprocessor at most: with more, large tiles fill the device and read their operands less often. */
    private static final int SMALL_TILES_PER_PROCESSOR = 4;

    private final Launches launches;
    private final Cublas cublas;
    private final Precision precision;

    /** Takes over {@code cublas}; null for our own kernel. */
    CudaGemm(Launches launches, Cublas cublas, Precision precision) {
        this.launches = launches;
        this.cublas = cublas;
        this.precision = cublas == null ? Precision.FP32 : precision;
    }

    /** What computes products, in words. */
    String description(Availability library) {
        return cublas == null ? "fp32 on our own kernel (" + library.reason() + ")"
                : precision.label() + " on cuBLAS " + cublas.version() + " (" + library.reason() + ")";
    }

    /** Whether a product [m, n] over k is one for the kernels of dense.cu: few tiles of 32 x 32, and little work in each. */
    boolean isSmall(int m, int n, int k) {
        return precision == Precision.FP32 && (long) tiles(m) * tiles(n) <= (long) SMALL_TILES_PER_PROCESSOR * launches.processors()
                && (long) m * n * k <= SMALL_WORK;
    }

    /** Returns the tiles of 32 along a side. */
    static int tiles(int length) {
        return ceilDiv(length, SIDE);
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
        launches.of(tile.kernel).grid(ceilDiv(m, tile.rows), ceilDiv(n, tile.columns) * parts)
                .integer(flag(transposeA)).integer(flag(transposeB)).integer(m).integer(n).integer(k).real(alpha).pointer(a).pointer(b)
                .real(beta).pointer(c).pointer(launches.partials()).integer(part).run();
        if (parts > 1) {
            launches.of(Kernel.GEMM_SUM, m * n).integer(m * n).integer(parts).real(alpha).pointer(launches.partials()).real(beta).pointer(c)
                    .run();
        }
    }

    /** How much of K a block walks: all of it, unless the product has too few tiles to fill the device twice and K is long. */
    private int part(Tile tile, int m, int n, int k) {
        int wanted = Math.min(2 * launches.processors() / tile.blocks(m, n), k / tile.leastPart);
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
