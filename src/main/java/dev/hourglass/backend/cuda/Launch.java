package dev.hourglass.backend.cuda;

import java.nio.ByteBuffer;

/**
 * Launches kernels, one after another, without allocating: every launch writes its parameters into the same pinned block, which the driver
 * has copied when the launch returns.
 *
 * <pre>{@code launch.kernel(function).grid(blocks).block(256).pointer(x).integer(n).real(0.5f).run();}</pre>
 */
final class Launch implements AutoCloseable {
    private static final int DEFAULT_SHARED = 48 << 10;

    private final Driver driver;
    private final Driver.Parameters parameters;
    private final ByteBuffer values;
    private Driver.Function function;
    private int gridX;
    private int gridY;
    private int threads;
    private int sharedBytes;
    private int count;

    Launch(Driver driver) {
        this.driver = driver;
        parameters = driver.parameters();
        values = parameters.values();
    }

    /** Begins a launch; until said otherwise of one block of 256 threads. */
    Launch kernel(Driver.Function kernel) {
        function = kernel;
        gridX = 1;
        gridY = 1;
        threads = 256;
        sharedBytes = 0;
        count = 0;
        return this;
    }

    Launch grid(int blocks) {
        return grid(blocks, 1);
    }

    Launch grid(int x, int y) {
        gridX = x;
        gridY = y;
        return this;
    }

    /** Threads of a block: a multiple of 32, at most 1024. */
    Launch block(int size) {
        threads = size;
        return this;
    }

    /** Bytes of dynamic shared memory. */
    Launch shared(int bytes) {
        sharedBytes = bytes;
        return this;
    }

    /** The next parameter, a device address; 0 is null. */
    Launch pointer(long address) {
        return wide(address);
    }

    /** The next parameter, the address of a buffer; null is null. */
    Launch pointer(CudaBuffer buffer) {
        return wide(buffer == null ? 0 : buffer.address());
    }

    /** The next parameter, 32-bit. */
    Launch integer(int value) {
        values.putInt(8 * count++, value);
        return this;
    }

    /** The next parameter, float32. */
    Launch real(float value) {
        values.putFloat(8 * count++, value);
        return this;
    }

    /** The next parameter, 64-bit. */
    Launch wide(long value) {
        values.putLong(8 * count++, value);
        return this;
    }

    /** Queues the kernel. */
    void run() {
        if (sharedBytes > DEFAULT_SHARED) {
            driver.allowShared(function, sharedBytes);
        }
        driver.launch(function, gridX, gridY, threads, sharedBytes, parameters);
    }

    @Override
    public void close() {
        parameters.close();
    }
}
