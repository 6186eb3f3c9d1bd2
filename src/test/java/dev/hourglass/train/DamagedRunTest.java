package dev.hourglass.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Autoencoder;
import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.Training;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.array.Safetensors;
import dev.hourglass.data.array.SafetensorsFile;
import dev.hourglass.data.array.TensorEntry;
import dev.hourglass.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that is not the one that training saved is refused; a run that was killed anywhere is not lost. */
class DamagedRunTest {
    private static final int ROWS = 40;

    @TempDir
    Path folder;
    private Path run;

    private static Dataset data(int first) {
        float[][] rows = new float[ROWS][2];
        for (int i = 0; i < ROWS; i++) {
            rows[i] = new float[] {i, (i + first) * 3 % 7};
        }
        return Dataset.of(rows);
    }

    private ModelBuilder model(Path where, int epochs) {
        return Hourglass.vae().hidden(2).latent(1).batch(20).epochs(epochs).seed(4).device("cpu").threads(1).runFolder(where);
    }

    @BeforeEach
    void train() {
        run = folder.resolve("run");
        model(run, 2).fit(data(0)).close();
    }

    private String loadingFails() {
        return assertThrows(FormatException.class, () -> Autoencoder.load(run, "cpu").close()).getMessage();
    }

    @Test
    void everyByteOfAModelCounts() throws IOException {
        SavedRun saved = SavedRun.open(run);
        for (String name : List.of("best/model.safetensors", "best/trainer.safetensors")) {
            Path file = run.resolve(name);
            byte[] good = Files.readAllBytes(file);
            for (int at = 0; at < good.length; at++) {
                for (int mask : new int[] {1, 0x20, 0xff}) {
                    byte[] bad = good.clone();
                    bad[at] ^= (byte) mask;
                    Files.write(file, bad);
                    String message = assertThrows(FormatException.class, () -> saved.checkpoint(SavedRun.Kept.BEST),
                            name + ", byte " + at + ", mask " + mask).getMessage();
                    assertTrue(message.startsWith(file + ": ") && message.lines().count() == 1, message);
                }
            }
            Files.write(file, good);
        }
        Autoencoder.load(run, "cpu").close();
    }

    /** Writes a file of a run anew, without a checksum, as version 0.1.0 did, one of its numbers and one of its texts replaced. */
    private static void rewrite(Path path, String key, String text, float first) {
        Map<String, String> texts;
        List<TensorEntry> tensors;
        try (SafetensorsFile file = Safetensors.open(path)) {
            texts = new HashMap<>(file.metadata());
            tensors = file.names().stream().map(name -> {
                float[] values = file.floats(name);
                values[0] = first == 0 ? values[0] : first;
                return TensorEntry.of(name, file.shape(name), values);
            }).toList();
        }
        texts.remove("hourglass.crc32c");
        texts.computeIfPresent(key, (same, before) -> text);
        Safetensors.write(path, texts, tensors);
    }

    @Test
    void modelsWithoutAChecksumOpen() {
        rewrite(run.resolve("best/model.safetensors"), "", "", 0);
        rewrite(run.resolve("best/trainer.safetensors"), "", "", 0);
        Autoencoder.load(run, "cpu").close();
    }

    @Test
    void weightsThatAreNoNumbersAreRefused() {
        Path file = run.resolve("best/model.safetensors");
        rewrite(file, "", "", Float.NaN);
        assertTrue(loadingFails().endsWith("holds NaN at element 0, expected finite numbers; copy the file again, or train anew"));
        rewrite(file, "", "", Float.NEGATIVE_INFINITY);
        assertTrue(loadingFails().contains("holds -Infinity at element 0"));
        rewrite(run.resolve("last/trainer.safetensors"), "", "", Float.NaN);
        String resumed = assertThrows(FormatException.class, () -> RunFolder.resume(run, SavedRun::configuration, Map.of())).getMessage();
        assertTrue(resumed.contains("holds NaN at element 0"), resumed);
    }

    @Test
    void aModelAndAStateOfDifferentEpochsAreRefused() throws IOException {
        Path other = folder.resolve("other");
        model(other, 1).fit(data(0)).close();
        Path file = run.resolve("best/model.safetensors");
        Files.copy(other.resolve("best/model.safetensors"), file, StandardCopyOption.REPLACE_EXISTING);
        assertEquals(file
                + ": the model is of epoch 1, step 2, expected epoch 2, step 4, as in trainer.safetensors beside it; copy both files again",
                loadingFails());
    }

    @Test
    void aBestModelOfTheWrongEpochIsRefused() throws IOException {
        Path longer = folder.resolve("longer");
        model(longer, 3).fit(data(0)).close();
        Path best = longer.resolve("best");
        for (String name : List.of("model.safetensors", "trainer.safetensors")) {
            Files.copy(run.resolve("best").resolve(name), best.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        // last/ says that epoch 2 was the best, so that best/, of epoch 1, cannot be made from it.
        rewrite(best.resolve("trainer.safetensors"), "epoch", "1", 0);
        rewrite(longer.resolve("last/trainer.safetensors"), "best-epoch", "2", 0);
        byte[] before = Files.readAllBytes(longer.resolve("provenance.json"));
        assertEquals(best + ": the model is of epoch 1, expected epoch 2, the best as last/ says; copy the run again",
                assertThrows(FormatException.class, () -> RunFolder.resume(longer, SavedRun::configuration, Map.of())).getMessage());
        assertEquals(new String(before), Files.readString(longer.resolve("provenance.json")));
    }

    @Test
    void killedWhileTheLastEpochSavesItsModelsTheRunIsCompleted() throws IOException {
        Path shorter = folder.resolve("shorter");
        model(shorter, 1).fit(data(0)).close();
        Map<String, byte[]> whole = new HashMap<>();
        for (String name : List.of("best/model.safetensors", "best/trainer.safetensors", "scorer.json")) {
            whole.put(name, Files.readAllBytes(run.resolve(name)));
        }
        assertEquals(2, SavedRun.open(run).epoch(SavedRun.Kept.BEST));
        for (String name : List.of("best/model.safetensors", "best/trainer.safetensors")) {
            Files.copy(shorter.resolve(name), run.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.delete(run.resolve("scorer.json"));
        Files.writeString(run.resolve(".config.json.tmp-4711-1"), "{");
        assertEquals(1, SavedRun.open(run).epoch(SavedRun.Kept.BEST));
        Training.resume(run, Examples.of(data(0)), 0).run().close();
        for (Map.Entry<String, byte[]> file : whole.entrySet()) {
            assertEquals(-1, java.util.Arrays.mismatch(file.getValue(), Files.readAllBytes(run.resolve(file.getKey()))), file.getKey());
        }
        assertTrue(Files.notExists(run.resolve(".config.json.tmp-4711-1")));
        assertEquals(run + ": all 2 epochs are done, expected more to do; ask for epochs up to a number above 2",
                assertThrows(IllegalArgumentException.class, () -> Training.resume(run, Examples.of(data(0)), 0)).getMessage());
    }
}
