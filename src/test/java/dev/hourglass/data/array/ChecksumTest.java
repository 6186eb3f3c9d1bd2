package dev.hourglass.data.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.io.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is not what was written, in whatever bit, is refused. */
class ChecksumTest {
    /** More than one buffer. */
    private static final int MANY = Safetensors.BUFFER_BYTES / Float.BYTES + 1001;

    @TempDir
    Path folder;

    private static TensorEntry tensor(String name, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i * 0.25f - 3;
        }
        return TensorEntry.of(name, new long[] {count}, values);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void theDigitsAreThoseOfTheWholeFileWithZerosInTheirPlace() throws IOException {
        Path file = folder.resolve("f.safetensors");
        Safetensors.writeWithChecksum(file, Map.of("epoch", "3"), List.of(tensor("w", MANY), tensor("b", 5)));
        byte[] bytes = Files.readAllBytes(file);
        String key = "\"hourglass.crc32c\":\"";
        int at = text(bytes).indexOf(key) + key.length();
        String digits = text(bytes).substring(at, at + 8);
        byte[] zeroed = bytes.clone();
        for (int i = at; i < at + 8; i++) {
            zeroed[i] = '0';
        }
        CRC32C crc = new CRC32C();
        crc.update(zeroed);
        assertEquals(String.format("%08x", crc.getValue()), digits);
        try (SafetensorsFile open = Safetensors.open(file)) {
            assertEquals(Map.of("epoch", "3", "hourglass.crc32c", digits), open.metadata());
            assertEquals(MANY, open.floats("w").length);
            assertArrayEquals(new float[] {-3, -2.75f, -2.5f, -2.25f, -2}, open.floats("b"));
        }
        Safetensors.write(file, Map.of("epoch", "3"), List.of(tensor("w", 4)));
        Safetensors.open(file).close();
    }

    @Test
    void everyBitCounts() throws IOException {
        Path file = folder.resolve("f.safetensors");
        Safetensors.writeWithChecksum(file, Map.of(), List.of(tensor("w", 6)));
        byte[] bytes = Files.readAllBytes(file);
        int key = text(bytes).indexOf("hourglass.crc32c");
        for (int at = 0; at < bytes.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = bytes.clone();
                changed[at] ^= (byte) (1 << bit);
                Files.write(file, changed);
                // A damaged name of the checksum is a file without one: whoever knows which texts there are refuses it.
                if (at >= key && at < key + "hourglass.crc32c".length()) {
                    continue;
                }
                String message = assertThrows(FormatException.class, () -> Safetensors.open(file).close(), "byte " + at + ", bit " + bit)
                        .getMessage();
                assertTrue(message.startsWith(file + ": ") && message.lines().count() == 1, message);
            }
        }
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        String message = assertThrows(FormatException.class, () -> Safetensors.open(file).close()).getMessage();
        assertTrue(message.matches(
                "(?s).*: the checksum of the file is [0-9a-f]{8}, expected [0-9a-f]{8} as its header says; the file is damaged or was"
                        + " changed, copy it again"),
                message);
    }
}
