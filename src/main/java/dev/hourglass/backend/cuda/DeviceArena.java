package dev.hourglass.backend.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/**
 * Device memory in blocks of multiples of 256 bytes, cut from large chunks that are asked of the driver.
 *
 * <p>A released block waits in a list of its size and serves the next request of that size, the oldest block first. So the same sequence of
 * requests and releases, begun when all is released, is given the same addresses. One stream orders all work, therefore a block can serve
 * again while a kernel that reads it is still queued.
 *
 * <p>A captured program writes its blocks whenever it is replayed. What it takes and releases between {@link #reserve} and {@link #unreserve}
 * stays its own until {@link #discard}; live blocks that others hold are never given to it.
 */
final class DeviceArena implements AutoCloseable {
    static final long ALIGNMENT = 256;
    static final long CHUNK_BYTES = 32L << 20;

    /** Where chunks come from. */
    interface Source {
        /** Throws IllegalStateException on a thread that does not own the device. */
        void checkThread();

        /** Returns the address of new device memory, or throws a CudaException. */
        long allocate(long bytes);

        void free(long address);

        long totalBytes();
    }

    /** A piece of device memory; equal only to itself. */
    static final class Block {
        private final Chunk chunk;
        private final long address;
        private final long bytes;
        private final long order;
        private Reserve home;
        private boolean live;

        private Block(Chunk chunk, long address, long bytes, long order) {
            this.chunk = chunk;
            this.address = address;
            this.bytes = bytes;
            this.order = order;
        }

        long address() {
            return address;
        }

        long bytes() {
            return bytes;
        }

        boolean live() {
            return live;
        }
    }

    /** Released blocks that serve one captured program, or everyone. */
    static final class Reserve {
        private final Map<Long, PriorityQueue<Block>> free = new HashMap<>();
        private boolean discarded;

        private Block poll(long bytes) {
            PriorityQueue<Block> blocks = free.get(bytes);
            return blocks == null ? null : blocks.poll();
        }

        private void add(Block block) {
            block.home = this;
            free.computeIfAbsent(block.bytes, size -> new PriorityQueue<>(Comparator.comparingLong((Block b) -> b.order))).add(block);
        }
    }

    private static final class Chunk {
        private final long address;
        private final long bytes;
        private long used;
        /** Blocks of it that are live or reserved. */
        private int taken;

        private Chunk(long address, long bytes) {
            this.address = address;
            this.bytes = bytes;
        }
    }

    private final Source source;
    private final long leastChunk;
    private final Reserve common = new Reserve();
    private final List<Chunk> chunks = new ArrayList<>();
    private final Set<Block> live = new LinkedHashSet<>();
    private Reserve current = common;
    private long order;
    private long liveBytes;
    private long peakBytes;
    private long chunkBytes;

    /**
     * An arena that asks for chunks of at least that size.
     *
     * @param leastChunk 0 makes every block an allocation of its own, of the bytes asked for: then what runs past its end is seen by
     *                   compute-sanitizer and by the emulated driver
     */
    DeviceArena(Source source, long leastChunk) {
        this.source = source;
        this.leastChunk = leastChunk;
    }

    /** An arena for a device; {@code -Dhourglass.cuda.separate=true} makes every block an allocation of its own, to find overruns. */
    DeviceArena(Driver driver) {
        this(driver, Boolean.getBoolean("hourglass.cuda.separate") ? 0 : CHUNK_BYTES);
    }

