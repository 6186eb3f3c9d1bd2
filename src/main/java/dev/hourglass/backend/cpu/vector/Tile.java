package dev.hourglass.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost part of the matrix product: a tile of 12 or 8 rows and two vectors of columns, T = alpha L R, with L and R packed so that step p of the sum
 * reads {@code left[p * rows ...]} and {@code right[p * COLUMNS ...]}. The sums stay in registers from the first product to the last.
 *
 * <p>Written out by hand on purpose: C2 keeps vectors in registers only as separate local variables. Twelve rows are what 32 registers hold; two steps at a
 * time halve the integer work, which competes with the products for ports. Multiplying by alpha before the store also tells C2 the exact class of the sums;
 * without it JDK 17 puts them on the heap at every step. {@link Priming} says why so many operations in one method are safe.
 */
final class Tile {
    static final VectorSpecies<Float> SPECIES = VectorSource.SPECIES;
    static final int LANES = SPECIES.length();
    /** Rows of a tall tile. */
    static final int TALL = 12;
    /** Rows of a short tile: 12 and 8 together make up any multiple of 4 from 8 on. */
    static final int SHORT = 8;
    /** Columns of a tile. */
    static final int COLUMNS = 2 * LANES;
    /** Steps come in pairs. */
    static final int STEPS = 2;
    private static final int FOUR = 4;

    private Tile() {
    }

    /**
     * T = alpha L R.
     *
     * @param rows {@link #TALL} or {@link #SHORT}
     * @param steps a multiple of {@link #STEPS}
     * @param target all rows and COLUMNS columns are set. Modified.
     */
    static void multiply(int rows, int steps, float[] left, int leftOffset, float[] right, int rightOffset, float alpha, float[] target,
                         int targetOffset, int targetStride) {
        if (!VectorSource.MANY_REGISTERS) {
            for (int row = 0; row < rows; row += FOUR) {
                fourRows(steps, left, leftOffset + row, right, rightOffset, alpha, target, targetOffset + row * targetStride, targetStride, rows);
            }
        } else if (rows == TALL) {
            twelveRows(steps, left, leftOffset, right, rightOffset, alpha, target, targetOffset, targetStride);
        } else {
            eightRows(steps, left, leftOffset, right, rightOffset, alpha, target, targetOffset, targetStride);
        }
    }

