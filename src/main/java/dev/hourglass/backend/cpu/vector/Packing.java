package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.Gemm.Matrix;
import jdk.incubator.vector.FloatVector;

/** Copies pieces of a matrix into the order in which {@link Tile} reads them, with zeros beyond the edges. */
final class Packing {
    private static final int GROUP = 8;

    private Packing() {
    }

    /**
     * Packs 8 rows of op(A): target[p * 8 + i] = op(A)[row + i, p].
     *
     * @param rows how many of the 8 exist
     * @param target Modified
     */
    static void left(Matrix a, int row, int rows, int k, float[] target, int offset) {
        if (a.transposed()) {
            copy(a.values(), a.offset() + row, a.stride(), rows, k, target, offset, Tile.ROWS);
        } else {
            transpose(a.values(), a.offset() + row * a.stride(), a.stride(), rows, k, target, offset, Tile.ROWS);
        }
    }

    /**
     * Packs COLUMNS columns of op(B): target[offset + p * COLUMNS + j] = op(B)[from + p, column + j].
     *
     * @param columns how many of the columns exist
     * @param target Modified
     */
    static void right(Matrix b, int from, int column, int columns, int k, float[] target, int offset) {
        if (b.transposed()) {
            for (int j = 0; j < Tile.COLUMNS; j += GROUP) {
                int exist = Math.max(0, Math.min(GROUP, columns - j));
                transpose(b.values(), b.offset() + (column + j) * b.stride() + from, b.stride(), exist, k, target, offset + j, Tile.COLUMNS);
            }
        } else {
            copy(b.values(), b.offset() + from * b.stride() + column, b.stride(), columns, k, target, offset, Tile.COLUMNS);
        }
    }

    /** target[offset + p * width + j] = source[start + p * stride + j] for j below {@code columns}, 0 up to {@code width}. */
    private static void copy(float[] source, int start, int stride, int columns, int k, float[] target, int offset, int width) {
        if (columns == width && width == GROUP) {
            copyEight(source, start, stride, k, target, offset);
            return;
        }
        if (columns == Tile.COLUMNS && width == Tile.COLUMNS) {
            copyTwoVectors(source, start, stride, k, target, offset);
            return;
        }
        for (int p = 0; p < k; p++) {
            int from = start + p * stride;
            int to = offset + p * width;
            for (int j = 0; j < columns; j++) {
                target[to + j] = source[from + j];
            }
            for (int j = columns; j < width; j++) {
                target[to + j] = 0f;
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

    private static void copyEight(float[] source, int start, int stride, int k, float[] target, int offset) {
        for (int p = 0; p < k; p++) {
            int from = start + p * stride;
            int to = offset + p * GROUP;
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

    /** target[offset + p * width + i] = source[start + i * stride + p] for i below {@code rows}, 0 up to 8. */
    private static void transpose(float[] source, int start, int stride, int rows, int k, float[] target, int offset, int width) {
        if (rows == GROUP) {
            transposeEight(source, start, stride, k, target, offset, width);
            return;
        }
        for (int p = 0; p < k; p++) {
            for (int i = 0; i < GROUP; i++) {
                target[offset + p * width + i] = i < rows ? source[start + i * stride + p] : 0f;
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
}
