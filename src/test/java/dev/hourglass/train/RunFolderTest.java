package dev.hourglass.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hourglass.Devices;
import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.model.Model;
import dev.hourglass.model.Schema;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.penalty.SparsityKl;
import dev.hourglass.report.RunPictures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    private static final Map<String, String> DEVICE = Map.of("device", "test");

    @TempDir
    Path parent;

    private static ModelBuilder tiny() {
        return Hourglass.vae().hidden(12).latent(2);
    }

    private static Configuration configuration(ModelBuilder model, int epochs, int threads) {
        DataDescription words = new DataDescription("digits:60", null, 0.1, List.of(), null, List.of(), "auto",
                DataDescription.defaults().imputation(), DataDescription.defaults().imputation(), DataDescription.defaults().header());
        return new Configuration(Configuration.FORMAT, model.specification(),
                TrainingSettings.defaults().withEpochs(epochs).withBatch(16).withSeed(3), words,
                new DeviceChoice("cpu", threads, "fp32"), null);
    }

    private static void train(Path folder, Configuration asked, boolean overwrite, Listener... others) {
        TrainingData data = asked.data().read(asked.model().condition(), asked.training().seed());
        Schema schema = Schema.fit(asked.model(), data.training(), asked.data().scaling());
        Configuration full = new Configuration(Configuration.FORMAT, asked.model(), asked.training(), data.description(), asked.device(),
                schema);
        try (Backend backend = Devices.cpu(asked.device().threads());
             RunFolder writer = RunFolder.create(folder, full, Provenance.now(full, data, DEVICE), overwrite)) {
            List<Listener> listeners = new ArrayList<>(List.of(others));
            listeners.addAll(0, List.of(writer, new RunPictures(writer, data.shown())));
            try (Model model = Model.create(backend, full.model(), schema, 3, data.training().features());
                 Trainer trainer = new Trainer(model, full.training(), data.training(), data.validation(), listeners)) {
                trainer.run();
            }
            assertEquals(0, backend.liveBytes());
        }
    }

    private static void resume(Path folder, int epochs) {
        try (RunFolder writer = RunFolder.resume(folder, run -> longer(run, epochs), DEVICE); Backend backend = Devices.cpu(1)) {
            SavedRun saved = SavedRun.open(folder);
            TrainingData data = data(saved);
            saved.requireSameData(data);
            try (Model model = saved.model(backend, SavedRun.Kept.LAST);
                 Trainer trainer = new Trainer(model, saved.configuration().training(), data.training(), data.validation(),
                         List.of(writer))) {
                saved.restore(trainer);
                trainer.run();
            }
        }
    }

    private static Configuration longer(SavedRun run, int epochs) {
        return run.configuration().withTraining(run.configuration().training().withEpochs(epochs));
    }

    private static TrainingData data(SavedRun run) {
        return run.configuration().data().read(run.configuration().model().condition(), run.configuration().training().seed());
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile).map(path -> folder.relativize(path).toString()).sorted().toList();
        }
    }

    private static void assertSameModels(Path expected, Path actual) throws IOException {
        for (String name : List.of("last/model.safetensors", "last/trainer.safetensors", "best/model.safetensors",
                "best/trainer.safetensors")) {
            assertArrayEquals(Files.readAllBytes(expected.resolve(name)), Files.readAllBytes(actual.resolve(name)), name);
        }
        assertEquals(
                Metrics.read(expected.resolve("metrics.jsonl")).stream().map(row -> List.of(row.epoch(), row.train(), row.validation()))
                        .toList(),
                Metrics.read(actual.resolve("metrics.jsonl")).stream().map(row -> List.of(row.epoch(), row.train(), row.validation()))
                        .toList());
        assertEquals(Files.readString(expected.resolve("config.json")), Files.readString(actual.resolve("config.json")));
    }

    @Test
    void aRunHoldsWhatTheContractSays() throws IOException {
        Path run = parent.resolve("new/run");
        train(run, configuration(tiny(), 2, 1), false);
        assertEquals(List.of("best/model.safetensors", "best/trainer.safetensors", "config.json", "grid.png", "last/model.safetensors",
                "last/trainer.safetensors", "latent.png", "loss.png", "metrics.jsonl", "provenance.json", "reconstructions.png",
                "samples.png"), files(run));
        assertEquals(List.of("run"), list(run.getParent()));
        ObjectMapper json = new ObjectMapper();
        List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
        assertEquals(2, lines.size());
        JsonNode second = json.readTree(lines.get(1));
        assertEquals(List.of("epoch", "step", "seconds", "samples_per_second", "train", "validation"), names(second));
        assertEquals(List.of("loss", "reconstruction", "kl"), names(second.get("validation")));
        assertEquals(8, second.get("step").asInt());
        JsonNode provenance = json.readTree(run.resolve("provenance.json").toFile());
        assertEquals(List.of("seed", "data", "hourglass", "java", "os", "device", "driver", "kernels", "started", "resumed"),
                names(provenance));
        assertEquals(64, provenance.at("/data/validation/sha256").asText().length());
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> list(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void penaltiesHaveAHeadingAndNullValidationIsLeftOut() throws IOException {
        Path run = parent.resolve("run");
        Configuration asked = configuration(Hourglass.sparse().latent(4).l1(0.1), 1, 1);
        DataDescription d = asked.data();
        DataDescription whole = new DataDescription(d.train(), null, 0, List.of(), null, List.of(), "auto", d.imputation(),
                d.conditionImputation(), d.header());
        TrainingData data = whole.read(asked.model().condition(), 0);
        Schema schema = Schema.fit(asked.model(), data.training(), "auto");
        Configuration full = new Configuration(Configuration.FORMAT, asked.model(), asked.training(), whole, asked.device(), schema);
        try (Backend backend = Devices.cpu(1); Model model = Model.create(backend, asked.model(), schema, 0, null);
             RunFolder writer = RunFolder.create(run, full, Provenance.now(asked, data, DEVICE), false);
             Trainer trainer = new Trainer(model, asked.training(), data.training(), null,
                     List.of(writer, new RunPictures(writer, data.shown())))) {
            trainer.run();
        }
        JsonNode line = new ObjectMapper().readTree(Files.readString(run.resolve("metrics.jsonl")));
        assertFalse(line.has("validation"));
        assertEquals(List.of("loss", "reconstruction", "penalty"), names(line.get("train")));
        assertEquals(List.of("sparsity", "l1"), names(line.at("/train/penalty")));
        assertFalse(Files.exists(run.resolve("samples.png")));
    }

    @Test
    void twoAndTwoEpochsAreFourToTheByte() throws IOException {
        ModelBuilder dynamic = tiny().binarization(Binarization.DYNAMIC);
        train(parent.resolve("four"), configuration(dynamic, 4, 2), false);
        train(parent.resolve("two"), configuration(dynamic, 2, 2), false);
        resume(parent.resolve("two"), 4);
        assertSameModels(parent.resolve("four"), parent.resolve("two"));
        JsonNode resumed = new ObjectMapper().readTree(parent.resolve("two/provenance.json").toFile()).get("resumed");
        assertEquals(2, resumed.get(0).get("epoch").asInt());
    }

    @Test
    void theRunningMeanOfASparseCodeIsResumedToo() throws IOException {
        ModelBuilder sparse = Hourglass.sparse().code(Code.deterministic(6, Activation.SIGMOID)).penalty(new SparsityKl(0.05, 1, 0.9));
        train(parent.resolve("three"), configuration(sparse, 3, 1), false);
        train(parent.resolve("one"), configuration(sparse, 1, 1), false);
        resume(parent.resolve("one"), 3);
        assertSameModels(parent.resolve("three"), parent.resolve("one"));
    }

    @Test
    void threadsDoNotChangeABit() throws IOException {
        for (ModelBuilder model : List.of(tiny().hidden(40), Hourglass.contractive().latent(10))) {
            Path one = parent.resolve("one");
            Path two = parent.resolve("two");
            train(one, configuration(model, 2, 1), true);
            train(two, configuration(model, 2, 2), true);
            assertArrayEquals(Files.readAllBytes(one.resolve("last/model.safetensors")),
                    Files.readAllBytes(two.resolve("last/model.safetensors")));
        }
    }

    @Test
    void aKilledRunIsRepairedAndGoesOn() throws IOException {
        Path whole = parent.resolve("whole");
        Path killed = parent.resolve("killed");
        train(whole, configuration(tiny(), 3, 1), false);
        train(killed, configuration(tiny(), 3, 1), false, new Listener() {
            @Override
            public void epoch(Trainer trainer, EpochReport report) {
                copy(killed.resolve(report.epoch() == 1 ? "best" : "last"), parent.resolve("after-" + report.epoch()));
            }
        });
        // What a crash between last/ and best/ of the second epoch leaves, and one while metrics were written.
        copy(parent.resolve("after-1"), killed.resolve("best"));
        copy(parent.resolve("after-2"), killed.resolve("last"));
        Files.writeString(killed.resolve("metrics.jsonl"), Files.readString(killed.resolve("metrics.jsonl")) + "{\"epoch\":4,\"tr");
        assertEquals(1, SavedRun.open(killed).epoch(SavedRun.Kept.BEST));
        resume(killed, 3);
        assertSameModels(whole, killed);
    }

    private static void copy(Path from, Path to) {
        try {
            Files.createDirectories(to);
            for (String name : List.of("model.safetensors", "trainer.safetensors")) {
                Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void divergenceKeepsTheLastGoodModel() {
        Path run = parent.resolve("run");
        Listener spoiler = new Listener() {
            @Override
            public void epoch(Trainer trainer, EpochReport report) {
                float[] values = trainer.model().parameters().values().read();
                values[0] = Float.NaN;
                trainer.model().parameters().values().write(values);
            }
        };
        DivergedException diverged = assertThrows(DivergedException.class, () -> train(run, configuration(tiny(), 3, 1), false, spoiler));
        assertEquals(
                "training diverged in epoch 2: loss=NaN, expected finite values; lower the learning rate (now 0.001) or clip the gradient norm;"
                        + " the model of epoch 1 is kept",
                diverged.getMessage());
        try (Backend backend = Devices.cpu(1); Model model = SavedRun.open(run).model(backend, SavedRun.Kept.LAST)) {
            for (float value : model.parameters().values().read()) {
                assertTrue(Float.isFinite(value));
            }
        }
    }

    @Test
    void anExistingFolderIsSafe() throws IOException {
        Path run = parent.resolve("run");
        Configuration asked = configuration(tiny(), 1, 1);
        train(run, asked, false);
        byte[] before = Files.readAllBytes(run.resolve("metrics.jsonl"));
        assertEquals(run + ": the folder already holds a run, expected a new folder; name another, or allow it to be overwritten",
                assertThrows(RuntimeException.class, () -> train(run, asked, false)).getMessage());
        assertArrayEquals(before, Files.readAllBytes(run.resolve("metrics.jsonl")));
        train(run, asked.withTraining(asked.training().withSeed(4)), true);
        assertEquals(4, SavedRun.open(run).configuration().training().seed());
        Files.writeString(run.resolve("notes.txt"), "mine");
        assertEquals(
                run + ": beside the run the folder holds other files, such as notes.txt, expected a run alone; move them, or name another",
                assertThrows(RuntimeException.class, () -> train(run, asked, true)).getMessage());
        assertEquals("mine", Files.readString(run.resolve("notes.txt")));
        Path precious = Files.createDirectory(parent.resolve("precious"));
        Files.writeString(precious.resolve("thesis.txt"), "years");
        assertEquals(precious + ": the folder is not empty and holds no run, expected a new folder; name another",
                assertThrows(RuntimeException.class, () -> train(precious, asked, true)).getMessage());
        Path file = precious.resolve("thesis.txt");
        assertEquals(file + ": this is a file, expected a folder; name another",
                assertThrows(RuntimeException.class, () -> train(file, asked, true)).getMessage());
        assertEquals(List.of("precious", "run"), list(parent));
    }

    @Test
    void damagedAndForeignModelFilesAreNamed() throws IOException {
        Path run = parent.resolve("run");
        Path other = parent.resolve("other");
        train(run, configuration(tiny(), 1, 1), false);
        train(other, configuration(tiny().hidden(13), 1, 1), false);
        Path model = run.resolve("best/model.safetensors");
        byte[] good = Files.readAllBytes(model);
        Files.copy(other.resolve("best/model.safetensors"), model, StandardCopyOption.REPLACE_EXISTING);
        assertEquals(model + ": tensor 'encoder.0.weight' has shape [13, 784], expected [12, 784]; the file belongs to another model",
                openingFails(run));
        Files.write(model, Arrays.copyOf(good, good.length / 2));
        String cut = openingFails(run);
        assertTrue(cut.startsWith(model + ": ") && cut.lines().count() == 1, cut);
        Files.delete(model);
        assertEquals("cannot read " + model + ": no such file; check the name", openingFails(run));
        Files.write(model, good);
        Files.writeString(run.resolve("config.json"), "{");
        assertTrue(openingFails(run).startsWith(run.resolve("config.json") + ": no JSON"));
        assertEquals(parent + ": there is no run in this folder, expected a folder with config.json; name a folder that train wrote",
                openingFails(parent));
    }

    private static String openingFails(Path run) {
        return assertThrows(RuntimeException.class, () -> {
            try (Backend backend = Devices.cpu(1)) {
                SavedRun.open(run).model(backend, SavedRun.Kept.BEST).close();
            }
        }).getMessage();
    }

    @Test
    void resumingOnOtherDataIsRefused() {
        Path run = parent.resolve("run");
        train(run, configuration(tiny(), 1, 1), false);
        DataDescription d = DataDescription.defaults();
        DataDescription changed = new DataDescription("digits:61", null, 0.1, List.of(), null, List.of(), "auto", d.imputation(),
                d.conditionImputation(), d.header());
        TrainingData data = changed.read(tiny().specification().condition(), 3);
        String message = assertThrows(RuntimeException.class, () -> SavedRun.open(run).requireSameData(data)).getMessage();
        assertTrue(message.startsWith(run.resolve("provenance.json") + ": the training data digits (seed 1) have sha256=")
                && message.endsWith("; they changed since the run began: restore them or train anew"), message);
    }
}
