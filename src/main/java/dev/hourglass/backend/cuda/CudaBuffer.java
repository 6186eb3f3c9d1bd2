package dev.hourglass.backend.cuda;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import java.util.Objects;

/** A range of elements in a block of device memory. */
final class CudaBuffer implements Buffer {
    private final DeviceArena.Block block;
    private final ElementType type;
    private final long offset;
    private final long length;

    private CudaBuffer(DeviceArena.Block block, ElementType type, long offset, long length) {
        this.block = block;
        this.type = type;
        this.offset = offset;
        this.length = length;
    }

    /** Returns a new buffer; an empty one takes one element. */
    static CudaBuffer allocate(DeviceArena arena, ElementType type, long length) {
        if (length < 0) {
            throw new IllegalArgumentException("allocate: length=" + length + ", expected at least 0");
        }
        return new CudaBuffer(arena.allocate(Math.multiplyExact(Math.max(1, length), type.bytes())), type, 0, length);
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public CudaBuffer slice(long from, long count) {
        Objects.checkFromIndexSize(from, count, length);
        return new CudaBuffer(block, type, offset + from, count);
    }

    /**
     * Where its first element lies on the device.
     *
     * @throws IllegalStateException when it was released
     */
    long address() {
        if (!block.live()) {
            throw new IllegalStateException("buffer: used after its release: type=" + type + ", length=" + length);
        }
        return block.address() + offset * type.bytes();
    }

    /** Its size. */
    long bytes() {
        return length * type.bytes();
    }

    /** What holds it, and its slices. */
    DeviceArena.Block block() {
        return block;
    }

    @Override
    public String toString() {
        return "CudaBuffer[" + type + ", length=" + length + ", offset=" + offset + "]";
    }
}
