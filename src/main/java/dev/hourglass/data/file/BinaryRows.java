package dev.hourglass.data.file;

import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.RowBlocks;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Rows of numbers of one width, row-major, from a stream into a table. A header may announce any shape: memory grows with the bytes that come, never with what is
 * announced. At most 32 bytes are ordered for each byte read (a signed byte becomes a float by way of a double, tables grow by doubling), and 4 MiB besides.
 */
public final class BinaryRows {
    /** Values that travel at a time. */
    private static final int CHUNK_VALUES = 1 << 16;
    /** A row is one array: the largest that every Java has. */
    public static final int LARGEST_ROW = Integer.MAX_VALUE - 8;

    /** Turns the first {@code count} values of {@code from} into numbers. */
    public interface Decoder {
        /** {@code from} holds at least {@code count} values of the width of the rows. */
        void decode(byte[] from, int count, double[] to);
    }

    private final InputStream in;
    private final int rows;
    private final int columns;
    private final int width;
    private final Decoder decoder;
    private final IntFunction<DataException> ended;

    /**
     * Rows to be read from a stream.
     *
     * @param columns at most {@link #LARGEST_ROW}
     * @param width bytes of one value, at most 8
     * @param decoder null for bytes that stay bytes
     * @param ended the complaint when the stream ends after that many whole rows
     */
    public BinaryRows(InputStream in, int rows, int columns, int width, Decoder decoder, IntFunction<DataException> ended) {
        this.in = in;
        this.rows = rows;
        this.columns = columns;
        this.width = width;
        this.decoder = decoder;
        this.ended = ended;
    }

    /** Reads them. @throws DataException of the complaint, if there are fewer */
    public RowBlocks read() throws IOException {
        RowBlocks values = new RowBlocks(decoder == null ? Element.UINT8 : Element.FLOAT32, columns);
        if (columns > CHUNK_VALUES) {
            readWideRows(values);
        } else {
            readChunks(values);
        }
        return values;
    }

    private void readChunks(RowBlocks values) throws IOException {
        int chunkRows = (int) Math.min(rows, (long) CHUNK_VALUES / columns);
        byte[] bytes = new byte[chunkRows * columns * width];
        Object chunk = decoder == null ? bytes : new double[chunkRows * columns];
        for (int row = 0; row < rows; row += Math.min(chunkRows, rows - row)) {
            int count = Math.min(chunkRows, rows - row);
            fill(bytes, count * columns, chunk, row);
            append(values, chunk, count);
        }
    }

    /** A row longer than a chunk grows by doubling as its values come. */
    private void readWideRows(RowBlocks values) throws IOException {
        byte[] bytes = new byte[CHUNK_VALUES * width];
        Object chunk = decoder == null ? bytes : new double[CHUNK_VALUES];
        Object line = decoder == null ? new byte[CHUNK_VALUES] : new double[CHUNK_VALUES];
        int room = CHUNK_VALUES;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column += Math.min(CHUNK_VALUES, columns - column)) {
                int count = Math.min(CHUNK_VALUES, columns - column);
                fill(bytes, count, chunk, row);
                if (column + count > room) {
                    room = (int) Math.min(columns, Math.max(2L * room, column + count));
                    line = line instanceof byte[] old ? Arrays.copyOf(old, room) : Arrays.copyOf((double[]) line, room);
                }
                System.arraycopy(chunk, 0, line, column, count);
            }
            append(values, line, 1);
        }
    }

    private static void append(RowBlocks values, Object chunk, int rows) {
        if (chunk instanceof double[] numbers) {
            values.appendNumbers(numbers, 0, rows);
        } else {
            values.append(chunk, 0, rows);
        }
    }

    private void fill(byte[] bytes, int count, Object chunk, int row) throws IOException {
        int wanted = count * width;
        int got = in.readNBytes(bytes, 0, wanted);
        if (got < wanted) {
            throw ended.apply(row + (int) (got / ((long) columns * width)));
        }
        if (decoder != null) {
            decoder.decode(bytes, count, (double[]) chunk);
        }
    }
}
