package dev.hourglass.data;

import dev.hourglass.data.Dataset.Element;
import dev.hourglass.message.Require;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows in blocks of whole rows, so that a table may hold more than 2^31 elements. Readers fill one (append or set) and hand it to a
 * {@link Dataset}, which never changes it again. A block is a {@code byte[]}, {@code float[]} or {@code double[]}; {@code System.arraycopy} serves all.
 *
 * <p>Numbers that may be wider than floats are given as doubles, by {@link #appendNumbers}: the table stays {@link Element#FLOAT32} as long as every one of them
 * is a float, and becomes {@link Element#FLOAT64} with the first that is not.
 */
public final class RowBlocks {
    /** Elements of one block: 64 MiB of bytes, 256 MiB of floats or 512 MiB of doubles. */
    private static final int BLOCK_ELEMENTS = 1 << 26;

    /** Room that the first row makes: some kilobytes, so that a short file of wide rows does not order megabytes. */
    private static final int FIRST_ELEMENTS = 1 << 12;

    /** Rows that a thread adds up at a time: their sums of bytes fit an int, whatever the width. */
    private static final int ROWS_PER_PIECE = 1000;

    private Element element;
    private final int columns;
    private final int rowsPerBlock;
    private final List<Object> blocks = new ArrayList<>();
    private int rows;

    /** No rows yet. @throws IllegalArgumentException unless there is a column */
    public RowBlocks(Element element, int columns) {
        this(element, columns, BLOCK_ELEMENTS);
    }

    /** With another block size: tests cross block borders without gigabytes. */
    RowBlocks(Element element, int columns, int blockElements) {
        Require.that(columns >= 1, "data set", "empty rows", "columns", columns, "at least 1");
        this.element = element;
        this.columns = columns;
        this.rowsPerBlock = Math.max(1, blockElements / columns);
    }

    /** The type of the values. */
    public Element element() {
        return element;
    }

    /** Values of a row. */
    public int columns() {
        return columns;
    }

    /** Rows so far. */
    public int rows() {
        return rows;
    }

    /**
     * Appends {@code count} rows from a {@code byte[]}, {@code float[]} or {@code double[]}, whichever {@link #element} asks for, beginning at {@code offset}.
     *
     * @throws DataException for more than 2^31 - 1 rows
     */
    public void append(Object source, int offset, int count) {
        int first = grow(count);
        copy(source, offset, first, count, true);
    }

    /**
     * Appends {@code count} rows of numbers to a table of floats or doubles. Numbers beyond the range of a float become infinite.
     *
     * @throws DataException for more than 2^31 - 1 rows
     */
    public void appendNumbers(double[] source, int offset, int count) {
        int end = offset + count * columns;
        for (int i = offset; element == Element.FLOAT32 && i < end; i++) {
            if (!isFloat(source[i])) {
                widen();
            }
        }
        int first = grow(count);
        for (int i = offset; i < end; i++) {
            set(first + (i - offset) / columns, (i - offset) % columns, source[i]);
        }
    }

    /** Whether a float holds the number exactly, or it is missing, infinite or beyond the range of floats, where it is infinite. */
    private static boolean isFloat(double number) {
        return (float) number == number || !Float.isFinite((float) number);
    }

    private void widen() {
        element = Element.FLOAT64;
        for (int i = 0; i < blocks.size(); i++) {
            float[] floats = (float[]) blocks.get(i);
            double[] doubles = new double[floats.length];
            Arrays.setAll(doubles, at -> floats[at]);
            blocks.set(i, doubles);
        }
    }

    /** The same rows as the nearest floats. */
    RowBlocks toFloats() {
        RowBlocks floats = new RowBlocks(Element.FLOAT32, columns);
        floats.resize(rows);
        for (int row = 0; row < rows; row++) {
            floats.copy(row(row), 0, row, 1, true);
        }
        return floats;
    }

    /** Makes room for rows and returns the first of them. */
    private int grow(int count) {
        long wanted = (long) rows + count;
        if (wanted > Integer.MAX_VALUE) {
            throw new DataException("more than " + Integer.MAX_VALUE + " rows; use fewer rows");
        }
        if (wanted > capacity()) {
            int growth = Math.min(Math.max(capacity(), FIRST_ELEMENTS / columns), rowsPerBlock);
            reserve((int) Math.max(wanted, Math.min((long) capacity() + growth, Integer.MAX_VALUE)));
        }
        int first = rows;
        rows = (int) wanted;
        return first;
    }

    /** Makes the table exactly {@code newRows} long: new rows are zero, room beyond is given back. */
    public void resize(int newRows) {
        reserve(newRows);
        while (blocks.size() > 1 && (long) (blocks.size() - 1) * rowsPerBlock >= newRows) {
            blocks.remove(blocks.size() - 1);
        }
        if (!blocks.isEmpty() && capacity() > newRows) {
            int last = blocks.size() - 1;
            blocks.set(last, copyOf(blocks.get(last), (newRows - last * rowsPerBlock) * columns));
        }
        rows = newRows;
    }

    private int capacity() {
        if (blocks.isEmpty()) {
            return 0;
        }
        int last = blocks.size() - 1;
        return last * rowsPerBlock + length(blocks.get(last)) / columns;
    }

    private void reserve(int newRows) {
        while (capacity() < newRows) {
            int last = blocks.size() - 1;
            if (last < 0 || length(blocks.get(last)) == rowsPerBlock * columns) {
                blocks.add(newArray(0));
                last++;
            }
            int blockRows = Math.min(rowsPerBlock, newRows - last * rowsPerBlock);
            blocks.set(last, copyOf(blocks.get(last), blockRows * columns));
        }
    }

    /** Copies rows out to ({@code into} false) or in from a flat array of the element type. */
    public void copy(Object flat, int offset, int firstRow, int count, boolean into) {
        int done = 0;
        while (done < count) {
            int row = firstRow + done;
            int inBlock = row % rowsPerBlock;
            int now = Math.min(count - done, rowsPerBlock - inBlock);
            Object block = blocks.get(row / rowsPerBlock);
            int flatAt = offset + done * columns;
            if (into) {
                System.arraycopy(flat, flatAt, block, inBlock * columns, now * columns);
            } else {
                System.arraycopy(block, inBlock * columns, flat, flatAt, now * columns);
            }
            done += now;
        }
    }

    /** One value; a byte counts 0 to 255. */
    public double get(int row, int column) {
        Object block = blocks.get(row / rowsPerBlock);
        int at = row % rowsPerBlock * columns + column;
        return switch (element) {
            case UINT8 -> ((byte[]) block)[at] & 0xff;
            case FLOAT32 -> ((float[]) block)[at];
            case FLOAT64 -> ((double[]) block)[at];
        };
    }

    /** A row as floats, the nearest ones. */
    public float[] row(int row) {
        Object block = blocks.get(row / rowsPerBlock);
        int start = row % rowsPerBlock * columns;
        if (element == Element.FLOAT32) {
            return Arrays.copyOfRange((float[]) block, start, start + columns);
        }
        float[] result = new float[columns];
        for (int column = 0; column < columns; column++) {
            result[column] = element == Element.UINT8 ? ((byte[]) block)[start + column] & 0xff
                    : (float) ((double[]) block)[start + column];
        }
        return result;
    }

    /** The sum of each column in double precision: floats and doubles in the order of the rows, bytes exactly. */
    double[] columnSums() {
        if (element != Element.UINT8) {
            double[] sums = new double[columns];
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    sums[column] += get(row, column);
                }
            }
            return sums;
        }
        // Whole numbers: the same in any order.
        int pieces = (int) Math.ceil(rows / (double) ROWS_PER_PIECE);
        return IntStream.range(0, pieces).parallel().mapToObj(this::byteSums).reduce(new double[columns], RowBlocks::sum);
    }

    private double[] byteSums(int piece) {
        int[] sums = new int[columns];
        int end = Math.min(rows, (piece + 1) * ROWS_PER_PIECE);
        for (int row = piece * ROWS_PER_PIECE; row < end; row++) {
            addBytes((byte[]) blocks.get(row / rowsPerBlock), row % rowsPerBlock * columns, sums);
        }
        return Arrays.stream(sums).asDoubleStream().toArray();
    }

    private static void addBytes(byte[] bytes, int start, int[] sums) {
        for (int column = 0; column < sums.length; column++) {
            sums[column] += bytes[start + column] & 0xff;
        }
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = a.clone();
        Arrays.setAll(sum, column -> a[column] + b[column]);
        return sum;
    }

    /** Puts one value: into bytes without its fraction, into floats the nearest one. Numbers beyond the range of a float become infinite. */
    public void set(int row, int column, double value) {
        Object block = blocks.get(row / rowsPerBlock);
        int at = row % rowsPerBlock * columns + column;
        switch (element) {
            case UINT8 -> ((byte[]) block)[at] = (byte) value;
            case FLOAT32 -> ((float[]) block)[at] = (float) value;
            case FLOAT64 -> ((double[]) block)[at] = Float.isFinite((float) value) ? value : (float) value;
        }
    }

    RowBlocks selectRows(int[] chosen) {
        RowBlocks result = new RowBlocks(element, columns);
        result.resize(chosen.length);
        Object row = newArray(columns);
        for (int i = 0; i < chosen.length; i++) {
            copy(row, 0, chosen[i], 1, false);
            result.copy(row, 0, i, 1, true);
        }
        return result;
    }

    RowBlocks selectColumns(int[] chosen) {
        RowBlocks result = new RowBlocks(element, chosen.length);
        result.resize(rows);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < chosen.length; i++) {
                result.set(row, i, get(row, chosen[i]));
            }
        }
        return result;
    }

    /** A {@code byte[]}, {@code float[]} or {@code double[]}, as {@link #append} takes it. */
    public Object newArray(int length) {
        return switch (element) {
            case UINT8 -> new byte[length];
            case FLOAT32 -> new float[length];
            case FLOAT64 -> new double[length];
        };
    }

    private static int length(Object block) {
        return Array.getLength(block);
    }

    private static Object copyOf(Object block, int length) {
        Object copy = Array.newInstance(block.getClass().getComponentType(), length);
        System.arraycopy(block, 0, copy, 0, Math.min(length, length(block)));
        return copy;
    }
}
