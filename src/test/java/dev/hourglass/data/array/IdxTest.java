package dev.hourglass.data.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hourglass.data.Allocation;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.PictureShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class IdxTest {
    @TempDir
    Path folder;

    public static byte[] idx(int type, int[] shape, byte... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * shape.length + values.length).putInt(type << 8 | shape.length);
        Arrays.stream(shape).forEach(bytes::putInt);
        return bytes.put(values).array();
    }

    public static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static String message(Path file) {
        return assertThrows(DataException.class, () -> Idx.read(file)).getMessage();
    }

    @Test
    void picturesPlainAndGzip() throws IOException {
        byte[] content = idx(0x08, new int[] {2, 2, 3}, (byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5,
                (byte) 250, (byte) 251, (byte) 252, (byte) 253, (byte) 254, (byte) 255);
        for (Path file : new Path[] {file("a", content), file("a.gz", gzip(content))}) {
            Dataset data = Idx.read(file);
            assertEquals(Element.UINT8, data.element());
            assertEquals(new PictureShape(2, 3), data.pictureShape().orElseThrow());
            assertArrayEquals(new float[] {250, 251, 252, 253, 254, 255}, data.row(1));
        }
    }

    @Test
    void otherTypesBecomeFloats() throws IOException {
        assertArrayEquals(new float[] {-1, 127}, Idx.read(file("i1", idx(0x09, new int[] {1, 2}, (byte) -1, (byte) 127))).row(0));
        assertArrayEquals(new float[] {-2, 258},
                Idx.read(file("i2", idx(0x0b, new int[] {1, 2}, (byte) -1, (byte) -2, (byte) 1, (byte) 2))).row(0));
        byte[] integer = ByteBuffer.allocate(4).putInt(-70000).array();
        assertArrayEquals(new float[] {-70000}, Idx.read(file("i4", idx(0x0c, new int[] {1}, integer))).row(0));
        byte[] single = ByteBuffer.allocate(4).putFloat(1.25f).array();
        assertArrayEquals(new float[] {1.25f}, Idx.read(file("f4", idx(0x0d, new int[] {1}, single))).row(0));
        byte[] twice = ByteBuffer.allocate(8).putDouble(-0.1).array();
        assertArrayEquals(new float[] {-0.1f}, Idx.read(file("f8", idx(0x0e, new int[] {1}, twice))).row(0));
    }

    @Test
    void labelsMustFitTheRows() throws IOException {
        Path images = file("images", idx(0x08, new int[] {3, 1, 1}, (byte) 5, (byte) 6, (byte) 7));
        Path labels = file("labels", idx(0x08, new int[] {3}, (byte) 9, (byte) 4, (byte) 9));
        assertArrayEquals(new int[] {1, 0, 1}, Idx.read(images, labels).labels());
        assertArrayEquals(new int[] {9, 4, 9}, Idx.readLabels(labels));
        Path few = file("few", idx(0x08, new int[] {2}, (byte) 9, (byte) 4));
        assertEquals(few + ": 2 labels, expected 3, the rows of " + images,
                assertThrows(DataException.class, () -> Idx.read(images, few)).getMessage());
    }

    @Test
    void damagedFilesAreReported() throws IOException {
        byte[] good = idx(0x08, new int[] {2, 1, 3}, new byte[6]);
        Path magic = file("magic", new byte[] {'<', 'h', 't', 'm', 'l', '>'});
        assertEquals(magic
                + ": starts with 0x3c68746d, expected an idx file: 0x0000, a type 08, 09, 0b, 0c, 0d or 0e, and the number of dimensions",
                message(magic));
        Path cut = file("cut", Arrays.copyOf(good, good.length - 1));
        assertEquals(cut + ": ends after 1 of the 2 rows that the header announces; the file is truncated, copy or download it again",
                message(cut));
        Path longer = file("long", Arrays.copyOf(good, good.length + 1));
        assertEquals(longer + ": there is more after the 2 rows that the header announces; the header or the file is damaged",
                message(longer));
        Path empty = file("empty", new byte[0]);
        assertEquals(empty + ": the file is empty", message(empty));
        Path absent = folder.resolve("absent");
        assertEquals(absent + ": there is no such file or folder", message(absent));
        Path head = file("head", Arrays.copyOf(good, 9));
        assertEquals(head + ": the file ends too early; it is truncated, copy or download it again", message(head));
        Path nothing = file("nothing", idx(0x08, new int[] {0, 1, 3}));
        assertEquals(nothing + ": the header announces 0 rows of shape [1, 3], expected at least one row and one value in it",
                message(nothing));
    }

    @Test
    void damagedGzipIsReported() throws IOException {
        byte[] packed = gzip(idx(0x08, new int[] {2, 1, 3}, (byte) 1, (byte) 7, (byte) 3, (byte) 9, (byte) 2, (byte) 5));
        Path cut = file("cut.gz", Arrays.copyOf(packed, packed.length - 12));
        assertEquals(cut + ": the file ends too early; it is truncated, copy or download it again", message(cut));
        packed[packed.length - 6] ^= 1;
        Path damaged = file("damaged.gz", packed);
        assertEquals(damaged + ": the compressed data is damaged (Corrupt GZIP trailer); copy or download it again", message(damaged));
    }

    @Test
    void aHeaderOrdersNoMemory() throws IOException {
        for (int[] shape : new int[][] {{1, 40_000, 40_000}, {1, 400_000_000}, {2_147_483_647, 1}, {2_000_000_000}, {1, 2_147_483_639}}) {
            for (int type : new int[] {0x08, 0x09, 0x0e}) {
                Path file = file("wide.idx", idx(type, shape, new byte[4]));
                Allocation.assertAtMost(8 << 20, () -> assertEquals(": ends after ",
                        message(file).substring(file.toString().length()).replaceAll("after .*", "after ")));
            }
        }
        Path tooWide = file("odd.idx", idx(0x0e, new int[] {1, 70_000, 70_000}));
        assertEquals(tooWide
                + ": the header announces 1 rows of shape [70000, 70000], expected at least one row and at most 2147483639 values in it; the file is damaged",
                message(tooWide));
        int[] many = new int[255];
        Arrays.fill(many, 0x7fffffff);
        Path overflow = file("overflow.idx", idx(0x0e, many));
        assertEquals("values in it; the file is damaged", message(overflow).substring(message(overflow).length() - 33));
        Path negative = file("negative.idx", idx(0x08, new int[] {1, -1, -1}, (byte) 1));
        assertEquals(negative + ": the header announces 1 rows of shape [-1, -1], expected at least one row and one value in it",
                message(negative));
    }

    @Test
    void rowsLongerThanABufferAreRead() throws IOException {
        byte[] values = new byte[2 * 100_003];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i % 127);
        }
        for (int type : new int[] {0x08, 0x09}) {
            Dataset data = Idx.read(file("wide", idx(type, new int[] {2, 100_003}, values)));
            assertEquals((100_003 + 99_999) % 127, data.value(1, 99_999));
            assertEquals(65_536 % 127, data.value(0, 65_536));
        }
    }

    @Test
    void floatsArePicturesByTheRuleOfArrays() throws IOException {
        byte[] series = ByteBuffer.allocate(24).putFloat(0.5f).putFloat(-3).putFloat(1).putFloat(0).putFloat(0).putFloat(9).array();
        Path file = file("series.idx", idx(0x0d, new int[] {1, 3, 2}, series));
        Dataset data = Idx.read(file);
        assertEquals(Optional.empty(), data.pictureShape());
        assertEquals(List.of(file
                + ": shape [1, 3, 2] is taken for rows of numbers, not for pictures, for want of sides of at least 8 and values within 0 to 255;"
                + " if they are pictures, save them as uint8 or with shape [n, height, width, 1]"), data.notes());
        assertEquals(new PictureShape(3, 2),
                Idx.read(file("grey.idx", idx(0x0d, new int[] {1, 1, 3, 2}, series))).pictureShape().orElseThrow());
    }
}
