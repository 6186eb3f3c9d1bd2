package dev.hourglass.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Autoencoder;
import dev.hourglass.EpochResult;
import dev.hourglass.Hourglass;
import dev.hourglass.Training;
import dev.hourglass.TrainingListener;
import dev.hourglass.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run is not lost by whoever kills its training, nor disturbed by whoever reads it. */
class KilledRunsTest {
    private static final int READERS = 16;
    private static final int READS = 50;
    private static final int ROWS = 40;

    @TempDir
    Path folder;

    @Test
    void killedTrainingsEndWithTheBytesOfAnUndisturbedOne() throws IOException, InterruptedException {
        try (KilledRuns killed = new KilledRuns(folder, 20, 1, 1)) {
            killed.kill(3);
            assertEquals(List.of(), killed.faults());
            assertTrue(killed.runs() >= 1);
        }
    }

    @Test
    void sixteenReadersBesideAWriter() throws InterruptedException {
        float[][] rows = new float[ROWS][3];
        for (int i = 0; i < ROWS; i++) {
            rows[i] = new float[] {i, i % 7, i * i % 11};
        }
        Path run = folder.resolve("run");
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger reads = new AtomicInteger();
        List<String> faults = Collections.synchronizedList(new ArrayList<>());
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(new Thread(() -> {
                while (!over.get()) {
                    if (!Files.exists(run)) {
                        Thread.onSpinWait();
                        continue;
                    }
                    try (Autoencoder model = Autoencoder.load(run, "cpu")) {
                        reads.addAndGet(model.encode(rows).length == ROWS && !model.history().isEmpty() ? 1 : 0);
                    } catch (RuntimeException failed) {
                        faults.add(failed.toString());
                    }
                }
            }));
        }
        readers.forEach(Thread::start);
        // There were many reads and many saves, however slow the machine is.
        TrainingListener enough = new TrainingListener() {
            @Override
            public void epoch(Training training, EpochResult result) {
                if (result.epoch() >= 20 && reads.get() >= READS || !faults.isEmpty()) {
                    training.stop();
                }
            }
        };
        try {
            Hourglass.vae().hidden(5).latent(2).batch(20).epochs(100_000).seed(4).device("cpu").threads(1).runFolder(run).listener(enough)
                    .fit(Dataset.of(rows)).close();
        } finally {
            over.set(true);
        }
        for (Thread reader : readers) {
            reader.join();
        }
        assertEquals(List.of(), List.copyOf(faults));
        assertTrue(reads.get() >= READS && SavedRun.open(run).history().size() >= 20, reads + " reads");
    }
}
