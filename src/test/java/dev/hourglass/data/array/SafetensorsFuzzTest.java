package dev.hourglass.data.array;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hourglass.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Whatever the bytes of a file, it is read whole or refused with a {@link FormatException} of one line that names it; see src/test/fuzz/fuzz. */
class SafetensorsFuzzTest {

    @FuzzTest
    void safetensors(byte[] content) throws IOException {
        Path file = Files.createTempFile("fuzz", ".safetensors");
        Files.write(file, content);
        try (SafetensorsFile open = Safetensors.open(file)) {
            for (String name : open.names()) {
                long bytes = read(open, name);
                assertEquals(open.elements(name) * open.type(name).bytes(), bytes);
                assertEquals(open.elements(name), Arrays.stream(open.shape(name)).reduce(1, Math::multiplyExact));
            }
        } catch (FormatException refused) {
            assertTrue(refused.getMessage().startsWith(file + ": "), refused.getMessage());
            assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
        } finally {
            Files.delete(file);
        }
    }

    private static long read(SafetensorsFile open, String name) {
        return switch (open.type(name)) {
            case F64 -> 8L * open.doubles(name).length;
            case F32 -> 4L * open.floats(name).length;
            case F16, BF16 -> 2L * open.floats(name).length;
            case I64 -> 8L * open.longs(name).length;
            case I32 -> 4L * open.ints(name).length;
            case U8 -> open.bytes(name).length;
        };
    }
}
