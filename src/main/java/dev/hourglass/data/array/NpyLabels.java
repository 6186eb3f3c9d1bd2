package dev.hourglass.data.array;

import dev.hourglass.data.Columns;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Labels from an npy array, one per row of other data: whole numbers of any type (shape [n] or [n, 1]), texts ({@code <U5}, {@code |S5}), or rows [n, C] with
 * one 1 and else 0, which are the classes 0..C-1. Anything else is a note with the reason, and the data stay without labels.
 */
final class NpyLabels {
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int LONGEST_TEXT = 1 << 10;

    private final Dataset data;
    private final String where;
    private final InputStream in;

    private NpyLabels(Dataset data, String where, InputStream in) {
        this.data = data;
        this.where = where;
        this.in = in;
    }

    /**
     * The data with the labels of the array, or with a note why not.
     *
     * @param where the file and member of the labels
     * @throws IOException if the stream cannot be read
     */
    static Dataset attach(Dataset data, String where, InputStream in) throws IOException {
        try {
            return new NpyLabels(data, where, in).read();
        } catch (DataException unusable) {
            return data.withNote(unusable.getMessage() + "; the data are read without these labels");
        }
    }

    private Dataset read() throws IOException {
        NpyHeader header = Npy.readHeader(where, in);
        int[] shape = header.shape();
        long columns = header.columns();
        if (shape.length == 0 || shape[0] != data.rows()) {
            throw new DataException(where + ": " + (shape.length == 0 ? "one value" : shape[0] + " labels") + ", expected " + data.rows()
                    + ", one for each row");
        }
        if (columns == 1 && (header.kind().startsWith("U") || header.kind().startsWith("S"))) {
            return data.withLabels(texts(header, textBytes(header)));
        }
        if (!header.hasNumbers()) {
            throw new DataException(
                    where + ": labels of type '" + Columns.shortened(header.descr()) + "' and shape " + Arrays.toString(shape)
                            + ", expected one whole number or text per row; convert with .astype(str) and save again");
        }
        return columns == 1 ? data.withLabels(texts(header, header.width())) : oneHot(header);
    }

    private int textBytes(NpyHeader header) {
        String length = header.kind().substring(1);
        int unit = header.kind().startsWith("U") ? Integer.BYTES : 1;
        if (!length.matches("\\d{1,4}") || Integer.parseInt(length) < 1 || Integer.parseInt(length) > LONGEST_TEXT) {
            throw new DataException(
                    where + ": labels of type '" + Columns.shortened(header.descr()) + "', expected texts of 1 to " + LONGEST_TEXT
                            + " characters");
        }
        return unit * Integer.parseInt(length);
    }

    /** One text per row; equal ones are one object. */
    private List<String> texts(NpyHeader header, int width) throws IOException {
        NpyValues values = new NpyValues(header);
        Map<String, String> known = new HashMap<>();
        List<String> labels = new ArrayList<>();
        byte[] chunk = new byte[CHUNK_BYTES / width * width];
        while (labels.size() < data.rows()) {
            int wanted = (int) Math.min(chunk.length, (long) width * (data.rows() - labels.size()));
            if (in.readNBytes(chunk, 0, wanted) < wanted) {
                throw Npy.ended(where);
            }
            ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, wanted).order(values.order());
            while (bytes.hasRemaining()) {
                String label = label(header, values, bytes, width, labels.size() + 1);
                labels.add(known.computeIfAbsent(label, first -> first));
            }
        }
        Npy.requireEnd(where, in, header);
        return labels;
    }

    private String label(NpyHeader header, NpyValues values, ByteBuffer bytes, int width, int row) {
        String label = switch (header.kind().charAt(0)) {
            case 'U' -> codePoints(bytes, width / Integer.BYTES);
            case 'S' -> bytes(bytes, width);
            default -> values.nextWhole(bytes);
        };
        if (label == null || label.isBlank()) {
            throw new DataException(where + ": row " + row + (label == null ? " is not a whole number" : " is an empty text")
                    + ", expected a label in every row");
        }
        return label;
    }

    /** UCS-4, filled up with zeros. */
    private static String codePoints(ByteBuffer from, int length) {
        StringBuilder text = new StringBuilder();
        boolean ended = false;
        for (int i = 0; i < length; i++) {
            int character = from.getInt();
            ended |= character == 0;
            if (!ended) {
                text.appendCodePoint(Character.isValidCodePoint(character) ? character : 0xfffd);
            }
        }
        return text.toString().strip();
    }

    private static String bytes(ByteBuffer from, int length) {
        byte[] text = new byte[length];
        from.get(text);
        return new String(text, StandardCharsets.UTF_8).replace("\0", "").strip();
    }

    private Dataset oneHot(NpyHeader header) throws IOException {
        Dataset table = Npy.readValues(where, in, header);
        int[] codes = new int[table.rows()];
        for (int row = 0; row < codes.length; row++) {
            float[] marks = table.row(row);
            int[] ones = IntStream.range(0, marks.length).filter(column -> marks[column] == 1).toArray();
            if (ones.length != 1 || IntStream.range(0, marks.length).anyMatch(column -> marks[column] != 0 && marks[column] != 1)) {
                throw new DataException(
                        where + ": row " + (row + 1) + " has " + marks.length + " values, expected one label, or one 1 among zeros");
            }
            codes[row] = ones[0];
        }
        return data.withLabels(codes, IntStream.range(0, table.columns()).mapToObj(Integer::toString).toList());
    }
}
