package dev.hourglass.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost part of the matrix product: a tile of 8 rows and two vectors of columns, T = base + alpha L R, with L and R packed so that step p of the sum
 * reads {@code left[p * 8 ...]} and {@code right[p * COLUMNS ...]}. The sixteen sums stay in registers from the first product to the last.
 *
 * <p>Written out by hand on purpose: C2 keeps vectors in registers only as separate local variables. Multiplying by alpha before the store also tells
 * C2 the exact class of the sums; without it JDK 17 boxes all sixteen on every step.
 */
final class Tile {
    static final VectorSpecies<Float> SPECIES = VectorSource.SPECIES;
    static final int LANES = SPECIES.length();
    /** Rows of a tile. */
    static final int ROWS = 8;
    /** Columns of a tile. */
    static final int COLUMNS = 2 * LANES;

    private Tile() {
    }

    /**
     * T = base + alpha L R over {@code k} steps.
     *
     * @param base what is added to: the target itself, or one row of zeros with stride 0
     * @param target all 8 rows and COLUMNS columns are set. Modified.
     */
    static void multiply(int k, float[] left, int leftOffset, float[] right, int rightOffset, float alpha,
                         float[] base, int baseOffset, int baseStride, float[] target, int targetOffset, int targetStride) {
        if (VectorSource.MANY_REGISTERS) {
            tile8(k, left, leftOffset, right, rightOffset, alpha, base, baseOffset, baseStride, target, targetOffset, targetStride);
        } else {
            tile4(k, left, leftOffset, right, rightOffset, alpha, base, baseOffset, baseStride, target, targetOffset, targetStride);
            tile4(k, left, leftOffset + 4, right, rightOffset, alpha, base, baseOffset + 4 * baseStride, baseStride,
                    target, targetOffset + 4 * targetStride, targetStride);
        }
    }

    private static void tile8(int k, float[] left, int leftOffset, float[] right, int rightOffset, float alpha,
                              float[] base, int baseOffset, int baseStride, float[] target, int targetOffset, int targetStride) {
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        FloatVector c40 = FloatVector.zero(SPECIES);
        FloatVector c41 = FloatVector.zero(SPECIES);
        FloatVector c50 = FloatVector.zero(SPECIES);
        FloatVector c51 = FloatVector.zero(SPECIES);
        FloatVector c60 = FloatVector.zero(SPECIES);
        FloatVector c61 = FloatVector.zero(SPECIES);
        FloatVector c70 = FloatVector.zero(SPECIES);
        FloatVector c71 = FloatVector.zero(SPECIES);
        for (int p = 0; p < k; p++) {
            int l = leftOffset + p * ROWS;
            int r = rightOffset + p * COLUMNS;
            FloatVector b0 = FloatVector.fromArray(SPECIES, right, r);
            FloatVector b1 = FloatVector.fromArray(SPECIES, right, r + LANES);
            FloatVector a = FloatVector.broadcast(SPECIES, left[l]);
            c00 = a.fma(b0, c00);
            c01 = a.fma(b1, c01);
            a = FloatVector.broadcast(SPECIES, left[l + 1]);
            c10 = a.fma(b0, c10);
            c11 = a.fma(b1, c11);
            a = FloatVector.broadcast(SPECIES, left[l + 2]);
            c20 = a.fma(b0, c20);
            c21 = a.fma(b1, c21);
            a = FloatVector.broadcast(SPECIES, left[l + 3]);
            c30 = a.fma(b0, c30);
            c31 = a.fma(b1, c31);
            a = FloatVector.broadcast(SPECIES, left[l + 4]);
            c40 = a.fma(b0, c40);
            c41 = a.fma(b1, c41);
            a = FloatVector.broadcast(SPECIES, left[l + 5]);
            c50 = a.fma(b0, c50);
            c51 = a.fma(b1, c51);
            a = FloatVector.broadcast(SPECIES, left[l + 6]);
            c60 = a.fma(b0, c60);
            c61 = a.fma(b1, c61);
            a = FloatVector.broadcast(SPECIES, left[l + 7]);
            c70 = a.fma(b0, c70);
            c71 = a.fma(b1, c71);
        }
        int t = targetOffset;
        int b = baseOffset;
        c00.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c01.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
        t += targetStride;
        b += baseStride;
        c10.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c11.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
        t += targetStride;
        b += baseStride;
        c20.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c21.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
        t += targetStride;
        b += baseStride;
        c30.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c31.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
        t += targetStride;
        b += baseStride;
        c40.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c41.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
        t += targetStride;
        b += baseStride;
        c50.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c51.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
        t += targetStride;
        b += baseStride;
        c60.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c61.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
        t += targetStride;
        b += baseStride;
        c70.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c71.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
    }

    private static void tile4(int k, float[] left, int leftOffset, float[] right, int rightOffset, float alpha,
                              float[] base, int baseOffset, int baseStride, float[] target, int targetOffset, int targetStride) {
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        for (int p = 0; p < k; p++) {
            int l = leftOffset + p * ROWS;
            int r = rightOffset + p * COLUMNS;
            FloatVector b0 = FloatVector.fromArray(SPECIES, right, r);
            FloatVector b1 = FloatVector.fromArray(SPECIES, right, r + LANES);
            FloatVector a = FloatVector.broadcast(SPECIES, left[l]);
            c00 = a.fma(b0, c00);
            c01 = a.fma(b1, c01);
            a = FloatVector.broadcast(SPECIES, left[l + 1]);
            c10 = a.fma(b0, c10);
            c11 = a.fma(b1, c11);
            a = FloatVector.broadcast(SPECIES, left[l + 2]);
            c20 = a.fma(b0, c20);
            c21 = a.fma(b1, c21);
            a = FloatVector.broadcast(SPECIES, left[l + 3]);
            c30 = a.fma(b0, c30);
            c31 = a.fma(b1, c31);
        }
        int t = targetOffset;
        int b = baseOffset;
        c00.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c01.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
        t += targetStride;
        b += baseStride;
        c10.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c11.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
        t += targetStride;
        b += baseStride;
        c20.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c21.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
        t += targetStride;
        b += baseStride;
        c30.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b)).intoArray(target, t);
        c31.mul(alpha).add(FloatVector.fromArray(SPECIES, base, b + LANES)).intoArray(target, t + LANES);
    }
}
