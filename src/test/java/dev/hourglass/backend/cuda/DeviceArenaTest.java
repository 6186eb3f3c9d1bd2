package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The arena over a device that only counts. */
class DeviceArenaTest {
    private static final long MIB = 1 << 20;

    /** Hands out addresses downwards, so that the order of addresses is not the order of requests. */
    private static final class Counting implements DeviceArena.Source {
        private final long total;
        private final Map<Long, Long> held = new HashMap<>();
        private long next = 1L << 40;

        private Counting(long total) {
            this.total = total;
        }

        @Override
        public void checkThread() {}

        @Override
        public long allocate(long bytes) {
            if (bytes > total - held.values().stream().mapToLong(Long::longValue).sum()) {
                throw CudaException.of("cuMemAlloc", CudaException.OUT_OF_MEMORY);
            }
            next -= bytes;
            held.put(next, bytes);
            return next;
        }

        @Override
        public void free(long address) {
            assertTrue(held.remove(address) != null, "freed twice");
        }

        @Override
        public long totalBytes() {
            return total;
        }
    }

    private final Counting device = new Counting(256 * MIB);
    private final DeviceArena arena = new DeviceArena(device, DeviceArena.CHUNK_BYTES);

    @Test
    void sameSequenceGetsSameAddresses() {
        List<Long> first = sequence(new Random(5));
        assertEquals(0, arena.liveBytes());
        for (int repeat = 0; repeat < 3; repeat++) {
            assertEquals(first, sequence(new Random(5)));
        }
    }

    /** Requests and releases in an order drawn at random, with sizes up to several chunks; releases all in the end. */
    private List<Long> sequence(Random random) {
        List<Long> addresses = new ArrayList<>();
        List<DeviceArena.Block> held = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            DeviceArena.Block block = arena.allocate(i % 50 == 49 ? 40 * MIB : 1 + random.nextInt(8) * 300_000);
            assertEquals(0, block.address() % DeviceArena.ALIGNMENT);
            addresses.add(block.address());
            held.add(block);
            while (held.size() > random.nextInt(12)) {
                arena.release(held.remove(random.nextInt(held.size())));
            }
        }
        Collections.shuffle(held, random);
        held.forEach(arena::release);
        return addresses;
    }

    @Test
    void liveBlocksNeverOverlap() {
        Random random = new Random(7);
        List<DeviceArena.Block> held = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            held.add(arena.allocate(1 + random.nextInt(500_000)));
            if (held.size() > 30) {
                arena.release(held.remove(random.nextInt(held.size())));
            }
        }
        held.sort((a, b) -> Long.compare(a.address(), b.address()));
        for (int i = 1; i < held.size(); i++) {
            assertTrue(held.get(i - 1).address() + held.get(i - 1).bytes() <= held.get(i).address());
        }
    }

    @Test
    void countsLivePooledAndPeakAndNamesLeaks() {
        assertEquals("", arena.leaks());
        DeviceArena.Block one = arena.allocate(100);
        DeviceArena.Block two = arena.allocate(4096);
        DeviceArena.Block three = arena.allocate(4000);
        assertEquals(256 + 2 * 4096, arena.liveBytes());
        assertEquals(DeviceArena.CHUNK_BYTES - arena.liveBytes(), arena.pooledBytes());
        assertEquals("3 blocks live, 8.3 KiB: 2 x 4.0 KiB, 1 x 256 B", arena.leaks());
        arena.release(two);
        arena.release(three);
        assertEquals("1 block live, 256 B: 1 x 256 B", arena.leaks());
        arena.release(one);
        assertEquals("", arena.leaks());
        assertEquals(256 + 2 * 4096, arena.peakBytes());
        assertThrows(IllegalStateException.class, () -> arena.release(one));
        arena.close();
        assertEquals(Map.of(), device.held);
    }

    @Test
    void whatAProgramUsedIsNotGivenToOthersUntilItIsGone() {
        DeviceArena.Block mine = arena.allocate(1000);
        DeviceArena.Reserve reserve = arena.reserve();
        DeviceArena.Block scratch = arena.allocate(1000);
        arena.release(scratch);
        DeviceArena.Block again = arena.allocate(1000);
        assertEquals(scratch.address(), again.address(), "within a program memory is reused");
        assertThrows(IllegalStateException.class, arena::reserve);
        arena.unreserve();
        DeviceArena.Block other = arena.allocate(1000);
        assertNotEquals(scratch.address(), other.address());
        arena.release(again);
        assertNotEquals(scratch.address(), arena.allocate(1000).address(), "released after the recording, still the program's");
        arena.discard(reserve);
        assertEquals(scratch.address(), arena.allocate(1000).address());
        assertTrue(mine.live());
    }

    @Test
    void fullDeviceReturnsIdleChunksThenSaysWhatIsTaken() {
        DeviceArena.Block keep = arena.allocate(10 * MIB);
        DeviceArena.Block idle = arena.allocate(100 * MIB);
        arena.release(idle);
        DeviceArena.Block large = arena.allocate(200 * MIB);
        assertEquals(232 * MIB, device.held.values().stream().mapToLong(Long::longValue).sum());
        CudaException full = assertThrows(CudaException.class, () -> arena.allocate(60 * MIB));
        assertEquals(
                "allocate: CUDA_ERROR_OUT_OF_MEMORY: asked for 60.0 MiB with 210.0 MiB live and 22.0 MiB pooled of the device's 256.0 MiB; "
                        + "reduce the batch size, hidden sizes or number of samples",
                full.getMessage());
        arena.release(large);
        arena.release(keep);
        assertEquals(60 * MIB, arena.allocate(60 * MIB).bytes());
    }

    @Test
    void separateBlocksAreAllocationsOfTheirOwn() {
        DeviceArena separate = new DeviceArena(device, 0);
        DeviceArena.Block block = separate.allocate(1001);
        separate.allocate(3);
        assertEquals(List.of(3L, 1001L), device.held.values().stream().sorted().toList());
        separate.release(block);
        assertEquals(block.address(), separate.allocate(1001).address());
    }

    @Test
    void refusesNonsense() {
        assertThrows(IllegalArgumentException.class, () -> arena.allocate(0));
        assertThrows(ArithmeticException.class, () -> arena.allocate(Long.MAX_VALUE));
    }
}
