package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ParallelTest {
    @Test
    void everyTaskRunsOnceOnAWorkerOfTheCrew() {
        try (Parallel parallel = new Parallel(3)) {
            for (int round = 0; round < 2000; round++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(round % 40);
                parallel.run(runs.length(), (task, worker) -> {
                    assertTrue(worker >= 0 && worker < 3, "worker=" + worker);
                    runs.incrementAndGet(task);
                });
                for (int i = 0; i < runs.length(); i++) {
                    assertEquals(1, runs.get(i), "round " + round + " task " + i);
                }
            }
        }
    }

    /** The first task of a stretch waits until all others are done: its neighbour too, which only the other worker can do. */
    @Test
    @Timeout(20)
    void whoIsDoneHelpsTheOthers() {
        try (Parallel parallel = new Parallel(2)) {
            for (int held : new int[] {0, 2}) {
                CountDownLatch others = new CountDownLatch(3);
                parallel.run(4, (task, worker) -> {
                    if (task == held) {
                        await(others);
                    } else {
                        others.countDown();
                    }
                });
                assertEquals(0, others.getCount(), "held " + held);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void piecesCoverTheRangeAndSumsDoNotDependOnThreads() {
        double[] sums = new double[4];
        for (int threads = 1; threads <= 3; threads++) {
            try (Parallel parallel = new Parallel(threads)) {
                sums[threads] = parallel.sum(1001, 10, (from, to) -> {
                    double sum = 0;
                    for (int i = from; i < to; i++) {
                        sum += 1.0 / (i + 1);
                    }
                    return sum;
                });
            }
        }
        assertEquals(7.4864698615493459116575167, sums[1], 1e-13);
        assertEquals(sums[1], sums[2], "two threads");
        assertEquals(sums[1], sums[3], "three threads");
    }

    @Test
    void aFailureReachesTheCallerAndTheCrewLivesOn() {
        try (Parallel parallel = new Parallel(2)) {
            IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> parallel.run(8, (task, worker) -> {
                throw new IllegalArgumentException("task failed");
            }));
            assertEquals("task failed", failure.getMessage());
            assertThrows(IllegalStateException.class, () -> parallel.run(1, (task, worker) -> parallel.run(1, (inner, index) -> {})));
            assertEquals(3, parallel.sum(3, 1, (from, to) -> 1));
        }
    }

    @Test
    void threadsMustBePositive() {
        assertThrows(IllegalArgumentException.class, () -> new Parallel(0));
    }
}
