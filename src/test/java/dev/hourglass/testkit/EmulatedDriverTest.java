package dev.hourglass.testkit;

import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The chain from JCudaDriver through the fake libcuda.so.1 to the kernels of fill.cu, unchanged, on the CPU. */
class EmulatedDriverTest {

    private static final CUcontext CONTEXT = new CUcontext();
    private static final CUmodule MODULE = new CUmodule();
    private final CUstream stream = new CUstream();
    private final CUdeviceptr buffer = new CUdeviceptr();
    private static final int N = 1000;
    private long liveBefore;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(EmulatedDriver.isWanted(), "-Dbackends leaves out cuda-emulated");
        EmulatedDriver.load();
        JCudaDriver.setExceptionsEnabled(true);
        cuInit(0);
        CUdevice device = new CUdevice();
        cuDeviceGet(device, 0);
        cuCtxCreate(CONTEXT, 0, device);
        Path ptx = EmulatedDriver.root().resolve("kernels/ptx/fill.ptx");
        cuModuleLoadData(MODULE, Files.readString(ptx) + "\0");
    }

    @AfterAll
    static void end() {
        // Also called when start has left the class out: to touch JCuda then would decide for the whole process which driver it sees.
        if (EmulatedDriver.isWanted()) {
            cuModuleUnload(MODULE);
            cuCtxDestroy(CONTEXT);
        }
    }

    @BeforeEach
    void allocate() {
        EmulatedDriver.reset();
        cuCtxSetCurrent(CONTEXT);
        liveBefore = EmulatedDriver.counter("live_bytes");
        cuStreamCreate(stream, 0);
        cuMemAlloc(buffer, N * Sizeof.FLOAT);
    }

    @AfterEach
    void free() {
        EmulatedDriver.setOrder(EmulatedDriver.Order.FORWARD, 0);
        cuMemFree(buffer);
        cuStreamDestroy(stream);
        assertEquals(liveBefore, EmulatedDriver.counter("live_bytes"), "leaked device memory");
    }

    private static CUfunction function(String name) {
        CUfunction function = new CUfunction();
        cuModuleGetFunction(function, MODULE, name);
        return function;
    }

    private void launchFill(float value, int blocks, int threads) {
        Pointer arguments = Pointer.to(Pointer.to(buffer), Pointer.to(new float[] {value}), Pointer.to(new int[] {N}));
        cuLaunchKernel(function("fill"), blocks, 1, 1, threads, 1, 1, 0, stream, arguments, null);
    }

    private float[] values() {
        float[] values = new float[N];
        cuMemcpyDtoH(Pointer.to(values), buffer, N * Sizeof.FLOAT);
        return values;
    }

    private static void assertRefused(int code, String message, Runnable call) {
        CudaException refused = assertThrows(CudaException.class, call::run);
        assertEquals(jcuda.driver.CUresult.stringFor(code), refused.getMessage());
        assertTrue(EmulatedDriver.lastError().contains(message), EmulatedDriver.lastError());
    }

    @Test
    void newMemoryIsNotANumber() {
        for (float value : values())
            assertTrue(Float.isNaN(value));
    }

    @ParameterizedTest
    @EnumSource
    void launches(EmulatedDriver.Order order) {
        EmulatedDriver.setOrder(order, 7);
        launchFill(2.5f, 3, 64);  // fewer threads than elements: the grid strides
        for (float value : values())
            assertEquals(2.5f, value);
        assertEquals(1, EmulatedDriver.counter("launches"));
        assertEquals(1, EmulatedDriver.counter("dtoh_copies"));
        assertEquals("", EmulatedDriver.lastError());
    }

    @Test
    void capturesAndReplays() {
        CUgraph graph = new CUgraph();
        CUgraphExec executable = new CUgraphExec();
        cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL);
        launchFill(1, 4, 256);
        launchFill(3, 4, 256);
        cuStreamEndCapture(stream, graph);
        assertEquals(0, EmulatedDriver.counter("kernels"), "a capture runs nothing");
        cuGraphInstantiate(executable, graph, 0);
        cuGraphDestroy(graph);
        for (int i = 0; i < 2; i++) {
            cuMemsetD32(buffer, 0, N);
            cuGraphLaunch(executable, stream);
            cuStreamSynchronize(stream);
            for (float value : values())
                assertEquals(3f, value);
        }
        cuGraphExecDestroy(executable);
        assertEquals(4, EmulatedDriver.counter("kernels"));
        assertEquals(2, EmulatedDriver.counter("graph_launches"));
        assertEquals(0, EmulatedDriver.counter("live_graphs"));
    }

    /** Counter 0 and key 0 of MATH.md section 7, through the device and its StepState: noise of deviation 1 on zeros. */
    @Test
    void normalsAreThePublishedBits() throws Exception {
        CUmodule batch = new CUmodule();
        cuModuleLoadData(batch, Files.readString(EmulatedDriver.root().resolve("kernels/ptx/batch.ptx")) + "\0");
        CUfunction corrupt = new CUfunction();
        cuModuleGetFunction(corrupt, batch, "corrupt");
        CUdeviceptr zeros = new CUdeviceptr();
        cuMemAlloc(zeros, N * Sizeof.FLOAT);
        cuMemsetD32(zeros, 0, N);
        CUdeviceptr state = new CUdeviceptr();
        cuMemAlloc(state, 64);
        cuMemsetD8(state, (byte) 0, 64);
        Pointer gaussian = Pointer.to(new int[] {3});
        Pointer arguments = Pointer.to(Pointer.to(new int[] {N}), gaussian, Pointer.to(new float[] {1}), Pointer.to(state),
                Pointer.to(new int[] {0}), Pointer.to(zeros), Pointer.to(buffer));
        cuLaunchKernel(corrupt, 1, 1, 1, 128, 1, 1, 0, stream, arguments, null);
        float[] values = values();
        cuMemFree(state);
        cuMemFree(zeros);
        cuModuleUnload(batch);
        int[] bits = IntStream.range(0, 4).map(i -> Float.floatToRawIntBits(values[i])).toArray();
        assertArrayEquals(new int[] {0x3f7dbb33, 0xbf6cb6af, 0xbf1e1b9d, 0xbef6d1af}, bits);
        double mean = IntStream.range(0, N).mapToDouble(i -> values[i]).average().orElseThrow();
        assertEquals(0, mean, 4 / Math.sqrt(N));
    }

    @Test
    void lateCopiesToPinnedMemoryArriveWhenTheHostWaits() {
        Pointer pinned = new Pointer();
        cuMemHostAlloc(pinned, N * Sizeof.FLOAT, 0);
        java.nio.IntBuffer view = pinned.getByteBuffer(0, N * Sizeof.FLOAT).order(java.nio.ByteOrder.LITTLE_ENDIAN).asIntBuffer();
        cuMemsetD32(buffer, 5, N);
        cuMemcpyDtoHAsync(pinned, buffer, N * Sizeof.FLOAT, stream);
        assertEquals(-1, view.get(N - 1), "not before");
        cuStreamSynchronize(stream);
        assertEquals(5, view.get(N - 1));
        cuMemFreeHost(pinned);
        assertEquals(0, EmulatedDriver.counter("pinned_bytes"));
    }

    @ParameterizedTest
    @CsvSource({"1, 33, expected a multiple of 32", "1, 2048, expected 1 to 1024", "0, 32, empty grid"})
    void refusesGeometry(int blocks, int threads, String message) {
        assertRefused(1, message, () -> launchFill(0, blocks, threads));
    }

    @Test
    void refusesWhatARealCaptureRefuses() {
        CUgraph graph = new CUgraph();
        cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL);
        assertRefused(900, "cuMemAlloc while a stream is capturing", () -> cuMemAlloc(new CUdeviceptr(), 4));
        assertRefused(901, "spoilt", () -> launchFill(0, 1, 32));
        assertRefused(901, "spoilt", () -> cuStreamEndCapture(stream, graph));

        cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL);
        assertRefused(900, "cuMemcpyDtoH", this::values);
        assertRefused(901, "spoilt", () -> cuStreamEndCapture(stream, graph));

        cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL);
        assertRefused(900, "cuStreamSynchronize", () -> cuStreamSynchronize(stream));
        assertRefused(901, "spoilt", () -> cuStreamEndCapture(stream, graph));
    }

    @Test
    void refusesMisuse() {
        assertRefused(500, "nothing is not in this module", () -> function("nothing"));
        assertRefused(200, "has no .entry", () -> cuModuleLoadData(new CUmodule(), "not PTX\0"));
        CUmodule old = new CUmodule();
        cuModuleLoadData(old, ".entry fill(.param .u64 a)\0");
        assertRefused(218, "regenerate", () -> cuModuleGetFunction(new CUfunction(), old, "fill"));
        cuModuleUnload(old);
        CUdeviceptr freed = new CUdeviceptr();
        cuMemAlloc(freed, 64);
        cuMemFree(freed);
        assertRefused(1, "freed twice", () -> cuMemFree(freed));
        assertRefused(1, "not live device memory", () -> cuMemsetD8(freed, (byte) 0, 64));
        assertRefused(1, "4004 bytes", () -> cuMemcpyDtoH(Pointer.to(new float[N + 1]), buffer, (N + 1) * Sizeof.FLOAT));
        Pointer arguments = Pointer.to(Pointer.to(freed), Pointer.to(new float[1]), Pointer.to(new int[] {1}));
        assertRefused(700, "argument 0 points to no live device memory",
                () -> cuLaunchKernel(function("fill"), 1, 1, 1, 32, 1, 1, 0, stream, arguments, null));
        assertRefused(801, "is not emulated", () -> cuMemAllocManaged(new CUdeviceptr(), 4, 1));
    }

    @Test
    void runsOutOfMemory() {
        EmulatedDriver.setTotalMemory(1 << 20);
        try {
            assertRefused(2, "cuMemAlloc of 1048576 bytes", () -> cuMemAlloc(new CUdeviceptr(), 1 << 20));
        } finally {
            EmulatedDriver.setTotalMemory(8L << 30);
        }
    }
}
