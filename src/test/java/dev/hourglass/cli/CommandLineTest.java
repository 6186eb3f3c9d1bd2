package dev.hourglass.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.array.Npy;
import dev.hourglass.data.digits.SyntheticDigits;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands as users type them, on little data. */
class CommandLineTest {
    @TempDir
    static Path folder;
    private static Path run;
    private static Result trained;

    @BeforeAll
    static void train() {
        run = folder.resolve("vae");
        trained = Result.of("train", "--data", "digits:200", "--hidden", "16", "--latent", "2", "--epochs", "2", "--batch", "500",
                "--threads", "1",
                "--device", "cpu", "--out", run.toString());
    }

    private static Result ok(String line) {
        Result result = Result.of(line.replace("RUN", run.toString()).replace("DIR", folder.toString()).split(" "));
        assertEquals(0, result.code(), result.err());
        return result;
    }

    @Test
    void trainTellsWhatItDoesAndPrintsTheFolder() {
        assertEquals(0, trained.code(), trained.err());
        assertEquals(run + "\n", trained.out());
        List<String> lines = trained.err().lines().toList();
        assertTrue(lines.get(0).startsWith("vae 784-16-(2)-16-784, 26004 parameters, on CPU"), lines.get(0));
        assertEquals("training 200 rows of digits (seed 1), validation 20 rows of digits (seed 2)", lines.get(1));
        assertEquals("likelihood bernoulli, divided by 255, because the data are pictures", lines.get(2));
        assertEquals("batch 500 is larger than the training data: every step uses all 200 rows", lines.get(3));
        assertTrue(lines.get(4).startsWith("epoch 1/2 "), lines.get(4));
        assertEquals("all 2 epochs done; best epoch 2; run folder " + run, lines.get(6));
        assertEquals(7, lines.size());
    }

