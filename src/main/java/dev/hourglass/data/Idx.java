package dev.hourglass.data;

import dev.hourglass.data.Dataset.Element;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The idx format of MNIST (Y. LeCun), plain or gzip: two zero bytes, a type byte, the number of dimensions, each dimension as a big-endian 32-bit number,
 * then the values in row-major order, big-endian. The first dimension counts rows; the others make one row, and two others make it a picture.
 * Unsigned bytes stay {@link Element#UINT8}; signed bytes, shorts, ints, floats and doubles become {@link Element#FLOAT32}.
 */
public final class Idx {
    private static final int CHUNK_BYTES = 1 << 16;

    private record Header(int type, int rows, int[] rowShape, long columns) {
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
            float value = data.value(row, 0);
            if (value != Math.rint(value) || Math.abs(value) > 1 << 24) {
                throw new DataException(file + ": row " + (row + 1) + " is " + value + ", expected a whole number as label");
            }
            labels[row] = (int) value;
        }
        return labels;
    }

    static Dataset readAsIs(Path file) {
        return Input.read(file, in -> {
            Header header = readHeader(file, new DataInputStream(in));
            RowBlocks values = new RowBlocks(header.type == 0x08 ? Element.UINT8 : Element.FLOAT32, (int) header.columns);
            readValues(file, in, header, values);
            if (in.read() >= 0) {
                throw new DataException(file + ": there is more after the " + header.rows + " rows that the header announces; the header or the file is damaged");
            }
            Dataset data = Dataset.of(values, file.toString());
            return header.rowShape.length == 2 ? data.withPictureShape(header.rowShape[0], header.rowShape[1]) : data;
        });
    }

    private static Header readHeader(Path file, DataInputStream in) throws IOException {
        int magic = in.readInt();
        int type = magic >>> 8 & 0xff;
        int dimensions = magic & 0xff;
        if (magic >>> 16 != 0 || width(type) == 0 || dimensions == 0) {
            throw new DataException(String.format("%s: starts with 0x%08x, expected an idx file: 0x0000, a type 08, 09, 0b, 0c, 0d or 0e, and the number of dimensions",
                file, magic));
        }
        int rows = in.readInt();
        int[] rowShape = new int[dimensions - 1];
        long columns = 1;
        for (int i = 0; i < rowShape.length; i++) {
            rowShape[i] = in.readInt();
            columns = rowShape[i] < 1 || columns > Integer.MAX_VALUE ? -1 : columns * rowShape[i];
        }
        if (rows < 1 || columns < 1 || columns > Integer.MAX_VALUE) {
            throw new DataException(file + ": the header announces " + Integer.toUnsignedString(rows) + " rows of shape "
                + Arrays.toString(rowShape) + ", expected at least one row and one value in it");
        }
        return new Header(type, rows, rowShape, columns);
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

    private static void readValues(Path file, InputStream in, Header header, RowBlocks values) throws IOException {
        int columns = (int) header.columns;
        int chunkRows = Math.max(1, CHUNK_BYTES / columns);
        byte[] bytes = new byte[Math.multiplyExact(Math.multiplyExact(chunkRows, columns), width(header.type))];
        float[] floats = new float[header.type == 0x08 ? 0 : chunkRows * columns];
        for (int row = 0; row < header.rows; row += chunkRows) {
            int count = Math.min(chunkRows, header.rows - row);
            int wanted = count * columns * width(header.type);
            int got = in.readNBytes(bytes, 0, wanted);
            if (got < wanted) {
                throw new DataException(file + ": ends after " + (row + got / (columns * width(header.type))) + " of the " + header.rows
                    + " rows that the header announces; the file is truncated, copy or download it again");
            }
            if (header.type == 0x08) {
                values.append(bytes, 0, count);
            } else {
                decode(header.type, ByteBuffer.wrap(bytes, 0, wanted), floats);
                values.append(floats, 0, count);
            }
        }
    }

    private static void decode(int type, ByteBuffer from, float[] to) {
        for (int i = 0; from.hasRemaining(); i++) {
            to[i] = switch (type) {
                case 0x09 -> from.get();
                case 0x0b -> from.getShort();
                case 0x0c -> from.getInt();
                case 0x0d -> from.getFloat();
                default -> (float) from.getDouble();
            };
        }
    }
}
