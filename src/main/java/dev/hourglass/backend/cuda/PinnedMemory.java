package dev.hourglass.backend.cuda;

import java.nio.ByteBuffer;

/** Host memory that the device reads and writes directly, at a fixed address; what asynchronous copies need. */
final class PinnedMemory implements AutoCloseable {
    private final Driver driver;
    private final long address;
    private ByteBuffer buffer;

    PinnedMemory(Driver driver, long address, ByteBuffer buffer) {
        this.driver = driver;
        this.address = address;
        this.buffer = buffer;
    }

    long address() {
        return address;
    }

    /** The memory, in the machine's byte order. */
    ByteBuffer buffer() {
        if (buffer == null) {
            throw new IllegalStateException("pinned memory: already closed");
        }
        return buffer;
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer = null;
            driver.unpin(address);
        }
    }
}
