package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hourglass.data.Dataset.Element;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyTest {
    @TempDir
    Path folder;

    /** An array of the given type holding the given numbers in file order. */
    private static byte[] npy(int version, String descr, boolean fortran, String shape, double... values) {
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
            case "i8" -> out.putLong((long) value);
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
        assertEquals("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", new String(content, 10, header, StandardCharsets.US_ASCII).strip());
        assertEquals(10 + header + 24, content.length);
        Dataset bytes = Dataset.of(2, new byte[] {1, -1});
        Npy.write(file, bytes);
        assertEquals(bytes.sha256(), Npy.read(file).sha256());
    }

    @Test
    void damagedFilesAreReported() throws IOException {
        byte[] good = npy(1, "<f4", false, "(2, 2)", 1, 2, 3, 4);
        assertEquals("there is more after the 2 rows that the header announces; the header or the file is damaged", message(Arrays.copyOf(good, good.length + 1)));
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
        assertEquals("row 2, column 1: the value is missing; fill it in, or ask for an imputation: mean, median, zero",
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
        assertArrayEquals(new float[] {8, 9}, flat(Npz.read(split)), "the first matrix");
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
}
