package dev.hourglass.backend.cpu;

import java.util.Arrays;

/** Sums over the rows of a matrix, one per column, in double: pieces of rows side by side, then the pieces in order. */
final class ColumnSums {
    /** Adds rows {@code [from, to)} to {@code sums[offset + column]}. */
    @FunctionalInterface
    interface Rows {
        void add(int from, int to, int worker, double[] sums, int offset);
    }

    /** Rows added up as floats, in vectors, before they move on to doubles. */
    private static final int ROWS_PER_SUM = 16;

    private final Engine engine;
    private double[] partial = new double[0];

    ColumnSums(Engine engine) {
        this.engine = engine;
    }

    /** Runs {@code body} over pieces of the rows and returns the sums, valid until the next call: element c is that of column c. */
    double[] run(int rows, int columns, Rows body) {
        int piece = Parallel.rowsPerPiece(columns);
        int pieces = Parallel.count(rows, piece);
        if (partial.length < pieces * columns) {
            partial = new double[pieces * columns];
        }
        double[] sums = partial;
        Arrays.fill(sums, 0, pieces * columns, 0);
        engine.parallel().pieces(rows, piece, (from, to, worker) -> body.add(from, to, worker, sums, from / piece * columns));
        for (int p = 1; p < pieces; p++) {
            for (int c = 0; c < columns; c++) {
                sums[c] += sums[p * columns + c];
            }
        }
        return sums;
    }

    /** Adds {@code rows} rows of a matrix to {@code sums}; {@code memory} is scratch for one row. */
    void add(float[] matrix, int start, int rows, int columns, float[] memory, double[] sums, int offset) {
        for (int first = 0; first < rows; first += ROWS_PER_SUM) {
            int end = Math.min(rows, first + ROWS_PER_SUM);
            for (int r = first; r < end; r++) {
                engine.arithmetic().scale(1f, matrix, start + r * columns, memory, 0, r > first, columns);
            }
            for (int c = 0; c < columns; c++) {
                sums[offset + c] += memory[c];
            }
        }
    }

    /** target[c] = (accumulate ? target[c] : 0) + sums[c]. */
    static void store(double[] sums, float[] target, int offset, int columns, boolean accumulate) {
        for (int c = 0; c < columns; c++) {
            target[offset + c] = (float) (accumulate ? target[offset + c] + sums[c] : sums[c]);
        }
    }
}
