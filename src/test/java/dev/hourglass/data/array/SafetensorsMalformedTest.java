package dev.hourglass.data.array;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hourglass.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way a header can be wrong, with the exact line the user reads. All data sections have 8 bytes. */
class SafetensorsMalformedTest {
    private static final String DAMAGED = "; the file is damaged or no safetensors file, write or copy it again";

    @TempDir
    Path folder;

    @Test
    void tooShortForALength() throws IOException {
        assertEquals("the file has 3 bytes, expected at least 8 for the length of the header" + DAMAGED, refusal(new byte[3]));
    }

    @Test
    void absurdHeaderLength() throws IOException {
        assertEquals("the header has 18446744073709551615 bytes, expected at most 100000000" + DAMAGED, refusal(file(-1, "{}")));
        assertEquals("the header has 100000001 bytes, expected at most 100000000" + DAMAGED, refusal(file(100_000_001, "{}")));
        assertEquals("the header has 11 bytes, expected at most 10, the bytes that are there" + DAMAGED, refusal(file(11, "{}")));
    }

    @Test
    void headerIsNotAnObject() throws IOException {
        assertHeader("[1]", "the header does not start with '{', expected a JSON object");
        assertHeader("", "the header does not start with '{', expected a JSON object");
        assertHeader(" {}", "the header does not start with '{', expected a JSON object");
    }

    @Test
    void headerIsNotJson() throws IOException {
        assertHeader("{\"w\":}", "the header is not JSON (Unexpected character ('}' (code 125)): expected a value), expected"
                + " a JSON object with distinct names");
    }

    @Test
    void duplicateNames() throws IOException {
        String w = "\"w\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}";
        assertHeader("{" + w + "," + w + "}", "the header is not JSON (Duplicate field 'w'), expected a JSON object with distinct names");
    }

    @Test
    void unknownType() throws IOException {
        String found = refusal(file("{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}"));
        assertEquals("tensor 'w' has dtype 'F8_E4M3', expected one of [F64, F32, F16, BF16, I64, I32, U8]; convert the file", found);
    }

    @Test
    void badShape() throws IOException {
        assertTensor("\"dtype\":\"U8\",\"shape\":[-8],\"data_offsets\":[0,8]", "tensor 'w' shape holds -8, expected whole numbers from 0");
        assertTensor("\"dtype\":\"U8\",\"shape\":[8.5],\"data_offsets\":[0,8]",
                "tensor 'w' shape holds 8.5, expected whole numbers from 0");
        assertTensor("\"dtype\":\"U8\",\"shape\":8,\"data_offsets\":[0,8]", "tensor 'w' shape is NUMBER, expected an array of sizes");
        assertTensor("\"dtype\":\"U8\",\"data_offsets\":[0,8]", "tensor 'w' shape is MISSING, expected an array of sizes");
    }

    @Test
    void offsetsThatDoNotFitTheShape() throws IOException {
        assertTensor("\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]",
                "tensor 'w' of type F32 and shape [3] spans 8 bytes, expected 12");
        assertTensor("\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]",
                "tensor 'w' of type F32 and shape [4611686018427387904, 4] spans 8 bytes, expected fewer elements");
    }

    @Test
    void offsetsOutOfRange() throws IOException {
        assertTensor("\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]",
                "tensor 'w' ends at byte 9 of the data, expected at most 8, the bytes that are there");
        assertTensor("\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[8,4]",
                "tensor 'w' has data_offsets [8, 4], expected [begin, end] with begin <= end");
        assertTensor("\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,4,8]",
                "tensor 'w' has data_offsets [0, 4, 8], expected [begin, end] with begin <= end");
        assertTensor("\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,99999999999999999999]",
                "tensor 'w' data_offsets holds 99999999999999999999, expected whole numbers from 0");
    }

    @Test
    void overlapsAndGaps() throws IOException {
        String v = "\"v\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,5]},";
        assertHeader("{" + v + "\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
                "tensor 'w' begins at byte 4 of the data and overlaps its predecessor, expected 5");
        assertHeader("{" + v + "\"w\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[6,8]}}",
                "tensor 'w' begins at byte 6 of the data and leaves a gap, expected 5");
        assertTensor("\"dtype\":\"U8\",\"shape\":[7],\"data_offsets\":[0,7]", "the data has 8 bytes, expected 7 as the header says");
    }

    @Test
    void badMetadata() throws IOException {
        assertHeader("{\"__metadata__\":[1]}", "__metadata__ is ARRAY, expected an object of texts");
        assertHeader("{\"__metadata__\":{\"epoch\":3}}", "__metadata__ 'epoch' is NUMBER, expected a text");
    }

    @Test
    void controlCharactersDoNotBreakTheLine() throws IOException {
        assertHeader("{\"a\\nb\":{\"dtype\":\"U8\",\"shape\":[\"\\u2028\"],\"data_offsets\":[0,8]}}",
                "tensor 'a?b' shape holds \"?\", expected whole numbers from 0");
    }

    @Test
    void aLongHeaderMakesNoLongLine() throws IOException {
        String message = refusal(file("{\"" + "n".repeat(40_000) + "\":{\"dtype\":\"U8\",\"shape\":[\"" + "s".repeat(1_000_000)
                + "\"],\"data_offsets\":[0,8]}}"));
        assertEquals("tensor '" + "n".repeat(1992) + "..., expected whole numbers from 0" + DAMAGED, message);
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        String message = refusal(file("{\"w\":" + "[".repeat(500_000)));
        assertEquals("the header is not JSON (", message.substring(0, "the header is not JSON (".length()));
    }

    private void assertTensor(String fields, String message) throws IOException {
        assertHeader("{\"w\":{" + fields + "}}", message);
    }

    private void assertHeader(String header, String message) throws IOException {
        assertEquals(message + DAMAGED, refusal(file(header)));
    }

    private static byte[] file(String header) {
        return file(header.getBytes(StandardCharsets.UTF_8).length, header);
    }

    private static byte[] file(long length, String header) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(16 + text.length).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(text).putLong(0).array();
    }

    /** The message without the name of the file, which must be there. */
    private String refusal(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("bad.safetensors"), bytes);
        String message = assertThrows(FormatException.class, () -> Safetensors.open(file)).getMessage();
        assertEquals(file + ": ", message.substring(0, (file + ": ").length()));
        return message.substring((file + ": ").length());
    }
}
