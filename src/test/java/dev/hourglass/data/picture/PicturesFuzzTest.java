package dev.hourglass.data.picture;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hourglass.data.Allocation;
import dev.hourglass.data.FuzzedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Pictures of any bytes, as {@code ReadersFuzzTest} has it for other files. */
class PicturesFuzzTest {
    private static FuzzedFiles files;

    @BeforeAll
    static void makeFolder() throws IOException {
        files = new FuzzedFiles();
    }

    @AfterAll
    static void removeFolder() throws IOException {
        files.close();
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
        long most = FuzzedFiles.BESIDES + 8L * 4 * PictureFile.MOST_BYTES_PER_BYTE * content.length;
        Path file = files.folder().resolve("a.png");
        Files.write(file, content);
        try {
            Allocation.assertAtMost(most, () -> files.readOrRefuse(any -> Images.read(files.folder()), file));
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
}