    private static void twelveRows(int steps, float[] left, int leftOffset, float[] right, int rightOffset, float alpha, float[] target,
                                   int targetOffset, int targetStride) {
        FloatVector a0 = FloatVector.zero(SPECIES);
        FloatVector a1 = FloatVector.zero(SPECIES);
        FloatVector b0 = FloatVector.zero(SPECIES);
        FloatVector b1 = FloatVector.zero(SPECIES);
        FloatVector c0 = FloatVector.zero(SPECIES);
        FloatVector c1 = FloatVector.zero(SPECIES);
        FloatVector d0 = FloatVector.zero(SPECIES);
        FloatVector d1 = FloatVector.zero(SPECIES);
        FloatVector e0 = FloatVector.zero(SPECIES);
        FloatVector e1 = FloatVector.zero(SPECIES);
        FloatVector f0 = FloatVector.zero(SPECIES);
        FloatVector f1 = FloatVector.zero(SPECIES);
        FloatVector g0 = FloatVector.zero(SPECIES);
        FloatVector g1 = FloatVector.zero(SPECIES);
        FloatVector h0 = FloatVector.zero(SPECIES);
        FloatVector h1 = FloatVector.zero(SPECIES);
        FloatVector i0 = FloatVector.zero(SPECIES);
        FloatVector i1 = FloatVector.zero(SPECIES);
        FloatVector j0 = FloatVector.zero(SPECIES);
        FloatVector j1 = FloatVector.zero(SPECIES);
        FloatVector k0 = FloatVector.zero(SPECIES);
        FloatVector k1 = FloatVector.zero(SPECIES);
        FloatVector l0 = FloatVector.zero(SPECIES);
        FloatVector l1 = FloatVector.zero(SPECIES);
        for (int p = 0; p < steps; p += 2) {
            int l = leftOffset + p * TALL;
            int r = rightOffset + p * COLUMNS;
            FloatVector right0 = FloatVector.fromArray(SPECIES, right, r);
            FloatVector right1 = FloatVector.fromArray(SPECIES, right, r + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, left[l]);
            a0 = x.fma(right0, a0);
            a1 = x.fma(right1, a1);
            x = FloatVector.broadcast(SPECIES, left[l + 1]);
            b0 = x.fma(right0, b0);
            b1 = x.fma(right1, b1);
            x = FloatVector.broadcast(SPECIES, left[l + 2]);
            c0 = x.fma(right0, c0);
            c1 = x.fma(right1, c1);
            x = FloatVector.broadcast(SPECIES, left[l + 3]);
            d0 = x.fma(right0, d0);
            d1 = x.fma(right1, d1);
            x = FloatVector.broadcast(SPECIES, left[l + 4]);
            e0 = x.fma(right0, e0);
            e1 = x.fma(right1, e1);
            x = FloatVector.broadcast(SPECIES, left[l + 5]);
            f0 = x.fma(right0, f0);
            f1 = x.fma(right1, f1);
            x = FloatVector.broadcast(SPECIES, left[l + 6]);
            g0 = x.fma(right0, g0);
            g1 = x.fma(right1, g1);
            x = FloatVector.broadcast(SPECIES, left[l + 7]);
            h0 = x.fma(right0, h0);
            h1 = x.fma(right1, h1);
            x = FloatVector.broadcast(SPECIES, left[l + 8]);
            i0 = x.fma(right0, i0);
            i1 = x.fma(right1, i1);
            x = FloatVector.broadcast(SPECIES, left[l + 9]);
            j0 = x.fma(right0, j0);
            j1 = x.fma(right1, j1);
            x = FloatVector.broadcast(SPECIES, left[l + 10]);
            k0 = x.fma(right0, k0);
            k1 = x.fma(right1, k1);
            x = FloatVector.broadcast(SPECIES, left[l + 11]);
            l0 = x.fma(right0, l0);
            l1 = x.fma(right1, l1);
            right0 = FloatVector.fromArray(SPECIES, right, r + COLUMNS);
            right1 = FloatVector.fromArray(SPECIES, right, r + COLUMNS + LANES);
            x = FloatVector.broadcast(SPECIES, left[l + TALL]);
            a0 = x.fma(right0, a0);
            a1 = x.fma(right1, a1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 1]);
            b0 = x.fma(right0, b0);
            b1 = x.fma(right1, b1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 2]);
            c0 = x.fma(right0, c0);
            c1 = x.fma(right1, c1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 3]);
            d0 = x.fma(right0, d0);
            d1 = x.fma(right1, d1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 4]);
            e0 = x.fma(right0, e0);
            e1 = x.fma(right1, e1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 5]);
            f0 = x.fma(right0, f0);
            f1 = x.fma(right1, f1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 6]);
            g0 = x.fma(right0, g0);
            g1 = x.fma(right1, g1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 7]);
            h0 = x.fma(right0, h0);
            h1 = x.fma(right1, h1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 8]);
            i0 = x.fma(right0, i0);
            i1 = x.fma(right1, i1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 9]);
            j0 = x.fma(right0, j0);
            j1 = x.fma(right1, j1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 10]);
            k0 = x.fma(right0, k0);
            k1 = x.fma(right1, k1);
            x = FloatVector.broadcast(SPECIES, left[l + TALL + 11]);
            l0 = x.fma(right0, l0);
            l1 = x.fma(right1, l1);
        }
        FloatVector scale = FloatVector.broadcast(SPECIES, alpha);
        int t = targetOffset;
        scale.mul(a0).intoArray(target, t);
        scale.mul(a1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(b0).intoArray(target, t);
        scale.mul(b1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(c0).intoArray(target, t);
        scale.mul(c1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(d0).intoArray(target, t);
        scale.mul(d1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(e0).intoArray(target, t);
        scale.mul(e1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(f0).intoArray(target, t);
        scale.mul(f1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(g0).intoArray(target, t);
        scale.mul(g1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(h0).intoArray(target, t);
        scale.mul(h1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(i0).intoArray(target, t);
        scale.mul(i1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(j0).intoArray(target, t);
        scale.mul(j1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(k0).intoArray(target, t);
        scale.mul(k1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(l0).intoArray(target, t);
        scale.mul(l1).intoArray(target, t + LANES);
    }

    private static void eightRows(int steps, float[] left, int leftOffset, float[] right, int rightOffset, float alpha, float[] target,
                                  int targetOffset, int targetStride) {
        FloatVector a0 = FloatVector.zero(SPECIES);
        FloatVector a1 = FloatVector.zero(SPECIES);
        FloatVector b0 = FloatVector.zero(SPECIES);
        FloatVector b1 = FloatVector.zero(SPECIES);
        FloatVector c0 = FloatVector.zero(SPECIES);
        FloatVector c1 = FloatVector.zero(SPECIES);
        FloatVector d0 = FloatVector.zero(SPECIES);
        FloatVector d1 = FloatVector.zero(SPECIES);
        FloatVector e0 = FloatVector.zero(SPECIES);
        FloatVector e1 = FloatVector.zero(SPECIES);
        FloatVector f0 = FloatVector.zero(SPECIES);
        FloatVector f1 = FloatVector.zero(SPECIES);
        FloatVector g0 = FloatVector.zero(SPECIES);
        FloatVector g1 = FloatVector.zero(SPECIES);
        FloatVector h0 = FloatVector.zero(SPECIES);
        FloatVector h1 = FloatVector.zero(SPECIES);
        for (int p = 0; p < steps; p++) {
            int l = leftOffset + p * SHORT;
            int r = rightOffset + p * COLUMNS;
            FloatVector right0 = FloatVector.fromArray(SPECIES, right, r);
            FloatVector right1 = FloatVector.fromArray(SPECIES, right, r + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, left[l]);
            a0 = x.fma(right0, a0);
            a1 = x.fma(right1, a1);
            x = FloatVector.broadcast(SPECIES, left[l + 1]);
            b0 = x.fma(right0, b0);
            b1 = x.fma(right1, b1);
            x = FloatVector.broadcast(SPECIES, left[l + 2]);
            c0 = x.fma(right0, c0);
            c1 = x.fma(right1, c1);
            x = FloatVector.broadcast(SPECIES, left[l + 3]);
            d0 = x.fma(right0, d0);
            d1 = x.fma(right1, d1);
            x = FloatVector.broadcast(SPECIES, left[l + 4]);
            e0 = x.fma(right0, e0);
            e1 = x.fma(right1, e1);
            x = FloatVector.broadcast(SPECIES, left[l + 5]);
            f0 = x.fma(right0, f0);
            f1 = x.fma(right1, f1);
            x = FloatVector.broadcast(SPECIES, left[l + 6]);
            g0 = x.fma(right0, g0);
            g1 = x.fma(right1, g1);
            x = FloatVector.broadcast(SPECIES, left[l + 7]);
            h0 = x.fma(right0, h0);
            h1 = x.fma(right1, h1);
        }
        FloatVector scale = FloatVector.broadcast(SPECIES, alpha);
        int t = targetOffset;
        scale.mul(a0).intoArray(target, t);
        scale.mul(a1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(b0).intoArray(target, t);
        scale.mul(b1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(c0).intoArray(target, t);
        scale.mul(c1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(d0).intoArray(target, t);
        scale.mul(d1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(e0).intoArray(target, t);
        scale.mul(e1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(f0).intoArray(target, t);
        scale.mul(f1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(g0).intoArray(target, t);
        scale.mul(g1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(h0).intoArray(target, t);
        scale.mul(h1).intoArray(target, t + LANES);
    }

    private static void fourRows(int steps, float[] left, int leftOffset, float[] right, int rightOffset, float alpha, float[] target,
                                 int targetOffset, int targetStride, int packedRows) {
        FloatVector a0 = FloatVector.zero(SPECIES);
        FloatVector a1 = FloatVector.zero(SPECIES);
        FloatVector b0 = FloatVector.zero(SPECIES);
        FloatVector b1 = FloatVector.zero(SPECIES);
        FloatVector c0 = FloatVector.zero(SPECIES);
        FloatVector c1 = FloatVector.zero(SPECIES);
        FloatVector d0 = FloatVector.zero(SPECIES);
        FloatVector d1 = FloatVector.zero(SPECIES);
        for (int p = 0; p < steps; p++) {
            int l = leftOffset + p * packedRows;
            int r = rightOffset + p * COLUMNS;
            FloatVector right0 = FloatVector.fromArray(SPECIES, right, r);
            FloatVector right1 = FloatVector.fromArray(SPECIES, right, r + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, left[l]);
            a0 = x.fma(right0, a0);
            a1 = x.fma(right1, a1);
            x = FloatVector.broadcast(SPECIES, left[l + 1]);
            b0 = x.fma(right0, b0);
            b1 = x.fma(right1, b1);
            x = FloatVector.broadcast(SPECIES, left[l + 2]);
            c0 = x.fma(right0, c0);
            c1 = x.fma(right1, c1);
            x = FloatVector.broadcast(SPECIES, left[l + 3]);
            d0 = x.fma(right0, d0);
            d1 = x.fma(right1, d1);
        }
        FloatVector scale = FloatVector.broadcast(SPECIES, alpha);
        int t = targetOffset;
        scale.mul(a0).intoArray(target, t);
        scale.mul(a1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(b0).intoArray(target, t);
        scale.mul(b1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(c0).intoArray(target, t);
        scale.mul(c1).intoArray(target, t + LANES);
        t += targetStride;
        scale.mul(d0).intoArray(target, t);
        scale.mul(d1).intoArray(target, t + LANES);
    }
}
