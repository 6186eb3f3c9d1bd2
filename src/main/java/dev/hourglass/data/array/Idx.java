package dev.hourglass.data.array;

import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.RowBlocks;
import dev.hourglass.data.array.ArrayPictures.Values;
import dev.hourglass.data.file.BinaryRows;
import dev.hourglass.data.file.Input;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The idx format of MNIST (Y. LeCun), plain or gzip: two zero bytes, a type byte, the number of dimensions, each dimension as a big-endian 32-bit number,
 * then the values in row-major order, big-endian. The first dimension counts rows; the others make one row, and two others a picture, for types other than
 * unsigned bytes by the rule of {@link Npy}. Unsigned bytes stay {@link Element#UINT8}; signed bytes, shorts, ints, floats and doubles become
 * {@link Element#FLOAT32} if all of them are floats, else {@link Element#FLOAT64}.
 *
 * <p>Memory grows with the bytes that are there, not with the shape announced: at most 32 bytes for each byte read, and 4 MiB besides.
 */
public final class Idx {
    private static final long LIMIT = BinaryRows.LARGEST_ROW + 1L;

    private record Header(int type, int[] shape, int columns) {
    }

    private Idx() {
    }

    /** Reads images or other rows. @throws DataException if the file is no idx file, is damaged, or has missing values */
    public static Dataset read(Path file) {
        return readAsIs(file).requireComplete();
    }

    /** Reads rows and, from a second file, their labels. */
    public static Dataset read(Path file, Path labelFile) {
        Dataset data = read(file);
        int[] labels = readLabels(labelFile);
        if (labels.length != data.rows()) {
            throw new DataException(labelFile + ": " + labels.length + " labels, expected " + data.rows() + ", the rows of " + file);
        }
        return data.withLabels(labels);
    }

    /** Reads a one-dimensional idx file of whole numbers. @throws DataException if it is not one */
    public static int[] readLabels(Path file) {
        Dataset data = readAsIs(file);
        if (data.columns() != 1) {
            throw new DataException(file + ": rows of " + data.columns() + " values, expected labels: one number each");
        }
        int[] labels = new int[data.rows()];
        for (int row = 0; row < labels.length; row++) {
            double value = data.number(row, 0);
            if (value != Math.rint(value) || Math.abs(value) > 1 << 24) {
                throw new DataException(file + ": row " + (row + 1) + " is " + value + ", expected a whole number as label");
            }
            labels[row] = (int) value;
        }
        return labels;
    }

    /** Reads {@link #read(Path) the same}, with missing values as NaN. */
    public static Dataset readAsIs(Path file) {
        return Input.read(file, in -> {
            Header header = readHeader(file, new DataInputStream(in));
            BinaryRows.Decoder decoder = header.type == 0x08 ? null : (from, count, to) -> decode(header.type, from, count, to);
            RowBlocks values = new BinaryRows(in, header.shape[0], header.columns, width(header.type), decoder,
                    complete -> ended(file, complete, header)).read();
            if (in.read() >= 0) {
                throw new DataException(file + ": there is more after the " + header.shape[0]
                        + " rows that the header announces; the header or the file is damaged");
            }
            Values kind = header.type == 0x08 ? Values.BYTE : header.type >= 0x0d ? Values.FLOAT : Values.WHOLE;
            return ArrayPictures.told(Dataset.of(values, file.toString()), header.shape, kind);
        });
    }

    private static DataException ended(Path file, int complete, Header header) {
        return new DataException(file + ": ends after " + complete + " of the " + header.shape[0]
                + " rows that the header announces; the file is truncated, copy or download it again");
    }

    private static Header readHeader(Path file, DataInputStream in) throws IOException {
        int magic = in.readInt();
        int type = magic >>> 8 & 0xff;
        int dimensions = magic & 0xff;
        if (magic >>> 16 != 0 || width(type) == 0 || dimensions == 0) {
            throw new DataException(String.format(
                    "%s: starts with 0x%08x, expected an idx file: 0x0000, a type 08, 09, 0b, 0c, 0d or 0e, and the number of dimensions",
                    file, magic));
        }
        int[] shape = new int[dimensions];
        long columns = 1;
        boolean nothing = false;
        for (int i = 0; i < dimensions; i++) {
            shape[i] = in.readInt();
            columns = i == 0 ? 1 : Math.min(columns, LIMIT) * shape[i];
            nothing |= shape[i] < 1;
        }
        if (nothing || columns >= LIMIT) {
            throw new DataException(file + ": the header announces " + Integer.toUnsignedString(shape[0]) + " rows of shape "
                    + Arrays.toString(Arrays.copyOfRange(shape, 1, dimensions)) + ", expected at least one row and "
                    + (nothing ? "one value in it" : "at most " + BinaryRows.LARGEST_ROW + " values in it; the file is damaged"));
        }
        return new Header(type, shape, (int) columns);
    }

    private static int width(int type) {
        return switch (type) {
            case 0x08, 0x09 -> 1;
            case 0x0b -> 2;
            case 0x0c, 0x0d -> 4;
            case 0x0e -> 8;
            default -> 0;
        };
    }

    private static void decode(int type, byte[] bytes, int count, double[] to) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        for (int i = 0; i < count; i++) {
            to[i] = switch (type) {
                case 0x09 -> from.get();
                case 0x0b -> from.getShort();
                case 0x0c -> from.getInt();
                case 0x0d -> from.getFloat();
                default -> from.getDouble();
            };
        }
    }
}
