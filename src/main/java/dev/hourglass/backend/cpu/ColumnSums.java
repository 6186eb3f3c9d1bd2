package dev.hourglass.backend.cpu;

import java.util.Arrays;

/** Sums over the rows of a matrix, one per column, in double: pieces of rows side by side, then the pieces in order. */
final class ColumnSums {
    /** Adds rows {@code [from, to)} to {@code sums[offset + column]}. */
    @FunctionalInterface
    interface Rows {
        void add(int from, int to, int worker, double[] sums, int offset);
    }

    private final Parallel parallel;
    private double[] partial = new double[0];

    ColumnSums(Parallel parallel) {
        this.parallel = parallel;
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
        parallel.pieces(rows, piece, (from, to, worker) -> body.add(from, to, worker, sums, from / piece * columns));
        for (int p = 1; p < pieces; p++) {
            for (int c = 0; c < columns; c++) {
                sums[c] += sums[p * columns + c];
            }
        }
        return sums;
    }

    /** target[c] = (accumulate ? target[c] : 0) + sums[c]. */
    static void store(double[] sums, float[] target, int offset, int columns, boolean accumulate) {
        for (int c = 0; c < columns; c++) {
            target[offset + c] = (float) (accumulate ? target[offset + c] + sums[c] : sums[c]);
        }
    }
}
