package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder for the files of a fuzz test, each read with what every reader owes: data, or one line that names the file, and no more memory than stated. */
public final class FuzzedFiles implements AutoCloseable {
    /** What the readers state, doubled for the throw-away copies that doubling leaves behind. */
    private static final long BYTES_PER_BYTE = 128;
    /** What a reader may order whatever the file holds. */
    public static final long BESIDES = 16 << 20;
    /** DEFLATE at its best. */
    private static final long UNPACKED = 1032;

    private final Path folder;

    /** What a reader makes of a file. */
    public interface Reading {
        Object read(Path file);
    }

    /** A new folder among those of the system. */
    public FuzzedFiles() throws IOException {
        folder = Files.createTempDirectory("readers");
    }

    /** Where the files are. */
    public Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(folder);
    }

    /** What the reader makes of a file of that name and content, within the memory that readers state. */
    public void read(String name, byte[] content, Reading reading) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, content);
        boolean packed = content.length > 1 && (content[0] == 0x1f || content[0] == 'P');
        try {
            Allocation.assertAtMost(BESIDES + BYTES_PER_BYTE * content.length * (packed ? UNPACKED : 1), () -> readOrRefuse(reading, file));
        } finally {
            Files.delete(file);
        }
    }

    /** Reads one that is there. */
    public void readOrRefuse(Reading reading, Path file) {
        try {
            reading.read(file);
        } catch (DataException refused) {
            assertTrue(refused.getMessage().startsWith(folder.toString()), refused.getMessage());
            assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
            assertTrue(refused.getMessage().length() < 4000, refused.getMessage());
        }
    }
}
