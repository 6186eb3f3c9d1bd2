package dev.hourglass.backend.cuda;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import java.util.EnumMap;

/**
 * Begins launches of kernels on grids that suit their size, and holds the scratch memory of those that need some. Scratch memory is taken once
 * and never moves, so that a recorded program may use it; one stream orders all work, so launches take turns with it.
 */
final class Launches implements AutoCloseable {
    static final int THREADS = 256;
    /** The most elements of one launch: kernels index with 32-bit integers and room for a stride. */
    static final long MOST_ELEMENTS = 1L << 30;
    /** Floats of scratch memory. */
    static final int PARTIALS = 4 << 20;
    /** Counters of blocks that have finished; zero between launches. */
    static final int COUNTERS = 4096;
    /**
     * Blocks for each multiprocessor in an elementwise launch. Eight are resident at once at best; with many times that the last ones to
     * finish leave little of the device idle.
     */
    private static final int BLOCKS_PER_PROCESSOR = 64;

    private final Driver driver;
    private final DeviceArena arena;
    private final PtxModules modules;
    private final Launch launch;
    private final EnumMap<Kernel, Driver.Function> functions = new EnumMap<>(Kernel.class);
    private final CudaBuffer partials;
    private final CudaBuffer counters;

    Launches(Driver driver, DeviceArena arena) {
        this.driver = driver;
        this.arena = arena;
        modules = new PtxModules(driver, Kernel.files());
        launch = new Launch(driver);
        partials = CudaBuffer.allocate(arena, ElementType.FLOAT32, PARTIALS);
        counters = CudaBuffer.allocate(arena, ElementType.INT32, COUNTERS);
        driver.fill(counters.address(), 0, COUNTERS);
    }

    /** Begins a launch of one block of {@link #THREADS}. */
    Launch of(Kernel kernel) {
        return launch.kernel(function(kernel)).block(THREADS);
    }

    /** Loads every kernel that is not loaded yet and returns how many there are. */
    int loadKernels() {
        for (Kernel kernel : Kernel.values()) {
            function(kernel);
        }
        return functions.size();
    }

    private Driver.Function function(Kernel kernel) {
        return functions.computeIfAbsent(kernel, missing -> modules.function(missing.entry()));
    }

    /** Begins a launch with a thread for each of {@code items}, up to what fills the device many times over; kernels stride over the rest. */
    Launch of(Kernel kernel, long items) {
        long blocks = Math.min(ceilDiv(items, (long) THREADS), (long) BLOCKS_PER_PROCESSOR * processors());
        return of(kernel).grid((int) Math.max(1, blocks));
    }

    /** Returns the multiprocessors of the device. */
    int processors() {
        return driver.info().processors();
    }

    /** Returns the blocks of a launch whose threads stride over long work: twice what is resident at once, so that none waits for a straggler. */
    int mostBlocks() {
        return 16 * processors();
    }

    /** Returns [{@link #PARTIALS}] floats that a launch may fill and the next one may read. */
    CudaBuffer partials() {
        return partials;
    }

    /** Returns [{@link #COUNTERS}] integers, zero before and after each launch. */
    CudaBuffer counters() {
        return counters;
    }

    /** Returns a buffer of ours as what it is. */
    static CudaBuffer own(Buffer buffer) {
        return (CudaBuffer) buffer;
    }

    /** Returns the length of a buffer as a kernel takes it. */
    static int length(Buffer buffer) {
        return elements(buffer.length());
    }

    /** Returns rows times columns as a kernel takes it. */
    static int elements(int rows, long columns) {
        return elements(Math.multiplyExact(rows, columns));
    }

    private static int elements(long count) {
        if (count > MOST_ELEMENTS) {
            throw new IllegalArgumentException(
                    "cuda: too many elements for one kernel: elements=" + count + ", expected at most " + MOST_ELEMENTS
                            + "; use a smaller batch or fewer samples");
        }
        return (int) count;
    }

    /** Returns a / b rounded up. */
    static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }

    /** Returns a / b rounded up. */
    static long ceilDiv(long a, long b) {
        return (a + b - 1) / b;
    }

    /** Returns a truth value as kernels take it. */
    static int flag(boolean value) {
        return value ? 1 : 0;
    }

    @Override
    public void close() {
        arena.release(partials.block());
        arena.release(counters.block());
        launch.close();
        modules.close();
    }
}
