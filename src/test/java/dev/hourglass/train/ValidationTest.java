package dev.hourglass.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Autoencoder;
import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.Training;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A wild row among those to judge by is named and left out; the training goes on. */
class ValidationTest {
    private static final List<String> NAMES = List.of("temp", "press", "hum");

    @TempDir
    Path folder;

    private static float[][] rows(int count, long seed) {
        Random random = new Random(seed);
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            float common = (float) random.nextGaussian();
            rows[i] = new float[] {20 + 5 * common, 1000 + 30 * common + (float) random.nextGaussian(),
                50 + 4 * (float) random.nextGaussian()};
        }
        return rows;
    }

    private static Dataset named(float[][] rows, String source) {
        return Dataset.of(rows).withColumnNames(NAMES).withSource(source);
    }

    private static ModelBuilder model(int epochs) {
        return Hourglass.vae().hidden(8).latent(2).batch(32).epochs(epochs).seed(1).device("cpu").threads(1);
    }

    private static Training training(ModelBuilder model, float[][] validation) {
        return model.training(Examples.of(named(rows(200, 1), "train.csv")), Examples.of(named(validation, "held.csv")));
    }

    @Test
    void wildRowsAreNamedAndLeftOut() {
        float[][] held = rows(40, 2);
        float[][] wild = rows(40, 2);
        wild[28] = new float[] {20, 1e30f, 50};
        Training training = training(model(4), wild);
        Training clean = training(model(4), IntStream.range(0, 40).filter(i -> i != 28).mapToObj(i -> held[i]).toArray(float[][]::new));
        try (Autoencoder model = training.run(); Autoencoder other = clean.run()) {
            assertEquals(clean.history(), training.history(), "the losses are those of the other rows");
            assertArrayEquals(other.encode(held), model.encode(held));
            assertTrue(model.score(wild)[28] == Double.POSITIVE_INFINITY);
            assertEquals(Double.POSITIVE_INFINITY, model.evaluate(named(wild, "held.csv")).get("loss"));
        }
        assertEquals(List.of(
                "held.csv: row 29, column 'press' is 1.0E30: far from the rest of the column, and it decides on its scaling; if it stands"
                        + " for a missing value, empty the cell and ask for an imputation",
                "held.csv: row 29, column 'press' is 1.0E30: no finite validation loss, so validation leaves this row out from now on; correct the"
                        + " data, or take such rows out"),
                training.notes());
    }

    @Test
    void aRowHeldOutOfTheTrainingFileHasItsNumberThere() {
        float[][] all = rows(200, 3);
        int[] numbers = IntStream.range(0, 20).map(RowNumbers.ofSplit(200, 0.1, 1)::validation).toArray();
        all[numbers[7] - 1][0] = -3e35f;
        Training training = model(1).training(named(all, "all.csv"));
        training.run().close();
        assertEquals(2, training.notes().size());
        for (String note : training.notes()) {
            assertTrue(note.startsWith("all.csv: row " + numbers[7] + ", column 'temp' is -3.0E35"), note);
        }
    }

    @Test
    void rowsKeepTheNumbersOfTheirFile() {
        Dataset whole = Dataset.of(1, new float[5000]);
        Dataset.Split split = whole.split(0.3, 9);
        RowNumbers numbers = RowNumbers.ofSplit(5000, 0.3, 9);
        boolean[] seen = new boolean[5001];
        for (int i = 0; i < split.train().rows(); i++) {
            seen[numbers.training(i)] = true;
        }
        for (int i = 0; i < split.validation().rows(); i++) {
            assertTrue(!seen[numbers.validation(i)], "no row is in both parts");
            seen[numbers.validation(i)] = true;
        }
        assertEquals(5000, IntStream.range(1, 5001).filter(i -> seen[i]).count());
        assertEquals(3, RowNumbers.apart().training(2));
        assertEquals(3, RowNumbers.apart().validation(2));
    }

    @Test
    void earlyStoppingGoesByTheOtherRows() {
        float[][] wild = rows(40, 2);
        wild[0] = new float[] {-1e30f, 1000, 50};
        Training training = training(model(500).learningRate(0.05).earlyStopping(2), wild);
        training.run().close();
        assertTrue(training.reason().startsWith("no better loss for 2 epochs"), training.reason());
        assertTrue(training.history().stream().allMatch(epoch -> Double.isFinite(epoch.validation().get("loss"))));
    }

    @Test
    void whereMostRowsAreWildTheLossIsInfiniteAndTheLastEpochIsKept() {
        float[][] wild = rows(9, 2);
        for (int i = 0; i < 7; i++) {
            wild[i][2] = 1e33f;
        }
        Training training = training(model(3).runFolder(folder.resolve("run")), wild);
        training.run().close();
        assertEquals("all 3 epochs done", training.reason());
        assertTrue(training.history().stream().allMatch(epoch -> epoch.validation().get("loss") == Double.POSITIVE_INFINITY));
        assertEquals(3, SavedRun.open(folder.resolve("run")).epoch(SavedRun.Kept.BEST));
        assertEquals(Double.POSITIVE_INFINITY,
                SavedRun.open(folder.resolve("run")).history().get(2).validation().get(dev.hourglass.model.loss.Term.LOSS));
        String last = training.notes().get(training.notes().size() - 1);
        assertTrue(last.startsWith("held.csv: row 1, column 'hum' is 1.0E33, row 2, ") && last.contains("counts as infinite"), last);
    }

    @Test
    void aResumedTrainingLeavesTheSameRowsOut() throws IOException {
        float[][] all = rows(200, 3);
        int number = RowNumbers.ofSplit(200, 0.1, 1).validation(4);
        all[number - 1][1] = 1e31f;
        Dataset data = named(all, "all.csv");
        model(4).runFolder(folder.resolve("whole")).fit(data).close();
        model(2).runFolder(folder.resolve("stopped")).fit(data).close();
        assertTrue(Files.readAllLines(folder.resolve("stopped/metrics.jsonl")).get(1).endsWith("\"left_out\":[5]}"));
        Training resumed = Training.resume(folder.resolve("stopped"), Examples.of(data), 4);
        resumed.run().close();
        assertEquals(List.of(), resumed.notes(), "it was told");
        for (String name : List.of("best/model.safetensors", "last/trainer.safetensors")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("whole").resolve(name)),
                    Files.readAllBytes(folder.resolve("stopped").resolve(name)), name);
        }
    }

    @Test
    void aTrainingThatDivergesStillEnds() {
        ModelBuilder diverging = model(3).learningRate(1e30).optimizer(new dev.hourglass.optim.Sgd(0, 0));
        String ended = assertThrows(DivergedException.class, () -> training(diverging, rows(40, 2)).run()).getMessage();
        assertTrue(ended.startsWith("training diverged in epoch 1: "), ended);
    }

    @Test
    void dataToJudgeByMustResembleThoseToLearnFrom() {
        Dataset other = Dataset.of(rows(10, 5)).withColumnNames(List.of("temp", "press", "wind")).withSource("held.csv");
        Training renamed = model(1).training(Examples.of(named(rows(50, 1), "train.csv")), Examples.of(other));
        assertTrue(assertThrows(DataException.class, renamed::run).getMessage().startsWith("held.csv: no column 'hum', expected"));
        Dataset swapped = named(rows(10, 5), "held.csv").selectColumns("hum", "temp", "press");
        Training ordered = model(2).training(Examples.of(named(rows(50, 1), "train.csv")), Examples.of(named(rows(10, 5), "held.csv")));
        Training reordered = model(2).training(Examples.of(named(rows(50, 1), "train.csv")), Examples.of(swapped));
        ordered.run().close();
        reordered.run().close();
        assertEquals(ordered.history(), reordered.history());
        float[][] bits = new float[6][64];
        float[][] grey = new float[40][64];
        Random random = new Random(8);
        for (int i = 0; i < 40 * 64; i++) {
            grey[i / 64][i % 64] = random.nextInt(256);
            bits[i / 64 % 6][i % 64] = random.nextInt(2);
        }
        Training pictures = model(1).training(Examples.of(Dataset.of(grey).withPictureShape(8, 8)),
                Examples.of(Dataset.of(bits).withPictureShape(8, 8).withSource("bits.npy")));
        String refused = assertThrows(DataException.class, pictures::run).getMessage();
        assertTrue(refused.startsWith("bits.npy: the values go from 0 to 1 (float32)"), refused);
    }
}
