package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Program;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.testkit.Backends;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** One model, many threads: each gets what it would get alone, bit for bit. */
class ThreadsTest {
    private static final int THREADS = 8;
    private static final int CALLS = 20_000;
    private static final float[][] ROWS = AutoencoderTest.rows(64, 6, 2);

    @Test
    void everyThreadGetsWhatItWouldGetAlone() throws Exception {
        try (Autoencoder model = Hourglass.vae().hidden(8).latent(2).epochs(2).device("cpu").fit(ROWS)) {
            Scorer scorer = model.scorer().with(ScoreKind.NEGATIVE_LOG_LIKELIHOOD, 5, 3);
            float[][] codes = model.encode(ROWS);
            float[][] means = model.reconstruct(ROWS);
            double[] scores = scorer.score(ROWS);
            float[][] drawn = model.sample(3, 11);
            together(thread -> {
                for (int call = 0; call < CALLS; call++) {
                    int row = (call * 7 + thread) % ROWS.length;
                    switch (call % 4) {
                        case 0 -> assertArrayEquals(codes[row], model.encode(ROWS[row]));
                        case 1 -> assertArrayEquals(means[row], model.reconstruct(ROWS[row]));
                        case 2 -> assertEquals(scores[row], scorer.score(ROWS[row]));
                        default -> assertArrayEquals(drawn, model.sample(3, 11));
                    }
                }
            });
        }
    }

    /** On a GPU calls queue for the thread that owns it. */
    @Test
    void aGpuIsSharedByQueueing() throws Exception {
        Assumptions.assumeTrue(Backends.enabled().contains(Backends.Kind.CUDA_EMULATED), "the emulated driver alone");
        Backends.open(Backends.Kind.CUDA_EMULATED).close();
        try (Autoencoder model = Hourglass.vae().hidden(8).latent(2).epochs(1).device("cuda").fit(ROWS)) {
            assertTrue(model.toString().contains("cuda:0"), model.toString());
            Scorer scorer = model.scorer().with(ScoreKind.NEGATIVE_LOG_LIKELIHOOD, 5, 3);
            float[][] codes = model.encode(ROWS);
            float[][] means = model.reconstruct(ROWS);
            double[] scores = scorer.score(ROWS);
            together(thread -> {
                for (int call = 0; call < 12; call++) {
                    int row = (call * 7 + thread) % ROWS.length;
                    assertArrayEquals(codes[row], model.encode(ROWS[row]));
                    assertArrayEquals(means[row], model.reconstruct(ROWS[row]));
                    assertEquals(scores[row], scorer.score(ROWS[row]));
                }
            });
        }
    }

    @Test
    void manyRowsAtOnceAreSharedOut() throws Exception {
        float[][] many = AutoencoderTest.rows(5000, 6, 4);
        try (Autoencoder model = Hourglass.denoisingVae().hidden(8).latent(2).epochs(1).device("cpu").fit(ROWS)) {
            double[] scores = model.score(many);
            float[][] codes = model.encode(many);
            together(thread -> {
                assertArrayEquals(scores, model.score(many));
                assertArrayEquals(codes, model.encode(many));
            });
        }
    }

    /** After a while a call takes what the call before it took: no tape, no workspace, nothing that grows. */
    @Test
    void callsTakeNoMoreThanTheOnesBefore() {
        try (Autoencoder model = Hourglass.vae().hidden(8).latent(2).epochs(1).device("cpu").fit(ROWS)) {
            Scorer scorer = model.scorer();
            Runnable calls = () -> {
                for (int call = 0; call < 500; call++) {
                    model.encode(ROWS[call % ROWS.length]);
                    scorer.score(ROWS[call % ROWS.length]);
                }
            };
            calls.run();
            long first = allocated(calls);
            long second = allocated(calls);
            assertTrue(second <= first + 10_000, first + " bytes, then " + second);
        }
    }

    private static long allocated(Runnable work) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** What two threads would spoil in silence is refused. */
    @Test
    void aCpuDeviceRunsOneProgramAtATime() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Backend backend = new CpuBackend(1)) {
            Program slow = backend.record(() -> {
                inside.countDown();
                try {
                    done.await();
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
            });
            Program quick = backend.record(() -> {});
            Future<?> running = other.submit(slow::run);
            inside.await();
            String refused = assertThrows(IllegalStateException.class, quick::run).getMessage();
            assertTrue(refused.startsWith("cpu device: a program of it runs already"), refused);
            done.countDown();
            running.get();
            quick.run();
            slow.close();
            quick.close();
        } finally {
            other.shutdownNow();
        }
    }

    private interface Work {
        void of(int thread) throws Exception;
    }

    private static void together(Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                tasks.add(() -> {
                    work.of(number);
                    return null;
                });
            }
            for (Future<Void> future : pool.invokeAll(tasks)) {
                future.get();
            }
        } finally {
            pool.shutdown();
        }
    }
}
