package dev.hourglass.data;

import dev.hourglass.data.Dataset.Element;
import dev.hourglass.message.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows in blocks of whole rows, so that a table may hold more than 2^31 elements. Readers fill one (append or set) and hand it to a
 * {@link Dataset}, which never changes it again. A block is a {@code byte[]} or a {@code float[]}; {@code System.arraycopy} serves both.
 */
public final class RowBlocks {
    /** Elements of one block: 64 MiB of bytes or 256 MiB of floats. */
    private static final int BLOCK_ELEMENTS = 1 << 26;

    /** Room that the first row makes: some kilobytes, so that a short file of wide rows does not order megabytes. */
    private static final int FIRST_ELEMENTS = 1 << 12;

    /** Rows that a thread adds up at a time: their sums of bytes fit an int, whatever the width. */
    private static final int ROWS_PER_PIECE = 1000;

    private final Element element;
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
     * Appends {@code count} rows from a {@code byte[]} or {@code float[]}, whichever {@link #element} asks for, beginning at {@code offset}.
     *
     * @throws DataException for more than 2^31 - 1 rows
     */
    public void append(Object source, int offset, int count) {
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
        copy(source, offset, first, count, true);
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
                blocks.add(element == Element.UINT8 ? new byte[0] : new float[0]);
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
    public float get(int row, int column) {
        Object block = blocks.get(row / rowsPerBlock);
        int at = row % rowsPerBlock * columns + column;
        return element == Element.UINT8 ? ((byte[]) block)[at] & 0xff : ((float[]) block)[at];
    }

    /** A row as floats. */
    public float[] row(int row) {
        Object block = blocks.get(row / rowsPerBlock);
        int start = row % rowsPerBlock * columns;
        if (element == Element.FLOAT32) {
            return Arrays.copyOfRange((float[]) block, start, start + columns);
        }
        byte[] bytes = (byte[]) block;
        float[] result = new float[columns];
        for (int column = 0; column < columns; column++) {
            result[column] = bytes[start + column] & 0xff;
        }
        return result;
    }

    /** The sum of each column in double precision: floats in the order of the rows, bytes exactly. */
    double[] columnSums() {
        if (element == Element.FLOAT32) {
            double[] sums = new double[columns];
            for (int row = 0; row < rows; row++) {
                add(row(row), sums);
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

    private static void add(float[] row, double[] sums) {
        for (int column = 0; column < sums.length; column++) {
            sums[column] += row[column];
        }
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = a.clone();
        Arrays.setAll(sum, column -> a[column] + b[column]);
        return sum;
    }

    /** Puts one value, of bytes without its fraction. */
    public void set(int row, int column, float value) {
        Object block = blocks.get(row / rowsPerBlock);
        int at = row % rowsPerBlock * columns + column;
        if (element == Element.UINT8) {
            ((byte[]) block)[at] = (byte) value;
        } else {
            ((float[]) block)[at] = value;
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

    /** A {@code byte[]} or {@code float[]}, as {@link #append} takes it. */
    public Object newArray(int length) {
        return element == Element.UINT8 ? new byte[length] : new float[length];
    }

    private static int length(Object block) {
        return block instanceof byte[] bytes ? bytes.length : ((float[]) block).length;
    }

    private static Object copyOf(Object block, int length) {
        return block instanceof byte[] bytes ? Arrays.copyOf(bytes, length) : Arrays.copyOf((float[]) block, length);
    }
}