    @Test
    void picturesHaveSaneSizes() throws IOException {
        Map<String, int[]> least = Map.of("loss.png", new int[] {600, 300}, "reconstructions.png", new int[] {500, 300}, "samples.png",
                new int[] {800, 800}, "latent.png", new int[] {800, 800}, "grid.png", new int[] {1000, 1000});
        for (Map.Entry<String, int[]> expected : least.entrySet()) {
            BufferedImage picture = ImageIO.read(run.resolve(expected.getKey()).toFile());
            assertTrue(picture.getWidth() >= expected.getValue()[0] && picture.getWidth() < 4000,
                    expected.getKey() + " width " + picture.getWidth());
            assertTrue(picture.getHeight() >= expected.getValue()[1] && picture.getHeight() < 4000,
                    expected.getKey() + " height " + picture.getHeight());
            long colours = Arrays.stream(picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth()))
                    .distinct().count();
            assertTrue(colours > 8, expected.getKey() + " has " + colours + " colours");
        }
    }

    @Test
    void evaluateRepeatsTheValidationOfTheBestEpoch() throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode evaluated = json.readTree(ok("evaluate --run RUN --json -").out());
        JsonNode recorded = json.readTree(Files.readAllLines(run.resolve("metrics.jsonl")).get(1));
        assertEquals(recorded.get("validation"), evaluated.get("terms"));
        assertEquals(20, evaluated.get("rows").asInt());
        List<String> table = ok("evaluate --run RUN --part train --json DIR/e.json").out().lines().toList();
        assertEquals("vae on 200 rows of digits (seed 1), nats per example", table.get(0));
        assertTrue(table.get(1).startsWith("loss "), table.get(1));
        assertEquals(200, json.readTree(folder.resolve("e.json").toFile()).get("rows").asInt());
    }

    @Test
    void codesGoToCsvAndNpyAndBack() {
        List<String> csv = ok("encode --run RUN --data digits:30 --part train").out().lines().toList();
        assertEquals("z1,z2", csv.get(0));
        assertEquals(31, csv.size());
        ok("encode --run RUN --data digits:30 --part train --out DIR/z.npy");
        Dataset codes = Npy.read(folder.resolve("z.npy"));
        assertEquals(csv.get(7), codes.value(6, 0) + "," + codes.value(6, 1));
        ok("encode --run RUN --data digits:30 --part train --sample 1 --out DIR/s.npy");
        assertNotEquals(codes.sha256(), Npy.read(folder.resolve("s.npy")).sha256());
        ok("decode --run RUN --codes DIR/z.npy --out DIR/d.npy");
        ok("reconstruct --run RUN --data digits:30 --part train --out DIR/r.npy");
        assertEquals(Npy.read(folder.resolve("r.npy")).sha256(), Npy.read(folder.resolve("d.npy")).sha256());
        float largest = 0;
        for (int column = 0; column < 784; column++) {
            largest = Math.max(largest, Npy.read(folder.resolve("r.npy")).value(0, column));
        }
        assertTrue(largest > 20 && largest <= 255, "values are in units of the data: " + largest);
    }

    @Test
    void samplesAreReproducible() throws IOException {
        ok("sample --run RUN --count 12 --seed 5 --out DIR/one.npy");
        ok("sample --run RUN --count 12 --seed 5 --out DIR/same.npy");
        ok("sample --run RUN --count 12 --seed 6 --out DIR/other.npy");
        assertArrayEquals(Files.readAllBytes(folder.resolve("one.npy")), Files.readAllBytes(folder.resolve("same.npy")));
        assertNotEquals(Npy.read(folder.resolve("one.npy")).sha256(), Npy.read(folder.resolve("other.npy")).sha256());
        ok("sample --run RUN --count 12 --out DIR/s.png");
        ok("reconstruct --run RUN --rows 5 --out DIR/r.png");
        assertTrue(ImageIO.read(folder.resolve("s.png").toFile()).getWidth() > 500);
        assertTrue(ImageIO.read(folder.resolve("r.png").toFile()).getWidth() > 300);
        assertEquals(2, Result.of("sample", "--run", run.toString(), "--class", "3").code());
        assertEquals(2, Result.of("encode", "--run", run.toString(), "--out", "codes.json").code());
    }

    @Test
    void resumeGoesOn() throws IOException {
        Path two = folder.resolve("two");
        Path one = folder.resolve("one");
        String options = " --data digits:60 --hidden 8 --latent 3 --batch 20 --device cpu --quiet";
        ok("train --out DIR/two --epochs 2" + options);
        ok("train --out DIR/one --epochs 1" + options);
        Result done = Result.of("resume", "--run", one.toString());
        assertEquals("hourglass resume: " + one + ": all 1 epochs are done, expected more to do; ask for epochs up to a number above 1\n",
                done.err());
        assertEquals(2, done.code());
        ok("resume --run DIR/one --epochs 2 --quiet");
        assertArrayEquals(Files.readAllBytes(two.resolve("last/model.safetensors")),
                Files.readAllBytes(one.resolve("last/model.safetensors")));
        assertArrayEquals(Files.readAllBytes(two.resolve("best/trainer.safetensors")),
                Files.readAllBytes(one.resolve("best/trainer.safetensors")));
    }

    @Test
    void theConfigurationOfARunIsTheRun() throws IOException {
        ok("train --config RUN/config.json --quiet --out DIR/again");
        assertArrayEquals(Files.readAllBytes(run.resolve("last/model.safetensors")),
                Files.readAllBytes(folder.resolve("again/last/model.safetensors")));
        assertEquals(Files.readString(run.resolve("config.json")), Files.readString(folder.resolve("again/config.json")));
        ok("train --config RUN/config.json --epochs 1 --seed 9 --quiet --out DIR/changed");
        JsonNode changed = new ObjectMapper().readTree(folder.resolve("changed/config.json").toFile());
        assertEquals(9, changed.at("/training/seed").asInt());
        assertEquals(16, changed.at("/model/layers/hidden/0").asInt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"undercomplete", "vae", "full-covariance-vae", "iwae", "cvae", "denoising", "denoising-vae", "sparse",
        "contractive"})
    void everyPresetTrains(String preset) throws IOException {
        Result result = ok("train --model " + preset + " --data digits:40 --latent 3 --epochs 1 --device cpu --out DIR/preset-" + preset);
        assertEquals(preset.equals("contractive"), result.err().contains("contraction: exact"));
        assertTrue(Files.size(folder.resolve("preset-" + preset + "/reconstructions.png")) > 1000);
        if (preset.equals("cvae")) {
            ok("sample --run DIR/preset-cvae --class 7 --count 3 --out DIR/sevens.csv");
            Result without = Result.of("sample", "--run", folder.resolve("preset-cvae").toString());
            assertEquals("hourglass sample: --class is missing, expected one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n", without.err());
        }
    }

    @Test
    void everyOptionReachesTheConfiguration() throws IOException {
        ok("train --data digits:30 --out DIR/options --quiet --device cpu --hidden 9,8 --decoder-hidden 7 --latent 3 --activation silu --likelihood gaussian"
                + " --variance per-feature --fixed-variance 0.1 --variance-floor -6 --init he --output-bias-from-data --optimizer sgd --momentum 0.5 --decay 1e-4 --epochs 1"
                + " --batch 7 --lr 1e-4 --schedule step --lr-steps 3,5 --lr-factor 0.2 --warmup 0.5 --clip-norm 2 --beta 0.5 --kl-schedule linear"
                + " --kl-epochs 4 --free-bits 0.1 --corruption gaussian:0.1 --contraction 0.01 --contraction-method hutchinson --probes 2"
                + " --weight-decay 1e-5 --early-stopping 3:reconstruction --time-budget 1000 --seed 8 --threads 1 --precision fp32 --scale divide:300");
        JsonNode config = new ObjectMapper().readTree(folder.resolve("options/config.json").toFile());
        assertEquals("{\"kind\":\"gaussian\",\"variance\":\"per-feature\",\"fixed-variance\":0.1,\"floor\":-6.0}",
                config.at("/model/likelihood").toString());
        assertEquals("{\"kind\":\"standard-normal\",\"weight\":{\"kind\":\"linear\",\"beta\":0.5,\"epochs\":4.0},\"free-bits\":0.1}",
                config.at("/model/prior").toString());
        assertEquals("{\"kind\":\"sgd\",\"momentum\":0.5,\"weight-decay\":1.0E-4}", config.at("/training/optimizer").toString());
        assertEquals("{\"kind\":\"step\",\"base\":1.0E-4,\"warmup-epochs\":0.5,\"steps\":[3.0,5.0],\"factor\":0.2}",
                config.at("/training/learning-rate").toString());
        assertEquals(
                "[{\"kind\":\"contraction\",\"weight\":0.01,\"method\":\"hutchinson\",\"probes\":2},{\"kind\":\"weight-decay\",\"weight\":1.0E-5}]",
                config.at("/model/penalties").toString());
        assertEquals("{\"term\":\"reconstruction\",\"patience\":3,\"minimum-improvement\":0.0}",
                config.at("/training/early-stopping").toString());
        assertEquals("[9,8] [7] silu he true", config.at("/model/layers/hidden") + " " + config.at("/model/layers/decoder-hidden") + " "
                + config.at("/model/layers/activation").asText() + " " + config.at("/model/layers/initialization").asText() + " "
                + config.at("/model/layers/output-bias-from-data"));
        assertEquals("divide:300", config.at("/data/scaling").asText());
        assertTrue(config.at("/schema/picture/height").asInt() == SyntheticDigits.SIZE);
    }

    @Test
    void aVarianceFloorNeedsALearnedVarianceAndSaysWhereItBinds() {
        String train = "train --data digits:30 --hidden 4 --latent 2 --epochs 1 --quiet --device cpu --out DIR/floor --variance-floor 0.5";
        for (String[] refused : new String[][] {
            {"", "--variance-floor: the likelihood is bernoulli, expected gaussian; add --likelihood gaussian"},
            {" --likelihood gaussian --variance fixed",
                "--variance-floor: the variance is fixed, expected --variance learned or per-feature"}}) {
            Result result = Result.of((train + refused[0]).replace("DIR", folder.toString()).split(" "));
            assertEquals(2, result.code(), result.err());
            assertEquals("hourglass train: " + refused[1] + "\n", result.err());
        }
        assertEquals("warning: likelihood: the learned variance ended on the floor e^0.5, so log p(x) is lower than the data allow; "
                + "lower it with --variance-floor, or leave columns out that are constant\n", ok(train + " --likelihood gaussian").err());
    }

    @Test
    void tablesGetAGaussianOrSquaredErrorAndKeepTheirColumns() throws IOException {
        StringBuilder text = new StringBuilder("height,age,weight,kind\n");
        for (int i = 0; i < 40; i++) {
            text.append(150 + i).append(',').append(20 + i % 7).append(',').append(i == 4 ? "" : 60 + i * 0.5).append(',')
                    .append(i % 2 == 0 ? "a" : "b").append('\n');
        }
        Files.writeString(folder.resolve("people.csv"), text.toString());
        ok("train --data DIR/people.csv --label-column kind --impute median --hidden 4 --latent 2 --epochs 1 --device cpu --quiet --out DIR/people");
        JsonNode config = new ObjectMapper().readTree(folder.resolve("people/config.json").toFile());
        assertEquals("gaussian per-feature",
                config.at("/model/likelihood/kind").asText() + " " + config.at("/model/likelihood/variance").asText());
        assertEquals("[\"height\",\"age\",\"weight\"]", config.at("/schema/column-names").toString());
        assertEquals(3, config.at("/data/imputation/values").size());
        assertTrue(Files.exists(folder.resolve("people/latent.png")) && Files.exists(folder.resolve("people/reconstructions.png")));
        assertEquals("height,age,weight", ok("reconstruct --run DIR/people").out().lines().findFirst().orElseThrow());
        Files.writeString(folder.resolve("new.csv"), "height,age,weight\n170,30,\n");
        assertEquals(2, ok("encode --run DIR/people --data DIR/new.csv --label-column none").out().lines().count());
        ok("train --model undercomplete --data DIR/people.csv --label-column kind --impute mean --latent 1 --hidden none --epochs 1 --device cpu --quiet"
                + " --condition age --out DIR/conditional");
        config = new ObjectMapper().readTree(folder.resolve("conditional/config.json").toFile());
        assertEquals("squared-error", config.at("/model/likelihood/kind").asText());
        assertEquals("[\"height\",\"weight\"] 1", config.at("/schema/column-names") + " " + config.at("/schema/condition/width"));
    }

    @Test
    void resultsAreNeverWrittenOverTheData() throws IOException {
        StringBuilder text = new StringBuilder("a,b,kind\n");
        for (int i = 0; i < 40; i++) {
            text.append(i).append(',').append(i % 7).append(',').append(i % 2 == 0 ? "x" : "y").append('\n');
        }
        Path table = folder.resolve("own.csv");
        Files.writeString(table, text.toString());
        ok("train --data DIR/own.csv --label-column kind --hidden 4 --latent 1 --epochs 1 --device cpu --quiet --out DIR/own");
        for (String command : List.of("encode", "reconstruct", "score")) {
            Result refused = Result.of(command, "--run", folder.resolve("own").toString(), "--out", table.toString());
            assertEquals(2, refused.code());
            assertEquals("hourglass " + command + ": --out " + table + ": the data are read from this file, expected another; name one\n",
                    refused.err());
        }
        assertEquals(text.toString(), Files.readString(table));
        // New rows need no label where the model has no use for it, and come in any order of columns.
        Files.writeString(folder.resolve("fresh.csv"), "b,a\n3,10\n");
        Files.writeString(folder.resolve("same.csv"), "a,b,kind\n10,3,x\n");
        assertEquals(ok("encode --run DIR/own --data DIR/same.csv").out(), ok("encode --run DIR/own --data DIR/fresh.csv").out());
    }

    @Test
    void aRunKilledBeforeItsScoresIsCompleted() throws IOException {
        ok("train --data digits:60 --hidden 8 --latent 3 --epochs 1 --device cpu --quiet --out DIR/cut");
        byte[] scores = Files.readAllBytes(folder.resolve("cut/scorer.json"));
        Files.delete(folder.resolve("cut/scorer.json"));
        ok("resume --run DIR/cut --quiet");
        assertArrayEquals(scores, Files.readAllBytes(folder.resolve("cut/scorer.json")));
    }

    @Test
    void helpVersionAndDoctorGoToStdout() {
        assertTrue(ok("--version").out().matches("hourglass \\S+, java \\S+\n"));
        assertTrue(ok("train --help").out().contains("--contraction-method"));
        assertTrue(ok("--help").out().contains("reconstruct"));
        List<String> checks = ok("doctor").out().lines().toList();
        assertTrue(checks.stream().anyMatch(line -> line.startsWith("ok    vector module")), checks.toString());
    }

    @Test
    void nothingTemporaryRemains() throws IOException {
        ok("sample --run RUN --count 2 --out DIR/few.csv");
        try (Stream<Path> files = Files.walk(folder)) {
            assertEquals(List.of(), files.filter(path -> path.getFileName().toString().startsWith(".")).toList());
        }
    }
}
