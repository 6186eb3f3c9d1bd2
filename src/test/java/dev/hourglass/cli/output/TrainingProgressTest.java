package dev.hourglass.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.cli.Result;
import dev.hourglass.data.Examples;
import dev.hourglass.data.digits.SyntheticDigits;
import dev.hourglass.model.Model;
import dev.hourglass.model.Presets;
import dev.hourglass.model.loss.Term;
import dev.hourglass.train.EpochReport;
import dev.hourglass.train.Listener;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The time that a training says is left, by a clock on which every epoch takes 70 seconds. */
class TrainingProgressTest {
    private static final long EPOCH = 70_000_000_000L;

    @TempDir
    static Path folder;

    /** What stands at the end of each epoch's line, after the losses. */
    private static List<String> ends(TrainingSettings settings, int epochsBefore) {
        AtomicLong now = new AtomicLong(5);
        Listener time = new Listener() {
            @Override
            public void epoch(Trainer trainer, EpochReport report) {
                now.addAndGet(EPOCH);
            }
        };
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        TrainingProgress progress = new TrainingProgress(new PrintStream(told, true, StandardCharsets.UTF_8), false, now::get);
        Examples examples = new Examples(SyntheticDigits.generate(20, 1), null);
        try (Backend backend = new CpuBackend(1);
             Model model = ModelBuilder.from(Presets.named("vae")).hidden(4).latent(1).create(backend, examples, 0);
             Trainer trainer = new Trainer(model, settings, examples, null, List.of(time, progress))) {
            for (int i = 0; i < epochsBefore; i++) {
                trainer.runEpoch();
            }
            trainer.run();
        }
        return told.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceAll("^epoch .*\\)(  best)?", "").strip()).toList();
    }

    private static TrainingSettings epochs(int epochs) {
        return TrainingSettings.defaults().withEpochs(epochs);
    }

    @Test
    void everyLineButTheLastSaysTheTimeLeft() {
        assertEquals(List.of("3 min 30 s left", "2 min 20 s left", "1 min 10 s left", ""), ends(epochs(4), 0));
        assertEquals(List.of(""), ends(epochs(1), 0), "a single epoch");
    }

    @Test
    void aTrainingThatGoesOnCountsItsOwnEpochsOnly() {
        assertEquals(List.of("1 min 10 s left", ""), ends(epochs(4), 2));
    }

    @Test
    void aTimeBudgetEndsAfterTheEpochInWhichItPasses() {
        List<String> ends = ends(epochs(10).withTimeBudget(150), 0);
        assertEquals(List.of("2 min 20 s left", "1 min 10 s left", ""), ends.subList(0, 3));
    }

    @Test
    void earlyStoppingMayEndItBefore() {
        List<String> ends = ends(epochs(3).withEarlyStopping(new TrainingSettings.EarlyStopping(Term.LOSS, 50, 0)), 0);
        assertEquals(List.of("at most 2 min 20 s left", "at most 1 min 10 s left", ""), ends);
    }

    @Test
    void theCommandPrintsIt() {
        Result result = Result.of("train", "--data", "digits:60", "--hidden", "4", "--epochs", "2", "--device", "cpu", "--threads", "1",
                "--out",
                folder.resolve("run").toString());
        List<String> lines = result.err().lines().filter(line -> line.startsWith("epoch ")).toList();
        assertTrue(lines.get(0).matches("epoch 1/2  .*  \\d+ s left"), lines.get(0));
        assertTrue(lines.get(1).startsWith("epoch 2/2  ") && !lines.get(1).contains("left"), lines.get(1));
    }

    @Test
    void aSmallBarShowsTheWholeTraining() {
        assertEquals("all [          ] 0 %", TrainingProgress.whole(0.001));
        assertEquals("all [====      ] 41 %", TrainingProgress.whole(0.419));
        assertEquals("all [==========] 100 %", TrainingProgress.whole(1));
    }

    @ParameterizedTest
    @CsvSource({"0.01,1 s", "8,8 s", "59.2,1 min 0 s", "200,3 min 20 s", "3599,59 min 59 s", "3599.5,1 h 0 min", "7441,2 h 5 min",
        "360000,100 h 0 min"})
    void durationsAreRoundedUp(double seconds, String words) {
        assertEquals(words, TrainingProgress.duration(seconds));
    }
}
