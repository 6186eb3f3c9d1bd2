package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.Philox;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Batches against one-element formulas over {@link Philox}. */
class CpuBatchesTest {
    private static final long SEED = 0x123456789abcdefL;
    private static final int STEP = 17;
    private static final int ROWS = 29;
    private static final int COLUMNS = 301;
    private final Fixture on = new Fixture(13);
    private final CpuBackend backend = on.backend;

    @AfterEach
    void close() {
        on.close();
    }

    private static float uniform(RandomStream stream, int element) {
        int[] words = new int[4];
        Philox.words(SEED, element / 4, STEP, stream.ordinal(), words);
        return Philox.uniform(words[element % 4]);
    }

    static float normal(long seed, int step, RandomStream stream, int element) {
        float[] normals = new float[4];
        Philox.normals(seed, element / 4, step, stream.ordinal(), normals);
        return normals[element % 4];
    }

    private static float disturbed(Noise noise, RandomStream stream, int element, float x) {
        float p = noise.amount();
        return switch (noise.kind()) {
            case NONE -> x;
            case MASKING -> uniform(stream, element) < p ? 0 : x;
            case SALT_AND_PEPPER -> uniform(stream, element) < p / 2 ? 0 : uniform(stream, element) < p ? 1 : x;
            case GAUSSIAN -> x + p * normal(SEED, STEP, stream, element);
        };
    }

    @Test
    void gatherScalesBinarisesAndCorrupts() {
        byte[] bytes = new byte[40 * COLUMNS];
        float[] grey = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 37);
            grey[i] = bytes[i] & 0xFF;
        }
        Buffer pictures = backend.allocate(ElementType.UINT8, bytes.length);
        backend.write(pictures, bytes, 0, bytes.length);
        int[] order = new int[40];
        for (int i = 0; i < order.length; i++) {
            order[i] = (i * 7 + 3) % 40;
        }
        Buffer state = on.state(SEED, STEP);
        int[] words = StepState.words(SEED, STEP, 40, new StepTable(1));
        words[StepState.ROW] = 5;
        backend.write(state, words, 0, words.length);
        for (Binarization binarization : Binarization.values()) {
            for (Noise.Kind kind : Noise.Kind.values()) {
                Noise noise = new Noise(kind, 0.3f);
                gather(pictures, grey, order, state, on.of(0), on.of(1 / 255f), binarization, noise);
                gather(on.of(grey), grey, order, state, on.uniform(COLUMNS), on.uniform(COLUMNS), binarization, noise);
            }
        }
    }

    private void gather(Buffer data, float[] grey, int[] order, Buffer state, Buffer shift, Buffer scale, Binarization binarization,
            Noise noise) {
        Buffer clean = on.empty(ROWS * COLUMNS);
        Buffer corrupted = noise.kind() == Noise.Kind.NONE ? null : on.empty(ROWS * COLUMNS);
        backend.gather(ROWS, COLUMNS, data, on.integers(order), state, shift, scale, binarization, noise, clean, corrupted);
        float[] by = on.read(shift);
        float[] factor = on.read(scale);
        float[] expected = new float[ROWS * COLUMNS];
        float[] disturbed = new float[ROWS * COLUMNS];
        for (int i = 0; i < expected.length; i++) {
            int c = i % COLUMNS;
            float v = factor[c % factor.length] * (grey[order[5 + i / COLUMNS] * COLUMNS + c] - by[c % by.length]);
            expected[i] = switch (binarization) {
                case NONE -> v;
                case FIXED -> v >= 0.5f ? 1 : 0;
                case DYNAMIC -> uniform(RandomStream.BINARIZATION, i) < v ? 1 : 0;
            };
            disturbed[i] = disturbed(noise, RandomStream.CORRUPTION, i, expected[i]);
        }
        assertArrayEquals(expected, on.read(clean), binarization + " clean");
        if (corrupted != null) {
            assertArrayEquals(disturbed, on.read(corrupted), binarization + " " + noise);
        }
    }

    @Test
    void corruptTakesItsOwnStream() {
        Buffer x = on.uniform(ROWS * COLUMNS);
        Noise noise = new Noise(Noise.Kind.GAUSSIAN, 0.1f);
        float[] expected = on.read(x);
        for (int i = 0; i < expected.length; i++) {
            expected[i] = disturbed(noise, RandomStream.NEIGHBOURS, i, expected[i]);
        }
        Buffer y = on.empty(ROWS * COLUMNS);
        backend.corrupt(ROWS, COLUMNS, noise, on.state(SEED, STEP), RandomStream.NEIGHBOURS, x, y);
        assertArrayEquals(expected, on.read(y));
        backend.corrupt(ROWS, COLUMNS, Noise.NONE, on.state(SEED, STEP), RandomStream.NEIGHBOURS, x, y);
        assertArrayEquals(on.read(x), on.read(y));
    }

    @Test
    void oneHotLabelsAndSigns() {
        Buffer y = on.empty(6);
        Buffer state = on.state(SEED, STEP);
        backend.gatherOneHot(2, 3, on.integers(2, 0, 1), on.integers(1, 2), state, y);
        assertArrayEquals(new float[] {1, 0, 0, 0, 1, 0}, on.read(y));
        Buffer signs = on.empty(20011);
        backend.signs(state, signs);
        float[] read = on.read(signs);
        int[] words = new int[4];
        for (int i = 0; i < read.length; i++) {
            Philox.words(SEED, i / 4, STEP, RandomStream.PROBES.ordinal(), words);
            assertEquals(words[i % 4] >= 0 ? 1f : -1f, read[i], "sign " + i);
        }
    }
}
