package dev.hourglass.backend.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntSupplier;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;

/**
 * The CUDA driver on one device: memory, modules, launches, graphs, all on one stream. With {@link Installation} and {@link Cublas} the only place that
 * knows JCuda.
 *
 * <p><b>Threads.</b> A driver belongs to the thread that opened it. A call from another thread throws IllegalStateException naming both,
 * because work of two threads on one stream would interleave without error. {@link #adopt} hands a driver over: the caller sees to it that
 * the former owner has stopped using it. One thread may own several drivers; each call makes its own context current.
 *
 * <p><b>Order.</b> The stream is one that the default stream waits for and that waits for it. So the synchronous copies come after what was
 * launched before them, and what is launched later comes after them.
 *
 * <p><b>Errors.</b> Every failure is a {@link CudaException}. Device addresses are plain longs.
 */
final class Driver implements DeviceArena.Source, AutoCloseable {
    private static final int LOG_BYTES = 8192;
    /** The most parameters that a kernel can take. */
    static final int MAXIMUM_PARAMETERS = 64;

    /** A kernel of a loaded module. */
    static final class Function {
        private final CUfunction handle = new CUfunction();
        private final String name;

        private Function(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }
    }

    /** A loaded module. */
    static final class Module {
        private final CUmodule handle = new CUmodule();
        private final String name;

        private Module(String name) {
            this.name = name;
        }
    }

    /** A captured and instantiated sequence of launches. */
    static final class Graph {
        private final CUgraphExec handle = new CUgraphExec();
    }

    /** A point in the stream. */
    static final class Event {
        private final CUevent handle = new CUevent();
    }

    /**
     * Values of a launch in pinned memory: parameter i is the eight bytes from 8 i on. Their addresses are written once, behind them, and
     * are what cuLaunchKernel reads.
     */
    static final class Parameters implements AutoCloseable {
        private final PinnedMemory memory;
        private final Pointer addresses;
        private final ByteBuffer values;

        private Parameters(PinnedMemory memory) {
            this.memory = memory;
            values = memory.buffer();
            long table = memory.address() + 8L * MAXIMUM_PARAMETERS;
            for (int i = 0; i < MAXIMUM_PARAMETERS; i++) {
                values.putLong(8 * (MAXIMUM_PARAMETERS + i), memory.address() + 8L * i);
            }
            addresses = new HostAddress(table);
        }

        ByteBuffer values() {
            return values;
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    /** A Pointer of a known address, and the address of a Pointer. */
    static final class HostAddress extends Pointer {
        HostAddress(long address) {
            super(address);
        }

        private HostAddress(Pointer pointer) {
            super(pointer);
        }

        static long of(Pointer pointer) {
            return new HostAddress(pointer).getNativePointer();
        }
    }

    private static final class DeviceAddress extends CUdeviceptr {
        private DeviceAddress(long address) {
            super(new CUdeviceptr(), address);
        }

        private DeviceAddress(CUdeviceptr pointer) {
            super(pointer);
        }

        private static long of(CUdeviceptr pointer) {
            return new DeviceAddress(pointer).getNativePointer();
        }
    }

    private final DeviceInfo info;
    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final CUstream stream = new CUstream();
    private volatile Thread owner;
    private boolean capturing;
    private boolean closed;

    private Driver(DeviceInfo info) {
        this.info = info;
        check("cuDeviceGet", () -> cuDeviceGet(device, info.ordinal()));
        check("cuDevicePrimaryCtxRetain", () -> cuDevicePrimaryCtxRetain(context, device));
        owner = Thread.currentThread();
        check("cuCtxSetCurrent", () -> cuCtxSetCurrent(context));
        // Apart from the default stream, on which libraries load their kernels: while a step is captured that must not wait for this stream.
        check("cuStreamCreate", () -> cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    }

    /**
     * Opens a device for this thread, in its primary context.
     *
     * @throws CudaException when CUDA cannot be used, saying why and what to do, or the device cannot be opened
     */
    static Driver open(int ordinal) {
        Availability availability = Installation.availability();
        if (!availability.usable()) {
            throw new CudaException("open cuda:" + ordinal, "not available", availability.toString());
        }
        List<DeviceInfo> devices = Installation.devices();
        if (ordinal < 0 || ordinal >= devices.size()) {
            throw new CudaException("open cuda:" + ordinal, "no such device", "there are " + availability.reason() + ", numbered from 0");
        }
        DeviceInfo info = devices.get(ordinal);
        if (!info.usable()) {
            throw new CudaException("open cuda:" + ordinal, "card too old",
                    "%s has compute capability %d.%d, 7.0 is needed; use the CPU".formatted(info.name(), info.major(), info.minor()));
        }
        return new Driver(info);
    }

    DeviceInfo info() {
        return info;
    }

    /** Makes the calling thread the owner. The former one must have stopped using this driver. */
    void adopt() {
        owner = Thread.currentThread();
        enter();
    }

    @Override
    public void checkThread() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "cuda:%d: used by thread \"%s\" but owned by \"%s\"; hand it over first, or open one for each thread"
                            .formatted(info.ordinal(), Thread.currentThread().getName(), owner.getName()));
        }
        if (closed) {
            throw new IllegalStateException("cuda:" + info.ordinal() + ": already closed");
        }
    }

