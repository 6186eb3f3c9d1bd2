package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hourglass.backend.ElementType;
import dev.hourglass.testkit.EmulatedDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JCuda's changed bridge, loaded against a version 13 of our making: the calls arrive and mean row-major products. */
class CublasTest {
    @TempDir
    private static Path folder;
    private static Availability loaded;

    private Driver driver;
    private DeviceArena arena;
    private Cublas cublas;

    @BeforeAll
    static void load() throws IOException, InterruptedException {
        List<String> backends = List.of(System.getProperty("backends", "cuda-emulated").split(","));
        assumeTrue(backends.contains("cuda-emulated") && FakeCublas.compilerExists(), "this run has no emulated driver");
        EmulatedDriver.load();
        loaded = Cublas.load(new CublasLibrary.Found(FakeCublas.build(folder), 13, "built by this test"));
    }

    @BeforeEach
    void open() {
        driver = Driver.open(0);
        arena = new DeviceArena(driver, 0);
        cublas = Cublas.open(driver, arena, Precision.FP32);
    }

    @AfterEach
    void close() {
        cublas.close();
        assertEquals("", arena.leaks());
        arena.close();
        driver.close();
        assertEquals(0, EmulatedDriver.counter("live_bytes"));
    }

    @Test
    void bridgeLoadsAgainstVersionThirteen() {
        assertTrue(loaded.usable(), loaded.toString());
        assertEquals(folder.resolve("libcublas.so.13") + ", built by this test", loaded.reason());
        assertEquals("13.2.5", cublas.version());
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void productsAreRowMajor(boolean transposeA, boolean transposeB) {
        int m = 3;
        int n = 5;
        int k = 4;
        float[] a = random(1, m * k);
        float[] b = random(2, k * n);
        float[] c = random(3, m * n);
        CudaBuffer[] buffers = {upload(a), upload(b), upload(c)};
        cublas.gemm(transposeA, transposeB, m, n, k, 2, buffers[0].address(), buffers[1].address(), -1, buffers[2].address());
        float[] expected = new float[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = 0;
                for (int l = 0; l < k; l++) {
                    sum += a[transposeA ? l * m + i : i * k + l] * b[transposeB ? j * k + l : l * n + j];
                }
                expected[i * n + j] = 2 * sum - c[i * n + j];
            }
        }
        assertArrayEquals(expected, download(buffers[2]), 1e-5f);
        cublas.gemm(transposeA, transposeB, m, n, k, 1, buffers[0].address(), buffers[1].address(), 0, buffers[2].address());
        for (int i = 0; i < m * n; i++) {
            expected[i] = (expected[i] + c[i]) / 2;
        }
        assertArrayEquals(expected, download(buffers[2]), 1e-5f);
        List.of(buffers).forEach(buffer -> arena.release(buffer.block()));
    }

    @Test
    void reducedPrecisionsAreAskedForAndFailuresExplained() {
        for (Precision precision : List.of(Precision.TF32, Precision.BF16)) {
            Cublas other = Cublas.open(driver, arena, precision);
            CudaBuffer one = upload(new float[] {3});
            other.gemm(false, false, 1, 1, 1, 2, one.address(), one.address(), 0, one.address());
            assertArrayEquals(new float[] {18}, download(one));
            CudaException refused = assertThrows(CudaException.class,
                    () -> other.gemm(false, false, 1, -1, 1, 2, one.address(), one.address(), 0, one.address()));
            assertTrue(refused.getMessage().startsWith("cublasGemmEx: m=1, n=-1, k=1: CUBLAS_STATUS_INVALID_VALUE: "),
                    refused.getMessage());
            arena.release(one.block());
            other.close();
        }
    }

    @Test
    void missingLibraryIsExplained() {
        Availability missing = Cublas.load(new CublasLibrary.Found(folder.resolve("absent/libcublas.so.12"), 12, "named"));
        assertFalse(missing.usable());
        assertTrue(missing.reason().startsWith("cannot load " + folder.resolve("absent")), missing.reason());
    }

    private CudaBuffer upload(float[] values) {
        CudaBuffer buffer = CudaBuffer.allocate(arena, ElementType.FLOAT32, values.length);
        driver.upload(values, 0, buffer.address(), buffer.bytes());
        return buffer;
    }

    private float[] download(CudaBuffer buffer) {
        float[] values = new float[(int) buffer.length()];
        driver.download(buffer.address(), values, 0, buffer.bytes());
        return values;
    }

    private static float[] random(long seed, int length) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
