package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Program;
import dev.hourglass.backend.StepState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuMemoryTest {
    private final Fixture on = new Fixture(11);
    private final CpuBackend backend = on.backend;

    @AfterEach
    void close() {
        on.close();
    }

    @Test
    void memoryIsCountedSlicedAndGivenBack() {
        Buffer whole = backend.allocate(ElementType.FLOAT32, 10);
        Buffer bytes = backend.allocate(ElementType.UINT8, 3);
        Buffer sums = backend.allocate(ElementType.FLOAT64, 2);
        assertEquals(40 + 3 + 16, backend.liveBytes());
        assertTrue(Float.isNaN(on.read(whole)[9]), "new memory shows");
        Buffer part = whole.slice(2, 6).slice(1, 3);
        backend.write(part, new float[] {9, 1, 2, 3}, 1, 3);
        assertArrayEquals(new float[] {1, 2, 3}, java.util.Arrays.copyOfRange(on.read(whole), 3, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> part.slice(1, 3));
        backend.release(whole);
        assertEquals("buffer: used after release: length=3, type=FLOAT32",
                assertThrows(IllegalStateException.class, () -> backend.fill(part, 0)).getMessage());
        assertThrows(IllegalStateException.class, () -> backend.release(whole));
        backend.release(bytes);
        backend.release(sums);
        assertEquals(0, backend.liveBytes());
        assertThrows(IllegalArgumentException.class, () -> backend.allocate(ElementType.UINT8, 1L << 31));
    }

    @Test
    void fillsCopiesAndAdds() {
        Buffer a = on.normal(33, 1);
        Buffer b = on.normal(33, 1);
        double[] expected = on.doubles(b);
        double[] source = on.doubles(a);
        for (int i = 0; i < 33; i++) {
            expected[i] += 0.5 * source[i];
        }
        backend.add(0.5f, a, b);
        on.close("add", expected, b, 1e-6);
        backend.copy(a, b);
        assertArrayEquals(on.read(a), on.read(b));
        backend.fill(b, 7);
        assertEquals(7, on.read(b)[32]);
        Buffer state = on.state(1, 0);
        backend.fillFromState(state, StepState.LEARNING_RATE, 100, b);
        assertEquals(1, on.read(b)[0], 1e-6);
        Buffer rows = on.integers(1, 2, 3);
        Buffer same = on.integers(0, 0, 0);
        backend.copy(rows, same);
        int[] read = new int[3];
        backend.read(same, read, 0);
        assertArrayEquals(new int[] {1, 2, 3}, read);
    }

    @Test
    void blocksOfColumnsAndRepeats() {
        Buffer source = on.of(1, 2, 3, 4, 5, 6);
        Buffer target = on.of(new float[16]);
        backend.copyColumns(4, 2, 2, source, 3, 1, target, 4, 2, false);
        assertArrayEquals(new float[] {0, 0, 2, 3, 0, 0, 2, 3, 0, 0, 5, 6, 0, 0, 5, 6}, on.read(target));
        backend.copyColumns(4, 2, 2, source, 3, 1, target, 4, 2, true);
        assertArrayEquals(new float[] {0, 0, 4, 6, 0, 0, 4, 6, 0, 0, 10, 12, 0, 0, 10, 12}, on.read(target));
        Buffer sums = on.empty(8);
        backend.sumRepeats(2, 4, 2, target, sums, false);
        assertArrayEquals(new float[] {0, 0, 8, 12, 0, 0, 20, 24}, on.read(sums));
        backend.sumRepeats(2, 4, 2, target, sums, true);
        assertArrayEquals(new float[] {0, 0, 16, 24, 0, 0, 40, 48}, on.read(sums));
    }

    @Test
    void metricsAddUp() {
        Buffer metrics = backend.allocate(ElementType.FLOAT64, 3);
        backend.fill(metrics, 0);
        Buffer values = on.of(1, 2, 4);
        backend.accumulate(3, values, on.of(0.5f, 0.5f, 0.25f), 1, metrics, 0, 2);
        backend.accumulate(3, values, null, 1, metrics, 1, 2);
        backend.accumulate(1, on.of(3), on.of(0.1f), 100, metrics, 1, 2);
        double[] sums = new double[3];
        backend.read(metrics, sums, 0);
        assertArrayEquals(new double[] {7, 307, 7.5 + 30}, sums, 1e-5);
    }

    @Test
    void programsRunAgain() {
        Buffer a = on.of(1, 1);
        try (Program program = backend.record(() -> backend.add(1, a, a))) {
            backend.fill(a, 1);
            program.run();
            program.run();
        }
        assertArrayEquals(new float[] {4, 4}, on.read(a));
        assertTrue(backend.description().startsWith("CPU, "), backend.description());
    }
}
