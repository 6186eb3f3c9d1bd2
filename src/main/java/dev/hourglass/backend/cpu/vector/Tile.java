package dev.hourglass.backend.cpu.vector;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost part of the matrix product: a tile of 12 or 8 rows and two vectors of columns, T = alpha L R. Step p of R is {@code right[p * COLUMNS ...]};
 * L lies row by row ({@link RowMajorTile}) or step by step ({@link StepMajorTile}), whichever a matrix can be copied to. The sums stay in registers from the
 * first product to the last.
 *
 * <p>Written out by hand on purpose: C2 keeps vectors in registers only as separate local variables. Twelve rows are what 32 registers hold; two steps at a
 * time halve the integer work, which competes with the products for ports. Multiplying by alpha before the store also tells C2 the exact class of the sums;
 * without it JDK 17 puts them on the heap at every step. {@link Priming} says why so many operations in one method are safe, {@link Warmup} what serves until
 * they are compiled.
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
    /** Most steps of one tile: a panel of so many should stay in the second cache. */
    static final int MOST_STEPS = 1024;
    /** From row to row of a row-major left operand: a constant, so that one register addresses all rows; not a power of two, or all would share a cache set. */
    static final int PITCH = MOST_STEPS + 16;
    private static final int FOUR = 4;
    private static final Gradual<Form> ROW_MAJOR_TALL = gradual(true, TALL);
    private static final Gradual<Form> ROW_MAJOR_SHORT = gradual(true, SHORT);
    private static final Gradual<Form> STEP_MAJOR_TALL = gradual(false, TALL);
    private static final Gradual<Form> STEP_MAJOR_SHORT = gradual(false, SHORT);

    /** {@link #multiply}, in one way or another. */
    @FunctionalInterface
    interface Form {
        void multiply(boolean rowMajor, int rows, int steps, float[] left, int leftOffset, float[] right, int rightOffset, float alpha,
                float[] target,
                int targetOffset, int targetStride);
    }

    private Tile() {
    }

    /**
     * T = alpha L R.
     *
     * @param rowMajor how L lies: step p of row i at {@code left[i * PITCH + p]}, or else at {@code left[p * rows + i]}
     * @param rows {@link #TALL} or {@link #SHORT}
     * @param steps a multiple of {@link #STEPS}
     * @param target all rows and COLUMNS columns are set. Modified.
     */
    static void multiply(boolean rowMajor, int rows, int steps, float[] left, int leftOffset, float[] right, int rightOffset, float alpha,
            float[] target,
            int targetOffset, int targetStride) {
        kind(rowMajor, rows).best().multiply(rowMajor, rows, steps, left, leftOffset, right, rightOffset, alpha, target, targetOffset,
                targetStride);
    }

    private static Gradual<Form> kind(boolean rowMajor, int rows) {
        if (rowMajor) {
            return rows == TALL ? ROW_MAJOR_TALL : ROW_MAJOR_SHORT;
        }
        return rows == TALL ? STEP_MAJOR_TALL : STEP_MAJOR_SHORT;
    }

    /** All tiles, in the order in which a training step needs them. */
    static List<Gradual<Form>> kinds() {
        return List.of(ROW_MAJOR_TALL, ROW_MAJOR_SHORT, STEP_MAJOR_TALL, STEP_MAJOR_SHORT);
    }

    /** Begins to have the tiles compiled. */
    static void prepare() {
        kinds().forEach(Gradual::best);
    }

    private static Gradual<Form> gradual(boolean rowMajor, int rows) {
        float[] left = new float[TALL * PITCH];
        float[] right = new float[STEPS * Gradual.SIZE * COLUMNS];
        float[] target = new float[TALL * COLUMNS];
        return new Gradual<>(Tile::plain, Tile::withVectors,
                (form, offset, pairs) -> form.multiply(rowMajor, rows, STEPS * pairs, left, 0, right, 0, 1f, target, 0, COLUMNS));
    }

    static void plain(boolean rowMajor, int rows, int steps, float[] left, int leftOffset, float[] right, int rightOffset, float alpha,
            float[] target,
            int targetOffset, int targetStride) {
        PlainTile.multiply(rows, steps, left, leftOffset, rowMajor ? PITCH : 1, rowMajor ? 1 : rows, right, rightOffset, alpha, target,
                targetOffset,
                targetStride);
    }

    static void withVectors(boolean rowMajor, int rows, int steps, float[] left, int leftOffset, float[] right, int rightOffset,
            float alpha,
            float[] target, int targetOffset, int targetStride) {
        if (!VectorSource.MANY_REGISTERS) {
            int rowStride = rowMajor ? PITCH : 1;
            for (int row = 0; row < rows; row += FOUR) {
                fourRows(steps, left, leftOffset + row * rowStride, right, rightOffset, alpha, target, targetOffset + row * targetStride,
                        targetStride,
                        rowStride, rowMajor ? 1 : rows);
            }
        } else if (rowMajor && rows == TALL) {
            RowMajorTile.twelveRows(steps, left, leftOffset, right, rightOffset, alpha, target, targetOffset, targetStride);
        } else if (rowMajor) {
            RowMajorTile.eightRows(steps, left, leftOffset, right, rightOffset, alpha, target, targetOffset, targetStride);
        } else if (rows == TALL) {
            StepMajorTile.twelveRows(steps, left, leftOffset, right, rightOffset, alpha, target, targetOffset, targetStride);
        } else {
            StepMajorTile.eightRows(steps, left, leftOffset, right, rightOffset, alpha, target, targetOffset, targetStride);
        }
    }

    private static void fourRows(int steps, float[] left, int leftOffset, float[] right, int rightOffset, float alpha, float[] target,
            int targetOffset, int targetStride, int rowStride, int stepStride) {
        FloatVector a0 = FloatVector.zero(SPECIES);
        FloatVector a1 = FloatVector.zero(SPECIES);
        FloatVector b0 = FloatVector.zero(SPECIES);
        FloatVector b1 = FloatVector.zero(SPECIES);
        FloatVector c0 = FloatVector.zero(SPECIES);
        FloatVector c1 = FloatVector.zero(SPECIES);
        FloatVector d0 = FloatVector.zero(SPECIES);
        FloatVector d1 = FloatVector.zero(SPECIES);
        for (int p = 0; p < steps; p++) {
            int l = leftOffset + p * stepStride;
            int r = rightOffset + p * COLUMNS;
            FloatVector right0 = FloatVector.fromArray(SPECIES, right, r);
            FloatVector right1 = FloatVector.fromArray(SPECIES, right, r + LANES);
            FloatVector x = FloatVector.broadcast(SPECIES, left[l]);
            a0 = x.fma(right0, a0);
            a1 = x.fma(right1, a1);
            x = FloatVector.broadcast(SPECIES, left[l + rowStride]);
            b0 = x.fma(right0, b0);
            b1 = x.fma(right1, b1);
            x = FloatVector.broadcast(SPECIES, left[l + 2 * rowStride]);
            c0 = x.fma(right0, c0);
            c1 = x.fma(right1, c1);
            x = FloatVector.broadcast(SPECIES, left[l + 3 * rowStride]);
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