    /**
     * Returns a block of at least that many bytes; what it holds is undefined.
     *
     * @throws CudaException when the device has no room, saying what is live, what is pooled and what to reduce
     */
    Block allocate(long bytes) {
        source.checkThread();
        if (bytes <= 0) {
            throw new IllegalArgumentException("allocate: bytes=" + bytes + ", expected more than 0");
        }
        long size = leastChunk == 0 ? bytes : Math.addExact(bytes, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        Block block = current.poll(size);
        if (block == null) {
            block = common.poll(size);
            if (block == null) {
                block = cut(size);
            }
            block.chunk.taken++;
        } else if (current == common) {
            block.chunk.taken++;
        }
        block.home = current;
        block.live = true;
        live.add(block);
        liveBytes += size;
        peakBytes = Math.max(peakBytes, liveBytes);
        return block;
    }

    /** Takes a block back. */
    void release(Block block) {
        source.checkThread();
        if (!block.live) {
            throw new IllegalStateException("release: already released: bytes=" + block.bytes);
        }
        block.live = false;
        live.remove(block);
        liveBytes -= block.bytes;
        giveTo(current != common ? current : block.home.discarded ? common : block.home, block);
    }

    /** From now on what is allocated and released is kept for one program. */
    Reserve reserve() {
        if (current != common) {
            throw new IllegalStateException("record: a program is being recorded already");
        }
        current = new Reserve();
        return current;
    }

    /** Ends what {@link #reserve} began. */
    void unreserve() {
        current = common;
    }

    /** The program of this reserve is gone: its blocks serve everyone. */
    void discard(Reserve reserve) {
        source.checkThread();
        reserve.discarded = true;
        reserve.free.values().forEach(blocks -> blocks.forEach(block -> giveTo(common, block)));
        reserve.free.clear();
    }

    /** Bytes allocated and not released. */
    long liveBytes() {
        return liveBytes;
    }

    /** Bytes held of the device and not live. */
    long pooledBytes() {
        return chunkBytes - liveBytes;
    }

    /** The most bytes that were live at once. */
    long peakBytes() {
        return peakBytes;
    }

    /** Live blocks by size, such as {@code 3 blocks live, 8.5 KiB: 2 x 4.0 KiB, 1 x 512 B}; empty when there are none. */
    String leaks() {
        if (live.isEmpty()) {
            return "";
        }
        Map<Long, Integer> counts = new TreeMap<>(Comparator.reverseOrder());
        live.forEach(block -> counts.merge(block.bytes, 1, Integer::sum));
        StringBuilder text = new StringBuilder();
        counts.forEach((bytes, count) -> text.append(text.isEmpty() ? "" : ", ").append(count).append(" x ").append(Bytes.text(bytes)));
        return "%d block%s live, %s: %s".formatted(live.size(), live.size() == 1 ? "" : "s", Bytes.text(liveBytes), text);
    }

    /** Gives every chunk back to the driver, live blocks too. */
    @Override
    public void close() {
        for (Chunk chunk : chunks) {
            source.free(chunk.address);
        }
        chunks.clear();
        chunkBytes = 0;
    }

    private void giveTo(Reserve reserve, Block block) {
        reserve.add(block);
        if (reserve == common) {
            block.chunk.taken--;
        }
    }

    private Block cut(long size) {
        Chunk chunk = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
        if (chunk == null || chunk.bytes - chunk.used < size) {
            chunk = newChunk(size);
        }
        Block block = new Block(chunk, chunk.address + chunk.used, size, order++);
        chunk.used += size;
        return block;
    }

    private Chunk newChunk(long size) {
        long bytes = Math.max(size, leastChunk);
        long address;
        try {
            address = source.allocate(bytes);
        } catch (CudaException full) {
            if (!full.outOfMemory()) {
                throw full;
            }
            trim();
            bytes = size;
            address = allocateExactly(size);
        }
        Chunk chunk = new Chunk(address, bytes);
        // The open chunk is the last one; a large block's own chunk is full and goes before it.
        chunks.add(bytes == size && !chunks.isEmpty() ? chunks.size() - 1 : chunks.size(), chunk);
        chunkBytes += bytes;
        return chunk;
    }

    private long allocateExactly(long size) {
        try {
            return source.allocate(size);
        } catch (CudaException full) {
            if (!full.outOfMemory()) {
                throw full;
            }
            throw new CudaException("allocate", CudaException.OUT_OF_MEMORY,
                    "asked for %s with %s live and %s pooled of the device's %s; reduce the batch size, hidden sizes or number of samples"
                            .formatted(Bytes.text(size), Bytes.text(liveBytes), Bytes.text(pooledBytes()),
                                    Bytes.text(source.totalBytes())));
        }
    }

    /** Gives chunks without live or reserved blocks back to the driver; not while recording, when the driver must not wait. */
    private void trim() {
        if (current != common) {
            return;
        }
        for (Chunk chunk : List.copyOf(chunks)) {
            if (chunk.taken == 0) {
                common.free.values().forEach(blocks -> blocks.removeIf(block -> block.chunk == chunk));
                source.free(chunk.address);
                chunks.remove(chunk);
                chunkBytes -= chunk.bytes;
            }
        }
    }
}