    // ---- memory -----------------------------------------------------------------------------------------------------------------------

    @Override
    public long allocate(long bytes) {
        enter();
        CUdeviceptr pointer = new CUdeviceptr();
        check("cuMemAlloc", () -> cuMemAlloc(pointer, bytes));
        return DeviceAddress.of(pointer);
    }

    @Override
    public void free(long address) {
        enter();
        check("cuMemFree", () -> cuMemFree(new DeviceAddress(address)));
    }

    @Override
    public long totalBytes() {
        return info.totalBytes();
    }

    /** Bytes of the device that nobody has taken. */
    long freeBytes() {
        enter();
        long[] free = new long[1];
        check("cuMemGetInfo", () -> cuMemGetInfo(free, new long[1]));
        return free[0];
    }

    /** Returns new pinned host memory. */
    PinnedMemory pin(long bytes) {
        enter();
        Pointer pointer = new Pointer();
        check("cuMemHostAlloc", () -> cuMemHostAlloc(pointer, bytes, 0));
        return new PinnedMemory(this, HostAddress.of(pointer), pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder()));
    }

    void unpin(long address) {
        enter();
        check("cuMemFreeHost", () -> cuMemFreeHost(new HostAddress(address)));
    }

    /** Copies from an array of floats, ints, bytes or doubles, after all work launched before and before all work launched later. */
    void upload(Object array, long offsetBytes, long target, long bytes) {
        enterEager("a copy from host memory");
        check("cuStreamSynchronize", () -> cuStreamSynchronize(stream));
        check("cuMemcpyHtoD", () -> cuMemcpyHtoD(new DeviceAddress(target), pointer(array).withByteOffset(offsetBytes), bytes));
        // A small copy from pageable memory may still be on its way, on a stream that this one does not wait for.
        check("cuCtxSynchronize", () -> cuCtxSynchronize());
    }

    /** Copies to an array of floats, ints, bytes or doubles, after all work launched before. */
    void download(long source, Object array, long offsetBytes, long bytes) {
        enterEager("a copy to host memory");
        check("cuStreamSynchronize", () -> cuStreamSynchronize(stream));
        check("cuMemcpyDtoH", () -> cuMemcpyDtoH(pointer(array).withByteOffset(offsetBytes), new DeviceAddress(source), bytes));
    }

    /** Queues a copy from pinned memory, which must stay as it is until the copy is done. */
    void uploadLater(PinnedMemory source, long offsetBytes, long target, long bytes) {
        enter();
        check("cuMemcpyHtoDAsync",
                () -> cuMemcpyHtoDAsync(new DeviceAddress(target), new HostAddress(source.address() + offsetBytes), bytes, stream));
    }

    /** Queues a copy to pinned memory. */
    void downloadLater(long source, PinnedMemory target, long offsetBytes, long bytes) {
        enter();
        check("cuMemcpyDtoHAsync",
                () -> cuMemcpyDtoHAsync(new HostAddress(target.address() + offsetBytes), new DeviceAddress(source), bytes, stream));
    }

    /** Queues a copy within the device. */
    void copy(long source, long target, long bytes) {
        enter();
        check("cuMemcpyDtoDAsync", () -> cuMemcpyDtoDAsync(new DeviceAddress(target), new DeviceAddress(source), bytes, stream));
    }

    /** Queues setting {@code count} words of 32 bits. */
    void fill(long target, int word, long count) {
        enter();
        check("cuMemsetD32Async", () -> cuMemsetD32Async(new DeviceAddress(target), word, count, stream));
    }

    // ---- modules and launches ---------------------------------------------------------------------------------------------------------

    /** Compiles and loads PTX; a failure carries the compiler's first complaint. */
    Module load(String name, String ptx) {
        enter();
        Module module = new Module(name);
        byte[] image = (ptx + '\0').getBytes(StandardCharsets.US_ASCII);
        try (PinnedMemory memory = pin(16 + LOG_BYTES)) {
            ByteBuffer values = memory.buffer();
            values.putLong(0, memory.address() + 16).putLong(8, LOG_BYTES).put(16, (byte) 0);
            int[] options = {CUjit_option.CU_JIT_ERROR_LOG_BUFFER, CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
            try {
                check("cuModuleLoadDataEx",
                        () -> cuModuleLoadDataEx(module.handle, Pointer.to(image), options.length, options,
                                new HostAddress(memory.address())));
            } catch (CudaException failure) {
                throw new CudaException("load " + name + ".ptx", failure.error(), log(values) + CudaException.explanation(failure.error()));
            }
        }
        return module;
    }

    void unload(Module module) {
        enter();
        check("cuModuleUnload", () -> cuModuleUnload(module.handle));
    }

    /** Looks a kernel up. */
    Function function(Module module, String name) {
        enter();
        Function function = new Function(name);
        check("cuModuleGetFunction " + name + " of " + module.name, () -> cuModuleGetFunction(function.handle, module.handle, name));
        return function;
    }

    /** Lets a kernel have more dynamic shared memory than the 48 KiB that every kernel may. */
    void allowShared(Function function, int bytes) {
        enter();
        check("cuFuncSetAttribute " + function.name,
                () -> cuFuncSetAttribute(function.handle, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes));
    }

    /** Returns new memory for the parameters of launches. */
    Parameters parameters() {
        return new Parameters(pin(16L * MAXIMUM_PARAMETERS));
    }

    /** Queues a kernel on a grid of gridX by gridY blocks; it reads as many parameters as it declares. Allocates nothing. */
    void launch(Function function, int gridX, int gridY, int threads, int sharedBytes, Parameters parameters) {
        enter();
        try {
            int result = cuLaunchKernel(function.handle, gridX, gridY, 1, threads, 1, 1, sharedBytes, stream, parameters.addresses, null);
            if (result != CUresult.CUDA_SUCCESS) {
                throw launchFailure(function, gridX, gridY, threads, sharedBytes, CUresult.stringFor(result));
            }
        } catch (jcuda.CudaException thrown) {
            throw launchFailure(function, gridX, gridY, threads, sharedBytes, thrown.getMessage());
        }
    }

    // ---- waiting, events, graphs ------------------------------------------------------------------------------------------------------

    /** Waits until all queued work is done. */
    void synchronize() {
        enterEager("waiting for the device");
        check("cuStreamSynchronize", () -> cuStreamSynchronize(stream));
    }

    /** Marks this point of the stream. */
    Event record() {
        enter();
        Event event = new Event();
        check("cuEventCreate", () -> cuEventCreate(event.handle, 0));
        check("cuEventRecord", () -> cuEventRecord(event.handle, stream));
        return event;
    }

    /** Waits until the stream has passed an event. */
    void await(Event event) {
        enterEager("waiting for the device");
        check("cuEventSynchronize", () -> cuEventSynchronize(event.handle));
    }

    /** Milliseconds of device time between two events that have passed. */
    float milliseconds(Event from, Event to) {
        enter();
        float[] milliseconds = new float[1];
        check("cuEventElapsedTime", () -> cuEventElapsedTime(milliseconds, from.handle, to.handle));
        return milliseconds[0];
    }

    void destroy(Event event) {
        enter();
        check("cuEventDestroy", () -> cuEventDestroy(event.handle));
    }

    /**
     * From now on work is written down instead of done. The mode is relaxed: the arena may ask for memory and modules may be loaded meanwhile.
     */
    void beginCapture() {
        enterEager("recording a program");
        check("cuStreamBeginCapture", () -> cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED));
        capturing = true;
    }

    /** Ends what {@link #beginCapture} began and makes it ready to run. */
    Graph endCapture() {
        CUgraph graph = stopCapture();
        Graph executable = new Graph();
        try {
            check("cuGraphInstantiate", () -> cuGraphInstantiate(executable.handle, graph, 0));
        } finally {
            check("cuGraphDestroy", () -> cuGraphDestroy(graph));
        }
        return executable;
    }

    /** Forgets what {@link #beginCapture} began. */
    void abandonCapture() {
        CUgraph graph = stopCapture();
        check("cuGraphDestroy", () -> cuGraphDestroy(graph));
    }

    void launch(Graph graph) {
        enterEager("running a program");
        check("cuGraphLaunch", () -> cuGraphLaunch(graph.handle, stream));
    }

    void destroy(Graph graph) {
        enter();
        check("cuGraphExecDestroy", () -> cuGraphExecDestroy(graph.handle));
    }

    boolean closed() {
        return closed;
    }

    /** Waits for the device, then gives it back. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        enter();
        try {
            check("cuStreamSynchronize", () -> cuStreamSynchronize(stream));
        } finally {
            closed = true;
            try {
                check("cuStreamDestroy", () -> cuStreamDestroy(stream));
            } finally {
                check("cuDevicePrimaryCtxRelease", () -> cuDevicePrimaryCtxRelease(device));
            }
        }
    }

    /** The stream, for cuBLAS. */
    CUstream stream() {
        return stream;
    }

    // ---- below the calls --------------------------------------------------------------------------------------------------------------

    void enter() {
        checkThread();
        check("cuCtxSetCurrent", () -> cuCtxSetCurrent(context));
    }

    private void enterEager(String what) {
        enter();
        if (capturing) {
            throw new IllegalStateException("record: " + what + " cannot be part of a program; do it before or after");
        }
    }

    private CUgraph stopCapture() {
        enter();
        capturing = false;
        CUgraph graph = new CUgraph();
        check("cuStreamEndCapture", () -> cuStreamEndCapture(stream, graph));
        return graph;
    }

    private CudaException launchFailure(Function function, int gridX, int gridY, int threads, int sharedBytes, String error) {
        return CudaException
                .of("launch %s: grid=(%d, %d), threads=%d, shared=%d".formatted(function.name, gridX, gridY, threads, sharedBytes), error);
    }

    private static String log(ByteBuffer values) {
        byte[] text = new byte[LOG_BYTES];
        values.get(16, text);
        String first = new String(text, StandardCharsets.UTF_8).lines().findFirst().orElse("");
        int end = first.indexOf('\0');
        String line = (end < 0 ? first : first.substring(0, end)).strip();
        return line.isEmpty() ? "" : line + "; ";
    }

    private static Pointer pointer(Object array) {
        if (array instanceof float[] floats) {
            return Pointer.to(floats);
        } else if (array instanceof int[] ints) {
            return Pointer.to(ints);
        } else if (array instanceof byte[] bytes) {
            return Pointer.to(bytes);
        } else if (array instanceof double[] doubles) {
            return Pointer.to(doubles);
        }
        throw new IllegalArgumentException(
                "copy: type=" + array.getClass().getSimpleName() + ", expected float[], int[], byte[] or double[]");
    }

    /** Turns a failure into ours, whether JCuda throws it or, when other code of this process told it not to, returns it. */
    static void check(String call, IntSupplier invocation) {
        int result;
        try {
            result = invocation.getAsInt();
        } catch (jcuda.CudaException thrown) {
            throw CudaException.of(call, thrown.getMessage());
        }
        if (result != CUresult.CUDA_SUCCESS) {
            throw CudaException.of(call, CUresult.stringFor(result));
        }
    }
}
