package dev.hourglass.data.array;

import dev.hourglass.data.Columns;
import dev.hourglass.data.DataException;
import dev.hourglass.data.file.BinaryRows;
import java.util.Arrays;
import java.util.Set;

/**
 * The dictionary at the start of an npy file.
 *
 * @param descr type of a value: byte order, kind, bytes, such as {@code <f8}; as it is there, perhaps of no use
 * @param fortranOrder whether the first index runs fastest
 * @param shape dimensions, at most {@value #MOST_DIMENSIONS}
 */
record NpyHeader(String descr, boolean fortranOrder, int[] shape) {
    /** NumPy's own limit. */
    static final int MOST_DIMENSIONS = 64;

    private static final Set<String> KINDS = Set.of("f2", "f4", "f8", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "b1");

    boolean hasNumbers() {
        return KINDS.contains(kind());
    }

    /** @throws DataException unless the values are numbers, and in each of at least one row at least one of them and at most an array holds */
    void requireNumbers(String where) {
        if (!hasNumbers()) {
            throw new DataException(where + ": values of type '" + Columns.shortened(descr)
                    + "', expected floats or integers; convert with .astype('float32') and save again");
        }
        long columns = columns();
        if (shape.length == 0 || shape[0] == 0 || columns == 0) {
            throw new DataException(where + ": shape " + Arrays.toString(shape) + ", expected at least one row with at least one value");
        }
        if (columns < 0 || Math.max(columns, fortranOrder ? shape[0] : 0) > BinaryRows.LARGEST_ROW) {
            throw new DataException(where + ": shape " + Arrays.toString(shape) + ", expected at most " + BinaryRows.LARGEST_ROW
                    + " values in a row" + (fortranOrder ? " and rows in Fortran order" : "") + "; split the array");
        }
    }

    /** Values of one row; -1 if no long holds the number. */
    long columns() {
        long columns = 1;
        for (int i = 1; i < shape.length; i++) {
            if (shape[i] == 0) {
                return 0;
            }
            columns = columns < 0 || columns > Long.MAX_VALUE / shape[i] ? -1 : columns * shape[i];
        }
        return columns;
    }

    /** C-order position in a row of the {@code rest}-th value in Fortran order. */
    int columnOfFortran(int rest) {
        int column = 0;
        int left = rest;
        int stride = (int) columns();
        for (int i = 1; i < shape.length; i++) {
            stride /= shape[i];
            column += left % shape[i] * stride;
            left /= shape[i];
        }
        return column;
    }

    /** The type without the byte order. */
    String kind() {
        return !descr.isEmpty() && "<>|=".indexOf(descr.charAt(0)) >= 0 ? descr.substring(1) : descr;
    }

    boolean bigEndian() {
        return descr.startsWith(">");
    }

    /** Whether values are unsigned bytes or booleans, which stay bytes. */
    boolean isByte() {
        return kind().equals("u1") || kind().equals("b1");
    }

    boolean isFloat() {
        return kind().startsWith("f");
    }

    /** Bytes of one number. */
    int width() {
        return kind().charAt(1) - '0';
    }
}
