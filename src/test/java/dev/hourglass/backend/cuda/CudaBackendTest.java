package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.Program;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import dev.hourglass.backend.UpdateRule;
import dev.hourglass.testkit.Backends;
import dev.hourglass.testkit.EmulatedDriver;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the CUDA backend adds to the contract: programs as graphs, its own memory, one thread. */
class CudaBackendTest {
    private static final int ROWS = 257;
    private static final int COLUMNS = 33;

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.hourglass.testkit.Backends#compared")
    void replayedStepsGiveTheBitsOfEagerOnes(Backends.Kind kind) {
        assertArrayEquals(weightsAfterFourSteps(kind, false), weightsAfterFourSteps(kind, true));
    }

    /** A layer's backward pass and an optimizer step, which use scratch memory, counters and the state. */
    private static float[] weightsAfterFourSteps(Backends.Kind kind, boolean recorded) {
        try (Backend backend = Backends.open(kind)) {
            Random random = new Random(3);
            Buffer weights = filled(backend, random, COLUMNS);
            Buffer m = filled(backend, random, COLUMNS);
            Buffer v = filled(backend, new Random(4), COLUMNS);
            backend.fill(v, 1);
            Buffer gradient = filled(backend, random, COLUMNS);
            Buffer saved = filled(backend, random, ROWS * COLUMNS);
            Buffer upstream = filled(backend, random, ROWS * COLUMNS);
            Buffer table = backend.allocate(ElementType.FLOAT32, 4);
            StepTable steps = new StepTable(1).set(0, 0.1f, 1, 0.5f, 0.5f);
            backend.write(table, steps.values(), 0, StepTable.COLUMNS);
            Buffer state = backend.allocate(ElementType.INT32, StepState.WORDS);
            backend.write(state, StepState.words(5, 0, 100, steps), 0, StepState.WORDS);
            run(backend, recorded, () -> {
                Buffer before = backend.allocate(ElementType.FLOAT32, (long) ROWS * COLUMNS);
                backend.biasActivationBackward(ROWS, COLUMNS, Activation.SILU, saved, upstream, before, false, gradient, false);
                backend.release(before);
                backend.clipNorm(gradient, 1, state);
                backend.update(UpdateRule.ADAM, weights, gradient, m, v, state, 0.9f, 0.999f, 1e-8f, 0, 0);
                backend.advance(10, 1, table, state);
            });
            float[] result = new float[COLUMNS];
            backend.read(weights, result, 0);
            for (Buffer buffer : new Buffer[] {weights, m, v, gradient, saved, upstream, table, state}) {
                backend.release(buffer);
            }
            assertEquals(0, backend.liveBytes());
            return result;
        }
    }

    private static void run(Backend backend, boolean recorded, Runnable step) {
        if (recorded) {
            try (Program program = backend.record(step)) {
                for (int i = 0; i < 4; i++) {
                    program.run();
                }
            }
        } else {
            for (int i = 0; i < 4; i++) {
                step.run();
            }
        }
    }

    private static Buffer filled(Backend backend, Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Buffer buffer = backend.allocate(ElementType.FLOAT32, length);
        backend.write(buffer, values, 0, length);
        return buffer;
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.hourglass.testkit.Backends#compared")
    void refusesHostMemoryInPrograms(Backends.Kind kind) {
        try (Backend backend = Backends.open(kind)) {
            Buffer buffer = backend.allocate(ElementType.FLOAT32, 1);
            IllegalStateException write = assertThrows(IllegalStateException.class,
                    () -> backend.record(() -> backend.write(buffer, new float[1], 0, 1)));
            assertEquals("record: write cannot be part of a program; do it before or after", write.getMessage());
            assertThrows(IllegalStateException.class, () -> backend.record(() -> backend.read(buffer, new float[1], 0)));
            backend.fill(buffer, 7);
            float[] value = new float[1];
            backend.read(buffer, value, 0);
            assertEquals(7, value[0], "works on after a refusal");
            backend.release(buffer);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.hourglass.testkit.Backends#compared")
    void copiesStayWithinArrayAndBuffer(Backends.Kind kind) {
        try (Backend backend = Backends.open(kind)) {
            Buffer buffer = backend.allocate(ElementType.FLOAT32, 4);
            assertThrows(IndexOutOfBoundsException.class, () -> backend.read(buffer, new float[3], 0));
            assertThrows(IndexOutOfBoundsException.class, () -> backend.read(buffer, new float[5], 2));
            assertThrows(IndexOutOfBoundsException.class, () -> backend.write(buffer, new float[5], 0, 5));
            assertThrows(IndexOutOfBoundsException.class, () -> backend.write(buffer, new float[4], 1, 4));
            assertThrows(IllegalArgumentException.class, () -> backend.read(buffer, new int[4], 0));
            assertThrows(IllegalArgumentException.class, () -> backend.write(buffer, new byte[4], 0, 4));
            backend.write(buffer, new float[] {0, 1, 2, 3, 4}, 1, 4);
            float[] values = new float[6];
            backend.read(buffer, values, 2);
            assertArrayEquals(new float[] {0, 0, 1, 2, 3, 4}, values);
            backend.release(buffer);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.hourglass.testkit.Backends#compared")
    void noKernelIsLoadedWhileAProgramIsRecorded(Backends.Kind kind) {
        try (CudaBackend backend = (CudaBackend) Backends.open(kind)) {
            Buffer buffer = backend.allocate(ElementType.FLOAT32, 4);
            long[] modules = new long[2];
            backend.record(() -> {
                modules[0] = kind == Backends.Kind.CUDA_EMULATED ? EmulatedDriver.counter("live_modules") : 0;
                backend.fill(buffer, 1);
                modules[1] = kind == Backends.Kind.CUDA_EMULATED ? EmulatedDriver.counter("live_modules") : 0;
            }).close();
            assertEquals(modules[0], modules[1]);
            assertEquals(Kernel.values().length, backend.loadKernels());
            backend.release(buffer);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.hourglass.testkit.Backends#compared")
    void countsWhatCallersHoldAndSaysWhatItIs(Backends.Kind kind) {
        try (Backend backend = Backends.open(kind)) {
            assertEquals(0, backend.liveBytes(), "its own scratch memory is not a leak");
            Buffer buffer = backend.allocate(ElementType.UINT8, 5);
            assertTrue(backend.liveBytes() >= 5);
            backend.release(buffer);
            assertEquals(0, backend.liveBytes());
            assertTrue(backend.description().matches("cuda:0 .*; matrix products in fp32 .*"), backend.description());
            Buffer large = backend.allocate(ElementType.UINT8, 1);
            assertThrows(IllegalArgumentException.class, () -> backend.corrupt(1 << 20, 1 << 20, Noise.NONE, large,
                    RandomStream.CORRUPTION, large, large));
            backend.release(large);
        }
    }
}
