package dev.hourglass.data.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.io.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    Path folder;

    private static final Map<String, String> METADATA = Map.of("b", "two\nlines \"quoted\" \u00e9", "a", "", "c", "{\"x\":1}");

    private static List<TensorEntry> allTypes() {
        return List.of(
                TensorEntry.of("bytes", new long[] {5}, new byte[] {0, 1, -1, 127, -128}),
                TensorEntry.of("encoder.0.weight", new long[] {2, 3},
                        new float[] {1, -2, Float.NaN, Float.MIN_VALUE, -0f, Float.NEGATIVE_INFINITY}),
                TensorEntry.of("scalar", new long[0], new double[] {Math.PI}),
                TensorEntry.of("ints", new long[] {1, 2}, new int[] {Integer.MIN_VALUE, 7}),
                TensorEntry.of("longs", new long[] {2, 1, 1}, new long[] {Long.MAX_VALUE, -1}),
                TensorEntry.of("empty", new long[] {0, 4}, new float[0]),
                TensorEntry.of("part", new long[] {2}, new float[] {9, 8, 7, 6}, 1));
    }

    @Test
    void everyTypeSurvivesARoundTripBitByBit() {
        Path file = folder.resolve("all.safetensors");
        Safetensors.write(file, METADATA, allTypes());
        try (SafetensorsFile read = Safetensors.open(file)) {
            assertEquals(METADATA, read.metadata());
            assertEquals(List.of("scalar", "longs", "encoder.0.weight", "ints", "empty", "part", "bytes"), List.copyOf(read.names()));
            assertArrayEquals(new float[] {1, -2, Float.NaN, Float.MIN_VALUE, -0f, Float.NEGATIVE_INFINITY},
                    read.floats("encoder.0.weight"));
            assertArrayEquals(new long[] {2, 3}, read.shape("encoder.0.weight"));
            assertArrayEquals(new double[] {Math.PI}, read.doubles("scalar"));
            assertEquals(0, read.shape("scalar").length);
            assertArrayEquals(new int[] {Integer.MIN_VALUE, 7}, read.ints("ints"));
            assertArrayEquals(new long[] {Long.MAX_VALUE, -1}, read.longs("longs"));
            assertArrayEquals(new byte[] {0, 1, -1, 127, -128}, read.bytes("bytes"));
            assertEquals(0, read.floats("empty").length);
            assertArrayEquals(new float[] {8, 7}, read.floats("part"));
            float[] target = new float[4];
            read.floats("encoder.0.weight", 1, target, 2, 1);
            assertArrayEquals(new float[] {0, 0, -2, 0}, target);
            assertEquals(DType.U8, read.type("bytes"));
        }
    }

    @Test
    void theBytesAreThoseOfTheFormat() throws IOException {
        Path file = folder.resolve("golden.safetensors");
        Safetensors.write(file, Map.of("k", "v"), List.of(TensorEntry.of("w", new long[] {1, 2}, new float[] {1, 2})));
        String header = "{\"__metadata__\":{\"k\":\"v\"},\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}" + " ".repeat(7);
        assertEquals(0, header.length() % 8);
        ByteBuffer expected = ByteBuffer.allocate(8 + header.length() + 8).order(ByteOrder.LITTLE_ENDIAN);
        expected.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8)).putFloat(1).putFloat(2);
        assertArrayEquals(expected.array(), Files.readAllBytes(file));
    }

    @Test
    void theSameContentGivesTheSameBytes() throws IOException {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        Safetensors.write(first, Map.of("x", "1", "y", "2", "z", "3"), allTypes());
        Safetensors.write(second, new java.util.TreeMap<>(Map.of("z", "3", "y", "2", "x", "1")), allTypes());
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    }

    @Test
    void tensorsLargerThanTheBufferAreWrittenAndReadInPieces() {
        float[] values = new float[700_001];
        Random random = new Random(5);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        Path file = folder.resolve("large");
        TensorEntry streamed = new TensorEntry("streamed", DType.F32, new long[] {values.length}, (first, out) -> {
            for (int i = 0; i < out.limit() / 4; i++) {
                out.putFloat(4 * i, values[(int) first + i]);
            }
        });
        Safetensors.write(file, Map.of(), List.of(TensorEntry.of("array", new long[] {values.length}, values), streamed));
        try (SafetensorsFile read = Safetensors.open(file)) {
            assertArrayEquals(values, read.floats("array"));
            assertArrayEquals(values, read.floats("streamed"));
            float[] part = new float[300_000];
            read.floats("streamed", 262_143, part, 0, part.length);
            assertArrayEquals(Arrays.copyOfRange(values, 262_143, 562_143), part);
        }
    }

    @Test
    void halfPrecisionIsWidenedExactly() throws IOException {
        short[] half = {0x0000, (short) 0x8000, 0x3c00, (short) 0xc000, 0x7bff, 0x0001, 0x0400, 0x7c00, 0x3555};
        short[] brain = {0x3f80, (short) 0xc049, 0x7f80, 0x0001};
        ByteBuffer data = ByteBuffer.allocate(2 * (half.length + brain.length)).order(ByteOrder.LITTLE_ENDIAN);
        data.asShortBuffer().put(half).put(brain);
        Path file = raw(
                "{\"h\":{\"dtype\":\"F16\",\"shape\":[9],\"data_offsets\":[0,18]},\"b\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[18,26]}}",
                data.array());
        try (SafetensorsFile read = Safetensors.open(file)) {
            assertArrayEquals(new float[] {0f, -0f, 1, -2, 65504, 0x1p-24f, 0x1p-14f, Float.POSITIVE_INFINITY, 0.333251953125f},
                    read.floats("h"));
            assertArrayEquals(new float[] {1, -3.140625f, Float.POSITIVE_INFINITY, 0x1p-133f}, read.floats("b"));
        }
        assertTrue(Float.isNaN(HalfPrecision.fromF16((short) 0x7e00)));
    }

    @Test
    void everyTruncationIsAFormatException() throws IOException {
        Path whole = folder.resolve("whole");
        Safetensors.write(whole, METADATA, allTypes());
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = folder.resolve("cut");
        for (int length = 0; length < bytes.length; length++) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            FormatException refused = assertThrows(FormatException.class, () -> Safetensors.open(cut), "length " + length);
            assertEquals(1, refused.getMessage().lines().count());
        }
    }

    @Test
    void damagedBytesAreReadOrRefusedButNeverAnythingElse() throws IOException {
        Path whole = folder.resolve("whole");
        Safetensors.write(whole, METADATA, allTypes());
        byte[] bytes = Files.readAllBytes(whole);
        Path damaged = folder.resolve("damaged");
        Random random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 1000; round++) {
            byte[] copy = bytes.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
            }
            Files.write(damaged, copy);
            try (SafetensorsFile file = Safetensors.open(damaged)) {
                for (String name : file.names()) {
                    assertTrue(file.elements(name) * file.type(name).bytes() <= bytes.length);
                }
            } catch (FormatException expected) {
                assertEquals(1, expected.getMessage().lines().count(), expected.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 300, "only " + refused + " refused");
    }

    @Test
    void aFailingWriterLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Safetensors.write(file, Map.of("version", "old"), List.of());
        TensorEntry failing = new TensorEntry("w", DType.U8, new long[] {1}, (first, out) -> {
            throw new IllegalStateException("device lost");
        });
        assertEquals("device lost",
                assertThrows(IllegalStateException.class, () -> Safetensors.write(file, Map.of(), List.of(failing))).getMessage());
        try (SafetensorsFile read = Safetensors.open(file); Stream<Path> files = Files.list(folder)) {
            assertEquals("old", read.metadata().get("version"));
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void wrongUseOfTheWriterIsNamed() {
        TensorEntry one = TensorEntry.of("w", new long[] {1}, new int[1]);
        assertEquals("safetensors: two tensors are named 'w', expected distinct names", assertThrows(IllegalArgumentException.class,
                () -> Safetensors.write(folder.resolve("x"), Map.of(), List.of(one, one))).getMessage());
        assertFalse(Files.exists(folder.resolve("x")));
        assertEquals("safetensors: tensor 'w' of shape [2, 2] has 4 elements, array length=3 offset=0, expected 4",
                assertThrows(IllegalArgumentException.class, () -> TensorEntry.of("w", new long[] {2, 2}, new float[3])).getMessage());
        assertEquals("safetensors: tensor 'w' has shape [-1], expected sizes from 0 and less than 2^63 bytes",
                assertThrows(IllegalArgumentException.class, () -> TensorEntry.of("w", new long[] {-1}, new float[1])).getMessage());
        assertEquals("safetensors: the tensor name '__metadata__' is reserved, expected another name",
                assertThrows(IllegalArgumentException.class, () -> TensorEntry.of("__metadata__", new long[] {1}, new float[1]))
                        .getMessage());
    }

    @Test
    void readingWhatIsNotThereIsNamed() {
        Path file = folder.resolve("m");
        Safetensors.write(file, Map.of(), List.of(TensorEntry.of("w", new long[] {2}, new float[2])));
        String remedy = "; the file belongs to another model";
        try (SafetensorsFile read = Safetensors.open(file)) {
            read.requireShape("w", 2);
            assertEquals(file + ": there is no tensor 'v', expected one of [w]" + remedy,
                    assertThrows(FormatException.class, () -> read.floats("v")).getMessage());
            assertEquals(file + ": tensor 'w' has type F32, expected one of [I64]" + remedy + " or version",
                    assertThrows(FormatException.class, () -> read.longs("w")).getMessage());
            assertEquals(file + ": tensor 'w' has shape [2], expected [1, 2]" + remedy,
                    assertThrows(FormatException.class, () -> read.requireShape("w", 1, 2)).getMessage());
            assertEquals("safetensors: tensor 'w': first=1 count=2, expected within elements=2",
                    assertThrows(IllegalArgumentException.class, () -> read.floats("w", 1, new float[2], 0, 2)).getMessage());
        }
        Path missing = folder.resolve("missing");
        assertEquals("cannot read " + missing + ": no such file; check the name",
                assertThrows(UncheckedIOException.class, () -> Safetensors.open(missing)).getMessage());
        assertEquals("cannot read " + folder + ": it is a folder; name a file",
                assertThrows(UncheckedIOException.class, () -> Safetensors.open(folder)).getMessage());
    }

    private Path raw(String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(folder.resolve("raw"), bytes.putLong(text.length).put(text).put(data).array());
    }
}
