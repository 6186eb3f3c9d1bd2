package dev.hourglass.backend.cpu.vector;

/**
 * The tile of {@link Tile} in plain numbers, with the same bits: it serves while the other is not compiled yet. The JVM compiles its small loop within
 * milliseconds.
 */
final class PlainTile {
    private static final int FOUR = 4;

    private PlainTile() {
    }

    /** T = alpha L R; step p of row i of L lies at {@code left[leftOffset + i * rowStride + p * stepStride]}; rows a multiple of 4. */
    static void multiply(int rows, int steps, float[] left, int leftOffset, int rowStride, int stepStride, float[] right, int rightOffset,
            float alpha,
            float[] target, int targetOffset, int targetStride) {
        for (int i = 0; i < rows; i += FOUR) {
            for (int j = 0; j < Tile.COLUMNS; j += 2) {
                fourByTwo(steps, left, leftOffset + i * rowStride, rowStride, stepStride, right, rightOffset + j, alpha, target,
                        targetOffset + i * targetStride + j, targetStride);
            }
        }
    }

    private static void fourByTwo(int steps, float[] left, int leftOffset, int rowStride, int stepStride, float[] right, int rightOffset,
            float alpha,
            float[] target, int targetOffset, int targetStride) {
        float a0 = 0;
        float a1 = 0;
        float b0 = 0;
        float b1 = 0;
        float c0 = 0;
        float c1 = 0;
        float d0 = 0;
        float d1 = 0;
        for (int p = 0; p < steps; p++) {
            int l = leftOffset + p * stepStride;
            float right0 = right[rightOffset + p * Tile.COLUMNS];
            float right1 = right[rightOffset + p * Tile.COLUMNS + 1];
            float x = left[l];
            a0 = Math.fma(x, right0, a0);
            a1 = Math.fma(x, right1, a1);
            x = left[l + rowStride];
            b0 = Math.fma(x, right0, b0);
            b1 = Math.fma(x, right1, b1);
            x = left[l + 2 * rowStride];
            c0 = Math.fma(x, right0, c0);
            c1 = Math.fma(x, right1, c1);
            x = left[l + 3 * rowStride];
            d0 = Math.fma(x, right0, d0);
            d1 = Math.fma(x, right1, d1);
        }
        store(alpha * a0, alpha * a1, target, targetOffset);
        store(alpha * b0, alpha * b1, target, targetOffset + targetStride);
        store(alpha * c0, alpha * c1, target, targetOffset + 2 * targetStride);
        store(alpha * d0, alpha * d1, target, targetOffset + 3 * targetStride);
    }

    private static void store(float first, float second, float[] target, int at) {
        target[at] = first;
        target[at + 1] = second;
    }
}
