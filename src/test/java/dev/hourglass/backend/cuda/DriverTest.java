package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hourglass.backend.ElementType;
import dev.hourglass.testkit.EmulatedDriver;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The transport from Java to kernels: the emulated driver's, or the card's where the backends of this run name cuda. */
class DriverTest {
    private static final int N = 1000;
    private static final List<String> BACKENDS = List.of(System.getProperty("backends", "cuda-emulated").split(","));
    private static final boolean EMULATED = BACKENDS.contains("cuda-emulated");

    private Driver driver;
    private DeviceArena arena;
    private PtxModules modules;
    private Launch launch;

    @BeforeAll
    static void load() {
        assumeTrue(EMULATED || BACKENDS.contains("cuda"), "this run has no CUDA device");
        if (EMULATED) {
            EmulatedDriver.load();
        }
    }

    @BeforeEach
    void open() {
        driver = Driver.open(0);
        arena = new DeviceArena(driver, 0);
        modules = new PtxModules(driver, List.of("fill"));
        launch = new Launch(driver);
        if (EMULATED) {
            EmulatedDriver.reset();
        }
    }

    @AfterEach
    void close() {
        launch.close();
        modules.close();
        arena.close();
        driver.close();
        if (EMULATED) {
            for (String counter : List.of("live_bytes", "pinned_bytes", "live_graphs", "live_modules")) {
                assertEquals(0, EmulatedDriver.counter(counter), counter);
            }
        }
    }

    private CudaBuffer floats(long length) {
        return CudaBuffer.allocate(arena, ElementType.FLOAT32, length);
    }

    private void fill(CudaBuffer buffer, float value) {
        launch.kernel(modules.function("fill")).grid(3).block(64).pointer(buffer).real(value).integer((int) buffer.length()).run();
    }

    private float[] read(CudaBuffer buffer) {
        float[] values = new float[(int) buffer.length()];
        driver.download(buffer.address(), values, 0, buffer.bytes());
        return values;
    }

