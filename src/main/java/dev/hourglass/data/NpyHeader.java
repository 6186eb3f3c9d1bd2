package dev.hourglass.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dictionary at the start of an npy file.
 *
 * @param descr type of a value: byte order, kind, bytes, such as {@code <f8}
 * @param fortranOrder whether the first index runs fastest
 * @param shape dimensions, at least one
 */
record NpyHeader(String descr, boolean fortranOrder, int[] shape) {
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");
    private static final Set<String> KINDS = Set.of("f4", "f8", "u1", "u2", "u4", "i1", "i2", "i4", "i8", "b1");

    static NpyHeader parse(String where, String text) {
        Matcher descr = DESCR.matcher(text);
        Matcher order = ORDER.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!order.find() || !shape.find()) {
            throw new DataException(where + ": the npy header is '" + text.strip() + "', expected descr, fortran_order and shape; the file is damaged");
        }
        if (!descr.find() || !KINDS.contains(descr.group(1).replaceFirst("^[<>|=]", ""))) {
            throw new DataException(where + ": values of type " + typeIn(text) + ", expected floats or integers; convert with .astype('float32') and save again");
        }
        String[] numbers = shape.group(1).isBlank() ? new String[0] : shape.group(1).split(",");
        int[] dimensions = new int[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            String number = numbers[i].strip();
            if (!number.matches("\\d{1,10}") || Long.parseLong(number) > Integer.MAX_VALUE) {
                throw new DataException(where + ": shape (" + shape.group(1) + "), expected whole numbers up to " + Integer.MAX_VALUE);
            }
            dimensions[i] = Integer.parseInt(number);
        }
        return new NpyHeader(descr.group(1), order.group(1).equals("True"), dimensions);
    }

    private static String typeIn(String text) {
        Matcher any = Pattern.compile("'descr'\\s*:\\s*('[^']*'|\\[[^\\]]*\\])").matcher(text);
        return any.find() ? any.group(1) : "unknown";
    }

    void requireRows(String where) {
        long columns = 1;
        for (int i = 1; i < shape.length && columns <= Integer.MAX_VALUE; i++) {
            columns *= shape[i];
        }
        if (shape.length == 0 || shape[0] == 0 || columns == 0 || columns > Integer.MAX_VALUE) {
            throw new DataException(where + ": shape " + Arrays.toString(shape) + ", expected at least one row with at least one value");
        }
    }

    int rows() {
        return shape[0];
    }

    int columns() {
        int columns = 1;
        for (int i = 1; i < shape.length; i++) {
            columns *= shape[i];
        }
        return columns;
    }

    /** C-order position in a row of the {@code rest}-th value in Fortran order. */
    int columnOfFortran(int rest) {
        int column = 0;
        int stride = columns();
        for (int i = 1; i < shape.length; i++) {
            stride /= shape[i];
            column += rest % shape[i] * stride;
            rest /= shape[i];
        }
        return column;
    }

    private String kind() {
        return descr.replaceFirst("^[<>|=]", "");
    }

    boolean isByte() {
        return kind().equals("u1") || kind().equals("b1");
    }

    /** Bytes of one value. */
    int width() {
        return kind().charAt(1) - '0';
    }

    /** The first {@code count} values of {@code bytes} as floats. */
    void decode(byte[] bytes, int count, float[] to) {
        ByteBuffer from = ByteBuffer.wrap(bytes).order(descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        String kind = kind();
        for (int i = 0; i < count; i++) {
            to[i] = switch (kind) {
                case "f4" -> from.getFloat();
                case "f8" -> (float) from.getDouble();
                case "i1" -> from.get();
                case "i2" -> from.getShort();
                case "i4" -> from.getInt();
                case "i8" -> from.getLong();
                case "u2" -> from.getShort() & 0xffff;
                case "u4" -> from.getInt() & 0xffffffffL;
                default -> from.get() & 0xff;
            };
        }
    }
}
