package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training watched, stopped and gone on with. */
class TrainingTest {
    private static final Dataset DATA = Dataset.of(AutoencoderTest.rows(400, 6, 3));

    @TempDir
    Path folder;

    private ModelBuilder model(String name, int epochs) {
        return Hourglass.vae().hidden(10).latent(2).batch(32).epochs(epochs).seed(4).device("cpu").threads(1)
                .runFolder(folder.resolve(name));
    }

    /** Stops in the middle of an epoch. */
    private static TrainingListener stopsIn(int epoch, int step) {
        return new TrainingListener() {
            @Override
            public void step(Training training, int now, int done, int steps) {
                if (now == epoch && done == step) {
                    training.stop();
                }
            }
        };
    }

    @Test
    void stoppedAndResumedIsNeverStopped() throws IOException {
        model("whole", 4).fit(DATA).close();
        Training stopped = model("stopped", 4).listener(stopsIn(3, 5)).training(DATA);
        stopped.run().close();
        assertEquals(2, stopped.history().size());
        assertTrue(stopped.reason().contains("stopped"), stopped.reason());
        Training resumed = Training.resume(folder.resolve("stopped"), Examples.of(DATA), 0);
        resumed.run().close();
        for (String name : List.of("best/model.safetensors", "last/model.safetensors", "last/trainer.safetensors", "config.json")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("whole").resolve(name)),
                    Files.readAllBytes(folder.resolve("stopped").resolve(name)), name);
        }
    }

    @Test
    void aRunJudgedByDataOfItsOwnGoesOnWithThem() throws IOException {
        Dataset held = Dataset.of(AutoencoderTest.rows(60, 6, 5));
        model("whole", 4).fit(DATA, held).close();
        model("stopped", 4).listener(stopsIn(3, 5)).fit(DATA, held).close();
        Path stopped = folder.resolve("stopped");
        String missing = assertThrows(RuntimeException.class, () -> Training.resume(stopped, Examples.of(DATA), 0)).getMessage();
        assertTrue(
                missing.endsWith("provenance.json: the run was judged by validation data of its own, and none are given, expected the same"
                        + " ones; give them to resume beside the training data"),
                missing);
        Examples other = Examples.of(Dataset.of(AutoencoderTest.rows(60, 6, 6)));
        String changed = assertThrows(RuntimeException.class, () -> Training.resume(stopped, Examples.of(DATA), other, 0)).getMessage();
        assertTrue(changed.contains("the validation data ") && changed.contains("they changed since the run began"), changed);
        Training.resume(stopped, Examples.of(DATA), Examples.of(held), 0).run().close();
        for (String name : List.of("best/model.safetensors", "last/model.safetensors", "last/trainer.safetensors", "config.json")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("whole").resolve(name)), Files.readAllBytes(stopped.resolve(name)), name);
        }
        model("split", 1).fit(DATA).close();
        assertThrows(RuntimeException.class, () -> Training.resume(folder.resolve("split"), Examples.of(DATA), Examples.of(held), 3));
    }

    @Test
    void anInterruptedThreadStopsAndStaysInterrupted() throws InterruptedException {
        AtomicReference<String> outcome = new AtomicReference<>();
        Thread[] thread = new Thread[1];
        Training training = model("interrupted", 1000).listener(new TrainingListener() {
            @Override
            public void epoch(Training running, EpochResult result) {
                if (result.epoch() == 2) {
                    thread[0].interrupt();
                }
            }
        }).training(DATA);
        thread[0] = new Thread(() -> {
            try (Autoencoder model = training.run()) {
                model.save(folder.resolve("saved"));
                Autoencoder.load(folder.resolve("saved"), "cpu").close();
            }
            outcome.set("interrupted: " + Thread.currentThread().isInterrupted());
        });
        thread[0].start();
        thread[0].join();
        assertEquals("interrupted: true", outcome.get());
        assertTrue(training.history().size() >= 2 && training.history().size() < 1000, training.reason());
        assertEquals(training.history().size(), dev.hourglass.train.SavedRun.open(folder.resolve("interrupted")).history().size());
    }

    @Test
    void stoppedBeforeAnEpochIsDoneThereIsNoModel() {
        Training training = model("nothing", 3).listener(stopsIn(1, 2)).training(DATA);
        String none = assertThrows(IllegalStateException.class, training::run).getMessage();
        assertTrue(none.contains("stopped in epoch 1, so there is no model yet"), none);
        assertTrue(!Files.exists(folder.resolve("nothing")), "nothing is left behind");
        assertThrows(IllegalArgumentException.class, training::run);
    }

    @Test
    void listenersAreToldEveryStepAndEpoch() {
        List<String> told = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void step(Training training, int epoch, int done, int steps) {
                told.add(epoch + ":" + done + "/" + steps);
            }

            @Override
            public void epoch(Training training, EpochResult result) {
                told.add("epoch " + result.epoch() + " " + result.training().containsKey("loss") + " "
                        + result.validation().containsKey("loss"));
            }
        };
        Hourglass.vae().hidden(10).latent(2).batch(200).epochs(2).device("cpu").listener(listener).fit(DATA).close();
        assertEquals(List.of("1:1/2", "1:2/2", "epoch 1 true true", "2:1/2", "2:2/2", "epoch 2 true true"), told);
    }

    @Test
    void aListenerThatFailsEndsTheTrainingWithItsOwnException() {
        ModelBuilder builder = model("failed", 3).listener(new TrainingListener() {
            @Override
            public void epoch(Training training, EpochResult result) {
                throw new IllegalCallerException("mine");
            }
        });
        assertEquals("mine", assertThrows(IllegalCallerException.class, () -> builder.fit(DATA)).getMessage());
    }

    @Test
    void otherDataAreRefusedOnResume() {
        model("run", 1).fit(DATA).close();
        Dataset other = Dataset.of(AutoencoderTest.rows(400, 6, 9));
        String refused = assertThrows(RuntimeException.class, () -> Training.resume(folder.resolve("run"), Examples.of(other), 3))
                .getMessage();
        assertTrue(refused.contains("they changed since the run began"), refused);
    }

    @Test
    void aRunThatEarlyStoppingEndedIsOver() {
        model("over", 500).earlyStopping(1).learningRate(0.05).fit(DATA).close();
        String refused = assertThrows(IllegalArgumentException.class, () -> Training.resume(folder.resolve("over"), Examples.of(DATA), 900))
                .getMessage();
        assertTrue(refused.contains("early stopping ended this run"), refused);
    }

    @Test
    void aTimeBudgetEndsIt() {
        Training training = Hourglass.vae().hidden(10).latent(2).batch(8).epochs(1_000_000).timeBudget(0.5).device("cpu").training(DATA);
        training.run().close();
        assertTrue(training.history().size() < 1_000_000 && training.reason().contains("time"), training.reason());
    }
}