    private static float[] all(float value, int length) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }

    @Test
    void describesTheDevice() {
        assertTrue(CudaProbe.availability().usable(), CudaProbe.availability().toString());
        DeviceInfo info = CudaProbe.devices().get(0);
        assertEquals(info, driver.info());
        assertTrue(info.major() >= 7 && info.processors() > 0 && info.totalBytes() > 0 && info.sharedBytes() >= 48 << 10, info.toString());
        assertTrue(info.driverVersion() >= 12000 && driver.freeBytes() > 0 && driver.freeBytes() <= info.totalBytes());
        if (EMULATED) {
            assertEquals("cuda:0 CUDA on the CPU (emulated), compute capability 9.0, 132 multiprocessors, 8.0 GiB, driver for CUDA 12.6",
                    info.toString());
        }
    }

    @Test
    void launchesAndSlices() {
        CudaBuffer buffer = floats(N);
        fill(buffer, 1.5f);
        fill(buffer.slice(10, 5), -2);
        fill(buffer.slice(10, 5).slice(1, 1), 4);
        float[] expected = all(1.5f, N);
        Arrays.fill(expected, 10, 15, -2);
        expected[11] = 4;
        assertArrayEquals(expected, read(buffer));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.slice(N - 1, 2));
        arena.release(buffer.block());
        String message = assertThrows(IllegalStateException.class, () -> fill(buffer.slice(0, 1), 0)).getMessage();
        assertEquals("buffer: used after its release: type=FLOAT32, length=1", message);
    }

    @Test
    void copiesEveryType() {
        CudaBuffer from = floats(8);
        CudaBuffer to = floats(8);
        driver.upload(new float[] {9, 1, 2, 3, 4, 5, 6, 7, 8}, 4, from.address(), from.bytes());
        driver.copy(from.address(), to.address(), to.bytes());
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, read(to));
        byte[] bytes = {0, 0, 0, 64};
        driver.upload(bytes, 0, to.slice(2, 1).address(), 4);
        assertEquals(2, read(to)[2]);
        driver.upload(new int[] {Float.floatToRawIntBits(-3)}, 0, to.slice(3, 1).address(), 4);
        double[] doubles = new double[2];
        driver.upload(new double[] {Math.E}, 0, to.slice(4, 2).address(), 8);
        driver.download(to.slice(4, 2).address(), doubles, 8, 8);
        assertArrayEquals(new double[] {0, Math.E}, doubles);
        assertEquals(-3, read(to)[3]);
        driver.fill(to.address(), 7, 8);
        int[] words = new int[8];
        driver.download(to.address(), words, 0, 32);
        assertEquals(8, Arrays.stream(words).filter(word -> word == 7).count());
        assertThrows(IllegalArgumentException.class, () -> driver.upload(new long[1], 0, to.address(), 8));
    }

    @Test
    void copiesThroughPinnedMemoryInOrder() {
        CudaBuffer buffer = floats(4);
        PinnedMemory pinned = driver.pin(32);
        pinned.buffer().putFloat(16, 1).putFloat(20, 2).putFloat(24, 3).putFloat(28, 4);
        driver.uploadLater(pinned, 16, buffer.address(), 16);
        driver.downloadLater(buffer.address(), pinned, 0, 16);
        driver.synchronize();
        assertEquals(3, pinned.buffer().getFloat(8));
        pinned.close();
        assertThrows(IllegalStateException.class, pinned::buffer);
    }

    @Test
    void timesWithEvents() {
        CudaBuffer buffer = floats(N);
        Driver.Event before = driver.record();
        fill(buffer, 1);
        Driver.Event after = driver.record();
        driver.await(after);
        assertTrue(driver.milliseconds(before, after) >= 0);
        driver.destroy(before);
        driver.destroy(after);
    }

    @Test
    void replaysAProgram() {
        CudaBuffer buffer = floats(N);
        CudaBuffer other = floats(N);
        fill(buffer, 0);
        CudaProgram program = CudaProgram.record(driver, arena, () -> {
            CudaBuffer scratch = floats(N);
            fill(scratch, 6);
            driver.copy(scratch.address(), buffer.address(), buffer.bytes());
            arena.release(scratch.block());
        });
        assertArrayEquals(all(0, N), read(buffer), "recording runs nothing");
        CudaBuffer later = floats(N);
        for (int i = 0; i < 3; i++) {
            fill(buffer, i);
            fill(later, i);
            program.run();
            assertArrayEquals(all(6, N), read(buffer));
            assertArrayEquals(all(i, N), read(later), "a replay wrote what was allocated after it was recorded");
        }
        program.close();
        assertThrows(IllegalStateException.class, program::run);
        assertEquals(3L * 4 * N, arena.liveBytes());
        fill(other, 1);
        if (EMULATED) {
            assertEquals(3, EmulatedDriver.counter("graph_launches"));
        }
    }

    @Test
    void recordingRefusesWhatCannotBeReplayed() {
        CudaBuffer buffer = floats(N);
        String message = assertThrows(IllegalStateException.class, () -> CudaProgram.record(driver, arena, () -> read(buffer)))
                .getMessage();
        assertEquals("record: a copy to host memory cannot be part of a program; do it before or after", message);
        assertThrows(IllegalStateException.class, () -> CudaProgram.record(driver, arena, driver::synchronize));
        assertThrows(IllegalStateException.class,
                () -> CudaProgram.record(driver, arena, () -> CudaProgram.record(driver, arena, () -> fill(buffer, 1))));
        fill(buffer, 3);
        assertArrayEquals(all(3, N), read(buffer), "the device is usable after a recording that failed");
    }

    @Test
    void anotherThreadIsRefusedUntilItAdopts() throws InterruptedException, ExecutionException {
        CudaBuffer buffer = floats(N);
        String owner = Thread.currentThread().getName();
        ExecutorService other = Executors.newSingleThreadExecutor(task -> new Thread(task, "worker-7"));
        try {
            Throwable refused = assertThrows(ExecutionException.class, () -> other.submit(() -> fill(buffer, 1)).get()).getCause();
            assertEquals(IllegalStateException.class, refused.getClass());
            assertEquals(
                    "cuda:0: used by thread \"worker-7\" but owned by \"" + owner + "\"; hand it over first, or open one for each thread",
                    refused.getMessage());
            assertThrows(ExecutionException.class, () -> other.submit(() -> floats(1)).get());
            other.submit(() -> {
                driver.adopt();
                fill(buffer, 8);
            }).get();
            assertThrows(IllegalStateException.class, () -> read(buffer));
            driver.adopt();
            assertArrayEquals(all(8, N), read(buffer));
        } finally {
            other.shutdown();
        }
    }

    @Test
    void outOfMemorySaysWhatIsTaken() {
        assumeTrue(EMULATED, "fills the whole device");
        EmulatedDriver.setTotalMemory(1 << 20);
        try (Driver small = Driver.open(0); DeviceArena tight = new DeviceArena(small, DeviceArena.CHUNK_BYTES)) {
            CudaBuffer held = CudaBuffer.allocate(tight, ElementType.FLOAT32, 128 << 10);
            CudaException full = assertThrows(CudaException.class, () -> CudaBuffer.allocate(tight, ElementType.FLOAT32, 150_000));
            assertEquals(
                    "allocate: CUDA_ERROR_OUT_OF_MEMORY: asked for 586.0 KiB with 512.0 KiB live and 0 B pooled of the device's 1.0 MiB; "
                            + "reduce the batch size, hidden sizes or number of samples",
                    full.getMessage());
            assertEquals("1 block live, 512.0 KiB: 1 x 512.0 KiB", tight.leaks());
            assertEquals(128 << 10, held.length());
        } finally {
            EmulatedDriver.setTotalMemory(8L << 30);
        }
    }

    @Test
    void failuresNameTheCallTheErrorAndTheRemedy() {
        CudaException load = assertThrows(CudaException.class, () -> driver.load("broken", "this is no PTX"));
        assertTrue(load.getMessage().startsWith("load broken.ptx: CUDA_ERROR_INVALID_"), load.getMessage());
        assertEquals(1, load.getMessage().lines().count());
        String unknown = assertThrows(IllegalStateException.class, () -> modules.function("nothing")).getMessage();
        assertEquals("kernels: no PTX has the entry nothing; make it with kernels/make-ptx.sh", unknown);
        assertThrows(IllegalStateException.class, () -> new PtxModules(driver, List.of("nothing")));
        CudaBuffer buffer = floats(N);
        CudaException launched = assertThrows(CudaException.class,
                () -> launch.kernel(modules.function("fill")).block(4096).pointer(buffer).real(0).integer(N).run());
        assertEquals("launch fill: grid=(1, 1), threads=4096, shared=0: CUDA_ERROR_INVALID_VALUE: "
                + "an argument is out of range; this is an error in Hourglass, please report it", launched.getMessage());
        assertEquals("CUDA_ERROR_INVALID_VALUE", launched.error());
        CudaException absent = assertThrows(CudaException.class, () -> Driver.open(99));
        assertTrue(absent.getMessage().startsWith("open cuda:99: no such device: there are "), absent.getMessage());
    }

    @Test
    void twoDriversOnOneThreadAndUseAfterClose() {
        Driver second = Driver.open(0);
        long address = second.allocate(64);
        assertNotEquals(0, address);
        second.free(address);
        fill(floats(N), 1);
        second.synchronize();
        second.close();
        assertEquals("cuda:0: already closed", assertThrows(IllegalStateException.class, () -> second.allocate(64)).getMessage());
    }
}
