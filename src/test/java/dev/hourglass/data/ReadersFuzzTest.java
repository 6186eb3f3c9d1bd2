package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Whatever the bytes of a file, its reader gives data or a {@link DataException} of one line that names the file, and orders no more memory than it says. In the
 * normal suite the files in the folders of test resources named by the methods are read; src/test/fuzz/fuzz changes them at random, for as long as one likes.
 */
class ReadersFuzzTest {
    /** What the readers state, doubled for the throw-away copies that doubling leaves behind. */
    private static final long BYTES_PER_BYTE = 128;
    private static final long BESIDES = 16 << 20;
    /** DEFLATE at its best. */
    private static final long UNPACKED = 1032;

    private static Path folder;

    private interface Reading {
        Object read(Path file);
    }

    @BeforeAll
    static void makeFolder() throws IOException {
        folder = Files.createTempDirectory("readers");
    }

    @AfterAll
    static void removeFolder() throws IOException {
        Files.deleteIfExists(folder);
    }

    private static void read(String name, byte[] content, Reading reading) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, content);
        boolean packed = content.length > 1 && (content[0] == 0x1f || content[0] == 'P');
        try {
            Allocation.assertAtMost(BESIDES + BYTES_PER_BYTE * content.length * (packed ? UNPACKED : 1), () -> readOrRefuse(reading, file));
        } finally {
            Files.delete(file);
        }
    }

    private static void readOrRefuse(Reading reading, Path file) {
        try {
            reading.read(file);
        } catch (DataException refused) {
            assertTrue(refused.getMessage().startsWith(folder.toString()), refused.getMessage());
            assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
            assertTrue(refused.getMessage().length() < 4000, refused.getMessage());
        }
    }

    @FuzzTest
    void csv(byte[] content) throws IOException {
        read("a.csv", content, file -> Csv.readTable(file, DataOptions.defaults()));
        read("a.csv", content, file -> Csv.read(file, DataOptions.defaults().withColumns("1").withLabelColumn("2").withImputation(Imputation.parse("mean"))));
    }

    @FuzzTest
    void npy(byte[] content) throws IOException {
        read("a.npy", content, Npy::read);
    }

    @FuzzTest
    void npz(byte[] content) throws IOException {
        read("a.npz", content, Npz::read);
    }

    /** The array is the labels of three rows. */
    @FuzzTest
    void npyLabels(byte[] content) throws IOException {
        Dataset rows = Dataset.of(1, new float[] {1, 2, 3});
        read("y.npy", content, file -> Input.read(file, in -> NpyLabels.attach(rows, file.toString(), in)));
    }

    @FuzzTest
    void idx(byte[] content) throws IOException {
        read("a.idx", content, Idx::read);
        read("a.idx", content, Idx::readLabels);
    }

    /** A folder of one picture, once as it is and once with checksums that fit, so that changes reach the pixels. */
    @FuzzTest
    void pictures(byte[] content) throws IOException {
        readPicture(content);
        if (PngChunks.isPng(content)) {
            readPicture(withChecksums(content));
        }
    }

    private static void readPicture(byte[] content) throws IOException {
        long most = BESIDES + 8L * 4 * PictureFile.MOST_BYTES_PER_BYTE * content.length;
        Path file = folder.resolve("a.png");
        Files.write(file, content);
        try {
            Allocation.assertAtMost(most, () -> readOrRefuse(any -> Images.read(folder), file));
        } finally {
            Files.delete(file);
        }
    }

    private static byte[] withChecksums(byte[] png) {
        ByteBuffer content = ByteBuffer.wrap(png.clone()).position(8);
        while (content.remaining() >= 12) {
            int start = content.position();
            int length = content.getInt();
            if (length < 0 || length > content.remaining() - 8) {
                break;
            }
            CRC32 sum = new CRC32();
            sum.update(content.array(), start + 4, length + 4);
            content.putInt(start + 8 + length, (int) sum.getValue());
            content.position(start + 12 + length);
        }
        return content.array();
    }

    /** A file without a name that tells its kind. */
    @FuzzTest
    void anyFile(byte[] content) throws IOException {
        read("data", content, file -> DataSpec.read(file.toString(), DataOptions.defaults()));
    }
}
