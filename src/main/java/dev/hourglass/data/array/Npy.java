package dev.hourglass.data.array;

import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.LongNumbers;
import dev.hourglass.data.RowBlocks;
import dev.hourglass.data.array.ArrayPictures.Values;
import dev.hourglass.data.file.BinaryRows;
import dev.hourglass.data.file.Input;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * NumPy's array files, versions 1, 2 and 3 of the format, C and Fortran order. The first dimension counts rows; the others, flattened in C order, make one row.
 * {@code |u1} and {@code |b1} stay {@link Element#UINT8}; other integers up to 64 bits and floats of 16, 32 and 64 bits become {@link Element#FLOAT32} if all of
 * them are floats, as integers up to 2^24 are, else {@link Element#FLOAT64}: integers up to 2^53 are exact, larger ones become the nearest double. A note names
 * columns that this blurs.
 *
 * <p>Arrays with shape [n, 1, h, w], [n, h, w, 1] and, of bytes, [n, h, w] are pictures; [n, h, w] of other whole numbers if all are within 0..255, or both sides
 * are at least 8 and all within 0..65535; of floats if both sides are at least 8 and all within 0..255, which [0, 1] is part of. What looks like pictures and
 * is not stays rows, with a note.
 *
 * <p>Memory grows with the bytes that are there, not with the shape announced: at most 32 bytes for each byte read, twice that in Fortran order, and 4 MiB
 * besides.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int HEADER_ALIGNMENT = 64;

    private Npy() {
    }

    /** Reads an array. @throws DataException if the file is no npy file, holds another type of value, is damaged, or has missing values */
    public static Dataset read(Path file) {
        return readAsIs(file).requireComplete();
    }

    /** The same, with missing values as NaN. */
    public static Dataset readAsIs(Path file) {
        return Input.read(file, in -> readAsIs(file.toString(), in));
    }

    /** @param where the file (and member) for messages */
    static Dataset readAsIs(String where, InputStream in) throws IOException {
        NpyHeader header = readHeader(where, in);
        Values values = header.isByte() ? Values.BYTE : header.isFloat() ? Values.FLOAT : Values.WHOLE;
        return ArrayPictures.told(readValues(where, in, header), header.shape(), values);
    }

    /** What follows the header, as plain rows. */
    static Dataset readValues(String where, InputStream in, NpyHeader header) throws IOException {
        header.requireNumbers(where);
        NpyValues decoder = header.isByte() ? null : new NpyValues(header);
        RowBlocks values = header.fortranOrder() ? readFortran(where, in, header, decoder)
                : rows(where, in, header, decoder, header.shape()[0], (int) header.columns());
        requireEnd(where, in, header);
        Dataset data = Dataset.of(values, where);
        return decoder != null && decoder.hasRounded() ? LongNumbers.noted(data) : data;
    }

    static void requireEnd(String where, InputStream in, NpyHeader header) throws IOException {
        if (in.read() >= 0) {
            throw new DataException(where + ": there is more after the " + header.shape()[0]
                    + " rows that the header announces; the header or the file is damaged");
        }
    }

    static NpyHeader readHeader(String where, InputStream in) throws IOException {
        byte[] start = new byte[8];
        int got = in.readNBytes(start, 0, 8);
        if (got < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
            throw new DataException(where + ": does not start with \\x93NUMPY, expected an npy array");
        }
        if (start[6] < 1 || start[6] > 3) {
            throw new DataException(where + ": npy version " + start[6] + "." + start[7] + ", expected 1, 2 or 3; save it with numpy.save");
        }
        byte[] lengthBytes = new byte[start[6] == 1 ? 2 : 4];
        Input.readFully(in, lengthBytes, lengthBytes.length);
        int length = 0;
        for (int i = lengthBytes.length - 1; i >= 0; i--) {
            length = length << 8 | lengthBytes[i] & 0xff;
        }
        if (length < 0 || length > 1 << 20) {
            throw new DataException(
                    where + ": header length " + Integer.toUnsignedString(length) + ", expected at most 1048576; the file is damaged");
        }
        byte[] text = new byte[length];
        Input.readFully(in, text, length);
        return NpyDictionary.parse(where, new String(text, StandardCharsets.UTF_8));
    }

    private static RowBlocks rows(String where, InputStream in, NpyHeader header, NpyValues decoder, int rows, int columns)
            throws IOException {
        return new BinaryRows(in, rows, columns, header.width(), decoder, complete -> ended(where)).read();
    }

    static DataException ended(String where) {
        return new DataException(
                where + ": ends before all the values that the header announces; the file is truncated, copy or save it again");
    }

    /** Value k of a Fortran-order array belongs to row k mod rows; k / rows counts the rest with its first dimension fastest. So the file is the table turned. */
    private static RowBlocks readFortran(String where, InputStream in, NpyHeader header, NpyValues decoder) throws IOException {
        int rows = header.shape()[0];
        int columns = (int) header.columns();
        RowBlocks turned = rows(where, in, header, decoder, columns, rows);
        RowBlocks values = new RowBlocks(turned.element(), columns);
        values.resize(rows);
        for (int rest = 0; rest < columns; rest++) {
            int column = header.columnOfFortran(rest);
            for (int row = 0; row < rows; row++) {
                values.set(row, column, turned.get(rest, row));
            }
        }
        return values;
    }

    /**
     * Writes a two-dimensional array in C order, version 1: {@code <f4} for FLOAT32, {@code <f8} for FLOAT64, {@code |u1} for UINT8.
     *
     * @throws DataException if the file cannot be written
     */
    public static void write(Path file, Dataset data) {
        String type = switch (data.element()) {
            case UINT8 -> "|u1";
            case FLOAT32 -> "<f4";
            case FLOAT64 -> "<f8";
        };
        String description = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + data.rows() + ", " + data.columns() + "), }";
        int used = MAGIC.length + 4 + description.length() + 1;
        String header = description + " ".repeat((HEADER_ALIGNMENT - used % HEADER_ALIGNMENT) % HEADER_ALIGNMENT) + "\n";
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            out.write(MAGIC);
            out.write(new byte[] {1, 0, (byte) header.length(), (byte) (header.length() >> 8)});
            out.write(header.getBytes(StandardCharsets.US_ASCII));
            writeRows(out, data);
        } catch (IOException failure) {
            throw new DataException(file + ": cannot be written: " + failure, failure);
        }
    }

    private static void writeRows(OutputStream out, Dataset data) throws IOException {
        if (data.element() == Element.UINT8) {
            byte[] row = new byte[data.columns()];
            for (int i = 0; i < data.rows(); i++) {
                data.copyRows(i, 1, row, 0);
                out.write(row);
            }
            return;
        }
        boolean doubles = data.element() == Element.FLOAT64;
        ByteBuffer bytes = ByteBuffer.allocate((doubles ? Double.BYTES : Float.BYTES) * data.columns()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < data.rows(); i++) {
            if (doubles) {
                bytes.asDoubleBuffer().put(data.numbers(i));
            } else {
                bytes.asFloatBuffer().put(data.row(i));
            }
            out.write(bytes.array());
        }
    }
}
