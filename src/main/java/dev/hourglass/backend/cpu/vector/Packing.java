package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.Gemm.Matrix;
import jdk.incubator.vector.FloatVector;

/**
 * Copies pieces of a matrix into the order in which {@link Tile} reads them: step by step, {@code width} numbers each. Rows and columns beyond the edge of the
 * matrix repeat the last one, for what a tile makes of them is never looked at; steps beyond k hold zeros.
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
     * Packs a block of rows of op(A): target[offset + p * width + i] = op(A)[row + i, p].
     *
     * @param rows how many of the width rows exist
     * @param target Modified
     */
    static void left(Matrix a, int row, int rows, int width, int k, float[] target, int offset) {
        if (a.transposed()) {
            copy(a.values(), a.offset() + row, a.stride(), rows, k, target, offset, width);
        } else {
            transpose(a.values(), a.offset() + row * a.stride(), a.stride(), rows, k, target, offset, width);
        }
        pad(k, target, offset, width);
    }

    /**
     * Packs a panel of columns of op(B): target[offset + p * COLUMNS + j] = op(B)[from + p, column + j].
     *
     * @param columns how many of the COLUMNS columns exist
     * @param target Modified
     */
    static void right(Matrix b, int from, int column, int columns, int k, float[] target, int offset) {
        if (b.transposed()) {
            transpose(b.values(), b.offset() + column * b.stride() + from, b.stride(), columns, k, target, offset, Tile.COLUMNS);
        } else {
            copy(b.values(), b.offset() + from * b.stride() + column, b.stride(), columns, k, target, offset, Tile.COLUMNS);
        }
        pad(k, target, offset, Tile.COLUMNS);
    }

    private static void pad(int k, float[] target, int offset, int width) {
        for (int i = k * width; i < steps(k) * width; i++) {
            target[offset + i] = 0f;
        }
    }

    /** target[offset + p * width + j] = source[start + p * stride + j]. */
    private static void copy(float[] source, int start, int stride, int columns, int k, float[] target, int offset, int width) {
        if (columns == Tile.COLUMNS && width == Tile.COLUMNS) {
            copyTwoVectors(source, start, stride, k, target, offset);
            return;
        }
        if (columns == width) {
            int j = 0;
            for (; j + EIGHT <= width; j += EIGHT) {
                copyEight(source, start + j, stride, k, target, offset + j, width);
            }
            if (j < width) {
                copyFour(source, start + j, stride, k, target, offset + j, width);
            }
            return;
        }
        for (int p = 0; p < k; p++) {
            for (int j = 0; j < width; j++) {
                target[offset + p * width + j] = source[start + p * stride + Math.min(j, columns - 1)];
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

    private static void copyEight(float[] source, int start, int stride, int k, float[] target, int offset, int width) {
        for (int p = 0; p < k; p++) {
            int from = start + p * stride;
            int to = offset + p * width;
            target[to] = source[from];
            target[to + 1] = source[from + 1];
            target[to + 2] = source[from + 2];
            target[to + 3] = source[from + 3];
            target[to + 4] = source[from + 4];
            target[to + 5] = source[from + 5];
            target[to + 6] = source[from + 6];
            target[to + 7] = source[from + 7];
        }
    }

    private static void copyFour(float[] source, int start, int stride, int k, float[] target, int offset, int width) {
        for (int p = 0; p < k; p++) {
            int from = start + p * stride;
            int to = offset + p * width;
            target[to] = source[from];
            target[to + 1] = source[from + 1];
            target[to + 2] = source[from + 2];
            target[to + 3] = source[from + 3];
        }
    }

    /** target[offset + p * width + i] = source[start + i * stride + p]. */
    private static void transpose(float[] source, int start, int stride, int rows, int k, float[] target, int offset, int width) {
        int i = 0;
        for (; i + EIGHT <= Math.min(width, rows); i += EIGHT) {
            transposeEight(source, start + i * stride, stride, k, target, offset + i, width);
        }
        for (; i < width; i += FOUR) {
            int last = rows - 1;
            transposeFour(source, start + Math.min(i, last) * stride, start + Math.min(i + 1, last) * stride, start + Math.min(i + 2, last) * stride,
                    start + Math.min(i + 3, last) * stride, k, target, offset + i, width);
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

    private static void transposeFour(float[] source, int row0, int row1, int row2, int row3, int k, float[] target, int offset, int width) {
        for (int p = 0; p < k; p++) {
            int to = offset + p * width;
            target[to] = source[row0 + p];
            target[to + 1] = source[row1 + p];
            target[to + 2] = source[row2 + p];
            target[to + 3] = source[row3 + p];
        }
    }
}
