package dev.hourglass.data.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Allocation;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.PictureShape;
import dev.hourglass.data.file.Input;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class NpyTest {
    @TempDir
    Path folder;

    /** An array of the given type holding the given numbers in file order. */
    public static byte[] npy(int version, String descr, boolean fortran, String shape, double... values) {
        byte[] header = ("{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }\n")
                .getBytes(StandardCharsets.US_ASCII);
        int width = descr.charAt(2) - '0';
        ByteBuffer out = ByteBuffer.allocate(12 + header.length + width * values.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) version).put((byte) 0);
        if (version == 1) {
            out.putShort((short) header.length);
        } else {
            out.putInt(header.length);
        }
        out.put(header).order(descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            put(out, descr.substring(1), value);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void put(ByteBuffer out, String kind, double value) {
        switch (kind) {
            case "f4" -> out.putFloat((float) value);
            case "f8" -> out.putDouble(value);
            case "i8", "u8" -> out.putLong((long) value);
            case "i4", "u4" -> out.putInt((int) (long) value);
            case "i2", "u2" -> out.putShort((short) (long) value);
            default -> out.put((byte) (long) value);
        }
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private Path npz(String name, Object... namesAndArrays) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < namesAndArrays.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndArrays[i] + ".npy"));
                zip.write((byte[]) namesAndArrays[i + 1]);
            }
        }
        return file;
    }

    private static float[] flat(Dataset data) {
        float[] all = new float[data.rows() * data.columns()];
        for (int row = 0; row < data.rows(); row++) {
            System.arraycopy(data.row(row), 0, all, row * data.columns(), data.columns());
        }
        return all;
    }

    @Test
    void everyTypeInBothByteOrders() throws IOException {
        for (String kind : new String[] {"f4", "f8", "i1", "i2", "i4", "i8"}) {
            for (String order : new String[] {"<", ">"}) {
                Dataset data = Npy.read(file("a", npy(1, order + kind, false, "(2, 2)", -3, 100, 0, 7)));
                assertEquals(Element.FLOAT32, data.element());
                assertArrayEquals(new float[] {-3, 100, 0, 7}, flat(data), order + kind);
            }
        }
        assertArrayEquals(new float[] {65535, 1}, flat(Npy.read(file("a", npy(1, "<u2", false, "(1, 2)", 65535, 1)))));
        assertArrayEquals(new float[] {4294967295f, 1}, flat(Npy.read(file("a", npy(1, ">u4", false, "(1, 2)", 4294967295d, 1)))));
    }

    @Test
    void bytesAndBooleansStayBytes() throws IOException {
        for (String descr : new String[] {"|u1", "|b1"}) {
            Dataset data = Npy.read(file("a", npy(2, descr, false, "(2, 2)", 0, 1, 1, 0)));
            assertEquals(Element.UINT8, data.element());
            assertArrayEquals(new float[] {0, 1, 1, 0}, flat(data));
        }
        assertArrayEquals(new float[] {200, 255}, flat(Npy.read(file("a", npy(1, "|u1", true, "(1, 2)", 200, 255)))));
    }

    @Test
    void fortranOrderIsTurned() throws IOException {
        Dataset matrix = Npy.read(file("a", npy(1, "<f8", true, "(2, 3)", 1, 4, 2, 5, 3, 6)));
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, flat(matrix));
        // element (n, y, x) = 100 n + 10 y + x; Fortran order has n fastest, then y, then x
        Dataset pictures = Npy.read(file("a", npy(1, "<i4", true, "(2, 2, 3)", 0, 100, 10, 110, 1, 101, 11, 111, 2, 102, 12, 112)));
        assertArrayEquals(new float[] {0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112}, flat(pictures));
        assertEquals(new PictureShape(2, 3), pictures.pictureShape().orElseThrow());
    }

    @Test
    void oneDimensionIsOneColumn() throws IOException {
        Dataset data = Npy.read(file("a", npy(3, "<f4", false, "(3,)", 1, 2, 3)));
        assertEquals(3, data.rows());
        assertEquals(1, data.columns());
    }

    @Test
    void writtenFilesReadBack() throws IOException {
        Path file = folder.resolve("out.npy");
        Dataset floats = Dataset.of(3, new float[] {1, -2.5f, 3e-20f, 4, 5, 6});
        Npy.write(file, floats);
        assertEquals(floats.sha256(), Npy.read(file).sha256());
        byte[] content = Files.readAllBytes(file);
        int header = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getShort(8);
        assertEquals(0, (10 + header) % 64, "NumPy aligns the values");
        assertEquals("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
                new String(content, 10, header, StandardCharsets.US_ASCII).strip());
        assertEquals(10 + header + 24, content.length);
        Dataset bytes = Dataset.of(2, new byte[] {1, -1});
        Npy.write(file, bytes);
        assertEquals(bytes.sha256(), Npy.read(file).sha256());
    }

    @Test
    void damagedFilesAreReported() throws IOException {
        byte[] good = npy(1, "<f4", false, "(2, 2)", 1, 2, 3, 4);
        assertEquals("there is more after the 2 rows that the header announces; the header or the file is damaged",
                message(Arrays.copyOf(good, good.length + 1)));
        assertEquals("ends before all the values that the header announces; the file is truncated, copy or save it again",
                message(Arrays.copyOf(good, good.length - 1)));
        assertEquals("ends before all the values that the header announces; the file is truncated, copy or save it again",
                message(npy(1, "<f4", true, "(2, 2)", 1, 2, 3)));
        assertEquals("does not start with \\x93NUMPY, expected an npy array", message("hello world".getBytes(StandardCharsets.US_ASCII)));
        assertEquals("npy version 9.0, expected 1, 2 or 3; save it with numpy.save", message(npy(9, "<f4", false, "(1,)", 1)));
        assertEquals("values of type '|O8', expected floats or integers; convert with .astype('float32') and save again",
                message(npy(1, "|O8", false, "(1,)", 1)));
        assertEquals("shape [0, 3], expected at least one row with at least one value", message(npy(1, "<f4", false, "(0, 3)")));
        assertEquals("shape [], expected at least one row with at least one value", message(npy(1, "<f4", false, "()", 1)));
        assertEquals("row 2, column 1: the value is missing; fill it in, or ask for an imputation when training: mean, median, zero",
                message(npy(1, "<f8", false, "(2, 1)", 1, Double.NaN)));
    }

    private String message(byte[] content) throws IOException {
        Path file = file("bad.npy", content);
        String message = assertThrows(DataException.class, () -> Npy.read(file)).getMessage();
        return message.substring(file.toString().length() + 2);
    }

    @Test
    void archivesGiveRowsAndLabels() throws IOException {
        byte[] rows = npy(1, "<f4", true, "(2, 2)", 1, 3, 2, 4);
        byte[] labels = npy(1, "<i8", false, "(2,)", 1, 0);
        Dataset data = Npz.read(npz("a.npz", "y", labels, "X", rows));
        assertArrayEquals(new float[] {1, 2, 3, 4}, flat(data));
        assertArrayEquals(new int[] {1, 0}, data.labels());
        Path split = npz("b.npz", "y_train", labels, "x_test", npy(1, "<f4", false, "(1, 2)", 8, 9), "x_train", rows);
        assertArrayEquals(new float[] {1, 2, 3, 4}, flat(Npz.read(split)), "x_train, wherever it stands");
        assertEquals(List.of(split + "#x_train: this member is taken; there are also x_test, to be named as b.npz#x_test"),
                Npz.read(split).notes());
        assertArrayEquals(new float[] {8, 9}, flat(Npz.read(split, "x_test")));
        assertArrayEquals(new int[] {1, 0}, Npz.read(split, "x_train").labels());
        assertEquals(split + ": there is no member 'X'; the members are y_train, x_test, x_train",
                assertThrows(DataException.class, () -> Npz.read(split, "X")).getMessage());
    }

    @Test
    void damagedArchivesAreReported() throws IOException {
        Path good = npz("a.npz", "y", npy(1, "<i8", false, "(2,)", 1, 0));
        assertEquals(good + ": there is no member X and no matrix among the members y; name one with a.npz#MEMBER",
                assertThrows(DataException.class, () -> Npz.read(good)).getMessage());
        byte[] content = Files.readAllBytes(good);
        Path cut = file("cut.npz", Arrays.copyOf(content, content.length - 30));
        String message = assertThrows(DataException.class, () -> Npz.read(cut)).getMessage();
        assertEquals(cut + ": is no npz archive or a damaged one (", message.substring(0, message.indexOf('(') + 1));
    }

    @Test
    void halvesAndTheLargestIntegersAreTheNearestFloats() throws IOException {
        byte[] halves = npy(1, "<u2", false, "(1, 7)", 0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x3555, 0x8000);
        halves[new String(halves, StandardCharsets.ISO_8859_1).indexOf("<u2") + 1] = 'f';
        assertArrayEquals(new float[] {1, -2, 65504, 0x1p-24f, 0x1p-14f, 0.333251953125f, -0f}, flat(Npy.read(file("a", halves))));
        byte[] longs = npy(1, "<i8", false, "(1, 5)", 0, 0, 0, 0, 0);
        long[] values = {(1L << 24) + 1, (1L << 24) + 3, Long.MIN_VALUE, -1, (1L << 40) + (1L << 16) + 1};
        ByteBuffer.wrap(longs).order(ByteOrder.LITTLE_ENDIAN).position(longs.length - 40).asLongBuffer().put(values);
        assertArrayEquals(new float[] {16777216, 16777220, -0x1p63f, -1, 0x1p40f + 0x1p17f}, flat(Npy.read(file("a", longs))));
        longs[new String(longs, StandardCharsets.ISO_8859_1).indexOf("<i8") + 1] = 'u';
        long halfWay = (1L << 63) + (1L << 39);
        ByteBuffer.wrap(longs).order(ByteOrder.LITTLE_ENDIAN).position(longs.length - 40).asLongBuffer()
                .put(new long[] {-1, Long.MIN_VALUE, halfWay, halfWay + 1, 7});
        assertArrayEquals(new float[] {0x1p64f, 0x1p63f, 0x1p63f, 0x1.000002p63f, 7}, flat(Npy.read(file("a", longs))),
                "ties to even, the lost bits count");
    }

    @Test
    void theHeaderIsReadWhateverItsOrder() throws IOException {
        String[] same = {"{ 'shape':(2,),\n\"descr\" : \"<f4\" ,'fortran_order':True}",
            "{'fortran_order': False, 'descr': '<f4', 'shape': (2L,), }"};
        for (String text : same) {
            NpyHeader header = NpyDictionary.parse("a", text);
            assertArrayEquals(new int[] {2}, header.shape());
            assertEquals("<f4", header.descr());
        }
        String expected = "a: the npy header is 'TEXT', expected descr, fortran_order and shape; the file is damaged";
        for (String text : new String[] {"", "{", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': Falsch, 'shape': (2,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
            "{'descr': <f4, 'fortran_order': False, 'shape': (2,)}"}) {
            assertEquals(expected.replace("TEXT", text),
                    assertThrows(DataException.class, () -> NpyDictionary.parse("a", text)).getMessage());
        }
        assertEquals(
                "values of type [('x', '<f4')], 'fortran_order': False, ..., expected floats or integers; save one plain array, such as"
                        + " numpy.array(a.tolist(), 'float32')",
                refusal("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }"));
        assertEquals("a dimension of 4294967296, expected whole numbers up to 2147483647",
                refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,)}"));
        assertEquals("more than 64 dimensions, expected fewer; the file is damaged", refusal("{'shape': (" + "1,".repeat(65) + ")}"));
    }

    private static String refusal(String header) {
        return assertThrows(DataException.class, () -> NpyDictionary.parse("a", header)).getMessage().substring("a: ".length());
    }

    /** A regular expression that looks for the shape again and again took minutes for these. */
    @Test
    void longHeadersAreReadInOnePass() throws IOException {
        byte[] text = ("'descr': '<f4' 'fortran_order': False " + "'shape':(".repeat(110_000)).getBytes(StandardCharsets.US_ASCII);
        byte[] content = ByteBuffer.allocate(12 + text.length).order(ByteOrder.LITTLE_ENDIAN).put(npy(2, "<f4", false, "(1,)"), 0, 8)
                .putInt(text.length).put(text).array();
        Path file = file("redos.npy.gz", IdxTest.gzip(content));
        String message = assertTimeoutPreemptively(Duration.ofSeconds(5),
                () -> assertThrows(DataException.class, () -> Npy.read(file)).getMessage());
        assertEquals(file
                + ": the npy header is ''descr': '<f4' 'fortran_order': False 'shape':('shape':('shape':('shape':('shape':('shape':('shape':('shape':('shape':"
                + "('...', expected descr, fortran_order and shape; the file is damaged", message);
    }

    @Test
    void aHeaderOrdersNoMemory() throws IOException {
        for (String shape : new String[] {"(1, 200000000)", "(1, 400000000)", "(2000000000, 2)", "(2147483647, 1)", "(2, 2000000000)",
            "(46000, 46000)"}) {
            for (boolean fortran : new boolean[] {false, true}) {
                for (String descr : new String[] {"<f4", "<f8", "|u1", "|b1", "<u8"}) {
                    byte[] values = npy(1, descr, fortran, shape, 0, 0);
                    Allocation.assertAtMost(8 << 20, () -> assertEquals(shape.startsWith("(2147483647") && fortran
                            ? "shape [2147483647, 1], expected at most 2147483639 values in a row and rows in Fortran order; split the array"
                            : "ends before all the values that the header announces; the file is truncated, copy or save it again",
                            quietly(values)));
                }
            }
        }
        assertEquals("shape [1, 70000, 70000], expected at most 2147483639 values in a row; split the array",
                message(npy(1, "<f4", false, "(1, 70000, 70000)", 0)));
        assertEquals("shape [1, 2147483647, 2147483647, 2147483647], expected at most 2147483639 values in a row; split the array",
                message(npy(1, "<f4", false, "(1, 2147483647, 2147483647, 2147483647)", 0)));
        assertEquals("shape [1, 2147483647, 2147483647, 0], expected at least one row with at least one value",
                message(npy(1, "<f4", false, "(1, 2147483647, 2147483647, 0)")));
    }

    private String quietly(byte[] content) {
        try {
            return message(content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void rowsLongerThanABufferAreRead() throws IOException {
        int columns = 200_001;
        double[] values = IntStream.range(0, 2 * columns).mapToDouble(i -> i % 251).toArray();
        for (String descr : new String[] {"<f4", "|u1", "<i2"}) {
            Dataset rows = Npy.read(file("a", npy(1, descr, false, "(2, " + columns + ")", values)));
            Dataset turned = Npy.read(file("b", npy(1, descr, true, "(" + columns + ", 2)", values)));
            assertEquals(descr.equals("|u1") ? Element.UINT8 : Element.FLOAT32, rows.element());
            for (int at : new int[] {0, 65_535, 65_536, 131_072, columns - 1}) {
                assertEquals((at + columns) % 251, rows.value(1, at));
                assertEquals(at % 251, turned.value(at, 0));
                assertEquals((at + columns) % 251, turned.value(at, 1));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
        |u1 ; (2, 3, 3) ; 9 ; picture
        |b1 ; (2, 1, 9) ; 1 ; picture
        <i8 ; (2, 3, 3) ; 255 ; picture
        <i8 ; (2, 3, 3) ; 256 ; for want of values within 0 to 255
        <u2 ; (2, 8, 8) ; 256 ; picture
        <u4 ; (2, 8, 8) ; 65536 ; for want of values within 0 to 255
        <i2 ; (2, 8, 8) ; -1 ; for want of values within 0 to 255
        <f4 ; (2, 8, 8) ; 0.5 ; picture
        <f4 ; (2, 8, 8) ; 255 ; picture
        <f4 ; (2, 8, 8) ; 256 ; for want of sides of at least 8 and values within 0 to 255
        <f4 ; (2, 8, 8) ; -0.5 ; for want of sides of at least 8 and values within 0 to 255
        <f4 ; (2, 10, 3) ; 0.5 ; for want of sides of at least 8 and values within 0 to 255
        <f4 ; (2, 8, 8) ; NaN ; for want of sides of at least 8 and values within 0 to 255
        <f4 ; (2, 1, 3, 5) ; -3 ; picture
        |u1 ; (2, 1, 3, 5) ; 3 ; picture
        <f8 ; (2, 3, 5, 1) ; -3 ; picture
        |u1 ; (2, 3, 4, 4) ; 3 ; which have shape [n, height, width] or one channel besides
        |u1 ; (2, 1, 3, 4, 4) ; 3 ; which have shape [n, height, width] or one channel besides
        |u1 ; (2, 9) ; 3 ; rows
        """)
    void picturesAreToldByShapeAndValues(String descr, String shape, double value, String expected) throws IOException {
        int[] sizes = Arrays.stream(shape.substring(1, shape.length() - 1).split(", ")).mapToInt(Integer::parseInt).toArray();
        double[] values = new double[Arrays.stream(sizes).reduce(1, (a, b) -> a * b)];
        values[values.length - 1] = value;
        byte[] content = npy(1, descr.strip(), false, shape, values);
        Dataset data = Input.read(file("a", content), in -> Npy.readAsIs("a", in));
        int[] sides = Arrays.stream(sizes).skip(1).filter(size -> sizes.length == 3 || size != 1).toArray();
        assertEquals(expected.equals("picture") ? Optional.of(new PictureShape(sides[0], sides[1])) : Optional.empty(),
                data.pictureShape());
        assertEquals(expected.equals("picture") || expected.equals("rows") ? 0 : 1, data.notes().size());
        assertTrue(data.notes().isEmpty()
                || data.notes().get(0).startsWith("a: shape " + Arrays.toString(sizes) + " is taken for rows of numbers, not for pictures, "
                        + expected),
                data.notes().toString());
    }

    @Test
    void labelsOfEveryUsefulKind() throws IOException {
        byte[] rows = npy(1, "<f4", false, "(3, 2)", 0, 0, 0, 0, 0, 0);
        byte[] huge = npy(1, "<i8", false, "(3,)", 0x1p53, -3, 0x1p60);
        assertLabels(rows, npy(1, "<f8", false, "(3,)", 2, 0, 2), List.of("0", "2"), 1, 0, 1);
        assertLabels(rows, npy(1, "<u8", false, "(3, 1)", 5, 5, 4), List.of("4", "5"), 1, 1, 0);
        assertLabels(rows, npy(1, "|b1", false, "(3,)", 1, 0, 1), List.of("0", "1"), 1, 0, 1);
        assertLabels(rows, huge, List.of("-3", "9007199254740992", "1152921504606846976"), 1, 0, 2);
        assertLabels(rows, npy(1, "<f4", false, "(3, 4)", 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0), List.of("0", "1", "2", "3"), 1, 3, 0);
        assertLabels(rows, npy(1, "|u1", true, "(3, 2)", 0, 1, 0, 1, 0, 1), List.of("0", "1"), 1, 0, 1);
        assertLabels(rows, texts("<U4", "cat", "hund", "cat"), List.of("cat", "hund"), 0, 1, 0);
        assertLabels(rows, texts(">U4", "b\u00e4r", "10", "9"), List.of("10", "9", "b\u00e4r"), 2, 0, 1);
        assertLabels(rows, texts("|S4", "10", "9", "10"), List.of("9", "10"), 1, 0, 1);
    }

    private void assertLabels(byte[] rows, byte[] labels, List<String> classes, int... codes) throws IOException {
        Dataset data = Npz.read(npz("a.npz", "X", rows, "y", labels));
        assertEquals(List.of(), data.notes());
        assertEquals(classes, data.classNames());
        assertArrayEquals(codes, data.labels());
    }

    private static byte[] texts(String descr, String... values) {
        byte[] header = npy(1, descr.substring(0, 1) + "u1", false, "(" + values.length + ",)");
        byte[] named = new String(header, StandardCharsets.ISO_8859_1).replace("u1", descr.substring(1))
                .getBytes(StandardCharsets.ISO_8859_1);
        int length = Integer.parseInt(descr.substring(2));
        ByteBuffer out = ByteBuffer.allocate(named.length + 4 * length * values.length).put(named)
                .order(descr.startsWith(">") ? ByteOrder.BIG_ENDIAN
                        : ByteOrder.LITTLE_ENDIAN);
        for (String value : values) {
            for (int i = 0; i < length; i++) {
                int character = i < value.length() ? value.charAt(i) : 0;
                if (descr.charAt(1) == 'U') {
                    out.putInt(character);
                } else {
                    out.put((byte) character);
                }
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    @Test
    void labelsOfNoUseAreNotedAndDoNotBlockTheRows() throws IOException {
        byte[] objects = new String(npy(1, "|u1", false, "(2,)", 1, 2), StandardCharsets.ISO_8859_1).replace("|u1", "|O8")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertNote(objects,
                "labels of type '|O8' and shape [2], expected one whole number or text per row; convert with .astype(str) and save again");
        assertNote(npy(1, "<i8", false, "(3,)", 1, 2, 3), "3 labels, expected 2, one for each row");
        assertNote(npy(1, "<f8", false, "(2,)", 1, Double.NaN), "row 2 is not a whole number, expected a label in every row");
        assertNote(npy(1, "<f8", false, "(2,)", 0.5, 1), "row 1 is not a whole number, expected a label in every row");
        assertNote(npy(1, "<f4", false, "(2, 2)", 1, 0, 1, 1), "row 2 has 2 values, expected one label, or one 1 among zeros");
        assertNote(npy(1, "<f4", false, "(2, 2)", 1, 0.5, 1, 0), "row 1 has 2 values, expected one label, or one 1 among zeros");
        assertNote(texts("<U3", "a", ""), "row 2 is an empty text, expected a label in every row");
        assertNote(npy(1, "<i8", false, "()", 1), "one value, expected 2, one for each row");
        assertNote(npy(1, "<i8", false, "(2,)", 1),
                "ends before all the values that the header announces; the file is truncated, copy or save it again");
        assertNote("nonsense".getBytes(StandardCharsets.US_ASCII), "does not start with \\x93NUMPY, expected an npy array");
    }

    private void assertNote(byte[] labels, String why) throws IOException {
        Path file = npz("a.npz", "X", npy(1, "<f4", false, "(2, 2)", 1, 2, 3, 4), "y", labels);
        for (Dataset data : List.of(Npz.read(file), Npz.read(file, "X"))) {
            assertEquals(List.of(file + "#y: " + why + "; the data are read without these labels"), data.notes());
            assertFalse(data.hasLabels());
            assertArrayEquals(new float[] {1, 2, 3, 4}, flat(data));
        }
    }

    @Test
    void aChangedByteOfAnArchiveIsFound() throws IOException {
        byte[] rows = npy(1, "<f4", false, "(2, 300)", IntStream.range(0, 600).mapToDouble(i -> i).toArray());
        Path file = folder.resolve("stored.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setLevel(0);
            for (String name : new String[] {"X.npy", "y.npy"}) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(name.equals("X.npy") ? rows : npy(1, "<i4", false, "(2,)", 66_051, 9));
            }
        }
        byte[] good = Files.readAllBytes(file);
        for (byte[] wanted : new byte[][] {{0, 0, (byte) 0x80, 0x3f}, {3, 2, 1, 0}}) {
            byte[] content = good.clone();
            int at = new String(content, StandardCharsets.ISO_8859_1).indexOf(new String(wanted, StandardCharsets.ISO_8859_1));
            content[at + 2] ^= 1;
            Path damaged = file("damaged.npz", content);
            assertEquals(
                    damaged + ": is no npz archive or a damaged one (the checksum of " + (wanted[0] == 0 ? "X" : "y")
                            + " does not fit); copy or save it again",
                    assertThrows(DataException.class, () -> Npz.read(damaged)).getMessage());
        }
        assertEquals(List.of("9", "66051"), Npz.read(file).classNames());
    }

    @Test
    void theRowsAreNeverTheLabels() throws IOException {
        byte[] rows = npy(1, "<f4", false, "(2, 2)", 5, 6, 7, 8);
        byte[] marks = npy(1, "<f4", false, "(2, 2)", 1, 0, 0, 1);
        assertArrayEquals(new float[] {5, 6, 7, 8}, flat(Npz.read(npz("a.npz", "y", marks, "features", rows))));
        assertArrayEquals(new float[] {5, 6, 7, 8}, flat(Npz.read(npz("b.npz", "names", texts("<U2", "a", "b"), "yeast", rows))));
        Path several = npz("c.npz", "a", rows, "b", marks, "X", rows, "y", npy(1, "<i8", false, "(2,)", 0, 1));
        assertEquals(List.of(several + "#X: this member is taken; there are also a, b, to be named as c.npz#a"), Npz.read(several).notes());
        Path empty = folder.resolve("book.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(empty))) {
            zip.putNextEntry(new ZipEntry("sheet1.xml"));
        }
        assertEquals(empty
                + ": the archive has no member that ends in .npy, expected arrays as numpy.savez writes them; save a spreadsheet as csv",
                assertThrows(DataException.class, () -> Npz.read(empty)).getMessage());
    }
}
