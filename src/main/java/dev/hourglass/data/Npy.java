package dev.hourglass.data;

import dev.hourglass.data.Dataset.Element;
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
 * NumPy's array files, versions 1, 2 and 3 of the format, C and Fortran order. The first dimension counts rows; the others, flattened in C order, make one row,
 * and two others (or three with a last 1) make it a picture. {@code |u1} and {@code |b1} stay {@link Element#UINT8}; floats and other integers become
 * {@link Element#FLOAT32}.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int CHUNK_VALUES = 1 << 16;
    private static final int HEADER_ALIGNMENT = 64;

    private Npy() {
    }

    /** Reads an array. @throws DataException if the file is no npy file, holds another type of value, is damaged, or has missing values */
    public static Dataset read(Path file) {
        return readAsIs(file).requireComplete();
    }

    static Dataset readAsIs(Path file) {
        return Input.read(file, in -> readAsIs(file.toString(), in));
    }

    /** @param where the file (and member) for messages */
    static Dataset readAsIs(String where, InputStream in) throws IOException {
        NpyHeader header = readHeader(where, in);
        header.requireRows(where);
        int columns = header.columns();
        RowBlocks values = new RowBlocks(header.isByte() ? Element.UINT8 : Element.FLOAT32, columns);
        if (header.fortranOrder()) {
            readFortran(where, in, header, values);
        } else {
            readRows(where, in, header, values);
        }
        if (in.read() >= 0) {
            throw new DataException(where + ": there is more after the " + header.rows() + " rows that the header announces; the header or the file is damaged");
        }
        Dataset data = Dataset.of(values, where);
        int[] shape = header.shape();
        boolean picture = shape.length == 3 || shape.length == 4 && shape[3] == 1;
        return picture ? data.withPictureShape(shape[1], shape[2]) : data;
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
            throw new DataException(where + ": header length " + Integer.toUnsignedString(length) + ", expected at most 1048576; the file is damaged");
        }
        byte[] text = new byte[length];
        Input.readFully(in, text, length);
        return NpyHeader.parse(where, new String(text, StandardCharsets.UTF_8));
    }

    private static void readRows(String where, InputStream in, NpyHeader header, RowBlocks values) throws IOException {
        int columns = header.columns();
        int chunkRows = Math.max(1, CHUNK_VALUES / columns);
        byte[] bytes = new byte[Math.multiplyExact(Math.multiplyExact(chunkRows, columns), header.width())];
        float[] floats = new float[header.isByte() ? 0 : chunkRows * columns];
        for (int row = 0; row < header.rows(); row += chunkRows) {
            int count = Math.min(chunkRows, header.rows() - row);
            readChunk(where, in, bytes, count * columns * header.width());
            if (header.isByte()) {
                values.append(bytes, 0, count);
            } else {
                header.decode(bytes, count * columns, floats);
                values.append(floats, 0, count);
            }
        }
    }

    /** Value k of a Fortran-order array belongs to row k mod rows; k / rows counts the rest with its first dimension fastest. */
    private static void readFortran(String where, InputStream in, NpyHeader header, RowBlocks values) throws IOException {
        values.resize(header.rows());
        byte[] bytes = new byte[CHUNK_VALUES * header.width()];
        float[] floats = new float[CHUNK_VALUES];
        for (int rest = 0; rest < header.columns(); rest++) {
            int column = header.columnOfFortran(rest);
            for (int row = 0; row < header.rows(); row += CHUNK_VALUES) {
                int count = Math.min(CHUNK_VALUES, header.rows() - row);
                readChunk(where, in, bytes, count * header.width());
                header.decode(bytes, count, floats);
                for (int i = 0; i < count; i++) {
                    values.set(row + i, column, floats[i]);
                }
            }
        }
    }

    private static void readChunk(String where, InputStream in, byte[] bytes, int wanted) throws IOException {
        if (in.readNBytes(bytes, 0, wanted) < wanted) {
            throw new DataException(where + ": ends before all the values that the header announces; the file is truncated, copy or save it again");
        }
    }

    /**
     * Writes a two-dimensional array in C order, version 1: {@code <f4} for FLOAT32, {@code |u1} for UINT8.
     *
     * @throws DataException if the file cannot be written
     */
    public static void write(Path file, Dataset data) {
        String description = "{'descr': '" + (data.element() == Element.UINT8 ? "|u1" : "<f4") + "', 'fortran_order': False, 'shape': ("
            + data.rows() + ", " + data.columns() + "), }";
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
        ByteBuffer bytes = ByteBuffer.allocate(4 * data.columns()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < data.rows(); i++) {
            bytes.asFloatBuffer().put(data.row(i));
            out.write(bytes.array());
        }
    }
}
