package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.Gemm.Matrix;
import jdk.incubator.vector.FloatVector;

/**
 * Copies pieces of a matrix into the order in which {@link Tile} reads them. What belongs to rows or columns beyond the edge of the matrix stays as it is, for
 * what a tile makes of it is never looked at; steps beyond k hold zeros.
 */
final class Packing {
    private static final int EIGHT = 8;
    private static final int FOUR = 4;

    private Packing() {
    }

    /** Steps of a packed operand with {@code k} products. */
    static int steps(int k) {
        return (k + Tile.STEPS - 1) / Tile.STEPS * Tile.STEPS;
    }

    /**
     * Packs steps [from, from + count) of a block of rows of op(A) as it lies in memory: target[offset + i * PITCH + p] = op(A)[row + i, from + p] when A is
     * not transposed, target[offset + p * width + i] otherwise.
     *
     * @param rows how many of the width rows exist
     * @param target Modified; of the step-major kind up to a vector beyond the block
     */
    static void left(Matrix a, int row, int rows, int from, int count, int width, float[] target, int offset) {
        if (a.transposed()) {
            copy(a.values(), a.offset() + from * a.stride() + row, a.stride(), rows, count, target, offset, width);
            zero(target, offset + count * width, (steps(count) - count) * width);
            return;
        }
        for (int i = 0; i < rows; i++) {
            int at = offset + i * Tile.PITCH;
            System.arraycopy(a.values(), a.offset() + (row + i) * a.stride() + from, target, at, count);
            zero(target, at + count, steps(count) - count);
        }
    }

    /**
     * Packs steps [from, from + count) of a panel of columns of op(B): target[offset + p * COLUMNS + j] = op(B)[from + p, column + j].
     *
     * @param columns how many of the COLUMNS columns exist
     * @param target Modified
     */
    static void right(Matrix b, int from, int column, int columns, int count, float[] target, int offset) {
        if (b.transposed()) {
            transpose(b.values(), b.offset() + column * b.stride() + from, b.stride(), columns, count, target, offset, Tile.COLUMNS);
        } else {
            copy(b.values(), b.offset() + from * b.stride() + column, b.stride(), columns, count, target, offset, Tile.COLUMNS);
        }
        zero(target, offset + count * Tile.COLUMNS, (steps(count) - count) * Tile.COLUMNS);
    }

    private static void zero(float[] target, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            target[i] = 0f;
        }
    }

    /** Stores a tile turned around: c[target + j * stride + i] = tile[i, j] + beta c[target + j * stride + i]; beta = 0 ignores what C holds. */
    static void turn(float[] tile, int rows, int columns, float beta, float[] c, int target, int stride) {
        if (beta == 0f) {
            transpose(tile, 0, Tile.COLUMNS, rows, columns, c, target, stride);
            return;
        }
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                int at = target + j * stride + i;
                c[at] = tile[i * Tile.COLUMNS + j] + beta * c[at];
            }
        }
    }

    /** target[offset + p * width + j] = source[start + p * stride + j]; whole vectors where both arrays are long enough, their ends overwritten in turn. */
    private static void copy(float[] source, int start, int stride, int columns, int k, float[] target, int offset, int width) {
        int vectors = (columns + Tile.LANES - 1) / Tile.LANES;
        int reach = (k - 1) * stride + vectors * Tile.LANES;
        boolean whole = start + reach <= source.length && offset + (k - 1) * width + vectors * Tile.LANES <= target.length;
        if (columns == Tile.COLUMNS && width == Tile.COLUMNS) {
            copyTwoVectors(source, start, stride, k, target, offset);
        } else if (whole && columns == width) {
            for (int p = 0; p < k; p++) {
                for (int j = 0; j < columns; j += Tile.LANES) {
                    FloatVector.fromArray(Tile.SPECIES, source, start + p * stride + j).intoArray(target, offset + p * width + j);
                }
            }
        } else {
            for (int p = 0; p < k; p++) {
                for (int j = 0; j < columns; j++) {
                    target[offset + p * width + j] = source[start + p * stride + j];
                }
            }
        }
    }

    private static void copyTwoVectors(float[] source, int start, int stride, int k, float[] target, int offset) {
        for (int p = 0; p < k; p++) {
            int from = start + p * stride;
            int to = offset + p * Tile.COLUMNS;
            FloatVector.fromArray(Tile.SPECIES, source, from).intoArray(target, to);
            FloatVector.fromArray(Tile.SPECIES, source, from + Tile.LANES).intoArray(target, to + Tile.LANES);
        }
    }

    /** target[offset + p * width + i] = source[start + i * stride + p]. */
    private static void transpose(float[] source, int start, int stride, int rows, int k, float[] target, int offset, int width) {
        int i = 0;
        for (; i + EIGHT <= rows; i += EIGHT) {
            transposeEight(source, start + i * stride, stride, k, target, offset + i, width);
        }
        for (; i + FOUR <= rows; i += FOUR) {
            transposeFour(source, start + i * stride, stride, k, target, offset + i, width);
        }
        for (; i < rows; i++) {
            for (int p = 0; p < k; p++) {
                target[offset + p * width + i] = source[start + i * stride + p];
            }
        }
    }

    private static void transposeEight(float[] source, int start, int stride, int k, float[] target, int offset, int width) {
        int r1 = start + stride;
        int r2 = r1 + stride;
        int r3 = r2 + stride;
        int r4 = r3 + stride;
        int r5 = r4 + stride;
        int r6 = r5 + stride;
        int r7 = r6 + stride;
        for (int p = 0; p < k; p++) {
            int to = offset + p * width;
            target[to] = source[start + p];
            target[to + 1] = source[r1 + p];
            target[to + 2] = source[r2 + p];
            target[to + 3] = source[r3 + p];
            target[to + 4] = source[r4 + p];
            target[to + 5] = source[r5 + p];
            target[to + 6] = source[r6 + p];
            target[to + 7] = source[r7 + p];
        }
    }

    private static void transposeFour(float[] source, int start, int stride, int k, float[] target, int offset, int width) {
        int r1 = start + stride;
        int r2 = r1 + stride;
        int r3 = r2 + stride;
        for (int p = 0; p < k; p++) {
            int to = offset + p * width;
            target[to] = source[start + p];
            target[to + 1] = source[r1 + p];
            target[to + 2] = source[r2 + p];
            target[to + 3] = source[r3 + p];
        }
    }
}
