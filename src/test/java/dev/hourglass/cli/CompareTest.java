package dev.hourglass.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** compare, as users type it. */
class CompareTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    @BeforeAll
    static void train() throws IOException {
        StringBuilder table = new StringBuilder("a,b,c\n");
        for (int i = 0; i < 60; i++) {
            table.append(i % 7).append(',').append(i % 7 * 2.5 + i % 3).append(',').append(-i % 5).append('\n');
        }
        Files.writeString(folder.resolve("table.csv"), table);
        trained("narrow", "--data digits:150 --hidden 16 --latent 2 --epochs 3");
        trained("wide", "--data digits:150 --hidden 24,16 --latent 3 --epochs 4 --lr 3e-3");
        trained("squared", "--data digits:150 --hidden 16 --latent 2 --epochs 2 --model undercomplete --l1 0.01");
        trained("seeded", "--data DIR/table.csv --hidden 4 --latent 1 --epochs 2");
        trained("other", "--data DIR/table.csv --hidden 4 --latent 1 --epochs 2 --seed 5");
        trained("nothing-held", "--data DIR/table.csv --hidden 4 --latent 1 --epochs 2 --validation-fraction 0");
    }

    private static void trained(String name, String options) {
        Result result = run("train --quiet --threads 1 --device cpu --out DIR/" + name + " " + options);
        assertEquals(0, result.code(), result.err());
    }

    private static Result run(String line) {
        return Result.of(line.replace("DIR", folder.toString()).split(" "));
    }

    private static Result ok(String line) {
        Result result = run(line);
        assertEquals(0, result.code(), result.err());
        return result;
    }

    private static List<JsonNode> metrics(String name) throws IOException {
        List<JsonNode> epochs = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(name).resolve("metrics.jsonl"))) {
            epochs.add(JSON.readTree(line));
        }
        return epochs;
    }

    /** The cells of a line, by its name. */
    private static Map<String, List<String>> cells(String table) {
        Map<String, List<String>> cells = new TreeMap<>();
        table.lines().map(line -> line.strip().split(" {2,}"))
                .forEach(parts -> cells.put(parts[0], List.of(parts).subList(1, parts.length)));
        return cells;
    }

    @Test
    void tableGivesTheNumbersOfTheRuns() throws IOException {
        Map<String, Path> before = files();
        Result result = ok("compare DIR/narrow DIR/wide");
        assertEquals("", result.err(), "same data and unit");
        Map<String, List<String>> cells = cells(result.out());
        assertEquals(List.of("vae", "vae"), cells.get("preset"));
        assertEquals(List.of("3 of 3", "4 of 4"), cells.get("epochs done"));
        assertEquals(List.of("validation", "validation"), cells.get("losses of"));
        List<JsonNode> narrow = metrics("narrow");
        List<JsonNode> wide = metrics("wide");
        List<JsonNode> best = List.of(best(narrow), best(wide));
        assertEquals(best.stream().map(epoch -> epoch.get("epoch").asText()).toList(), cells.get("best epoch"));
        for (String term : List.of("loss", "reconstruction", "kl")) {
            assertEquals(best.stream().map(epoch -> six(epoch.at("/validation/" + term).asDouble())).toList(), cells.get(term), term);
        }
        double seconds = narrow.stream().mapToDouble(epoch -> epoch.get("seconds").asDouble()).sum();
        assertEquals(String.format(Locale.ROOT, "%.1f", seconds), cells.get("seconds").get(0));
        int parametersOfNarrow = 784 * 16 + 16 + 2 * (16 * 2 + 2) + 2 * 16 + 16 + 16 * 784 + 784;
        assertEquals(String.format(Locale.ROOT, "%,d", parametersOfNarrow), cells.get("parameters").get(0));
        assertEquals(before, files(), "compare writes nothing into a run");
    }

    private static JsonNode best(List<JsonNode> epochs) {
        return epochs.stream().min(Comparator.comparingDouble(epoch -> epoch.at("/validation/loss").asDouble())).orElseThrow();
    }

    private static String six(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }

    @Test
    void onlySettingsThatDifferAreListed() {
        List<String> lines = ok("compare DIR/narrow DIR/wide").out().lines().toList();
        List<String> settings = lines.subList(lines.indexOf("settings that differ") + 1, lines.size()).stream()
                .map(line -> line.replaceAll(" +", " ")).toList();
        assertEquals(List.of("model.layers.hidden 16 24,16", "model.layers.decoder-hidden 16 16,24", "model.code.latent 2 3",
                "training.epochs 3 4",
                "training.learning-rate.base 0.001 0.003"), settings);
        Map<String, List<String>> other = cells(ok("compare DIR/narrow DIR/squared").out());
        assertEquals(List.of("-", "0.01"), other.get("model.penalties[l1].weight"), "a key that one run lacks");
        assertEquals(List.of("bernoulli", "squared-error"), other.get("model.likelihood.kind"));
        assertFalse(other.containsKey("model.preset") || other.containsKey("model.penalties"),
                "told above, or by the penalties themselves");
        assertEquals("-", other.get("l1").get(0), "a term that one run lacks");
        assertEquals("-", other.get("kl").get(1));
    }

    @Test
    void whatDoesNotCompareIsSaidInOneLine() throws IOException {
        String units = ok("compare DIR/narrow DIR/squared DIR/wide").err();
        assertEquals(
                "warning: these losses do not compare: the units differ (nats per example in narrow, wide and squared error summed over features,"
                        + " per example in squared)\n",
                units);
        String data = ok("compare DIR/seeded DIR/other").err();
        JsonNode provenance = JSON.readTree(folder.resolve("seeded/provenance.json").toFile());
        assertEquals(1, data.lines().count(), data);
        assertTrue(data.contains("the training data differ (") && data.contains("the validation data differ ("), data);
        assertTrue(data.contains("sha256 " + provenance.at("/data/train/sha256").asText().substring(0, 8) + " in seeded and "), data);
        assertFalse(data.contains("units") || data.contains("scaled"), data);
    }

    @Test
    void runsThatHeldNothingOutSayThatTheirLossIsOfTraining() throws IOException {
        Result result = ok("compare DIR/seeded DIR/nothing-held --out DIR/held.png");
        Map<String, List<String>> cells = cells(result.out());
        assertEquals(List.of("validation", "training, none held out"), cells.get("losses of"));
        int best = Integer.parseInt(cells.get("best epoch").get(1));
        assertEquals(six(metrics("nothing-held").get(best - 1).at("/train/loss").asDouble()), cells.get("loss").get(1));
        assertTrue(result.err().contains("and none in nothing-held)"), result.err());
        Files.delete(folder.resolve("held.png"));
    }

    @Test
    void csvHoldsEveryEpochOfEveryRun() throws IOException {
        ok("compare DIR/narrow DIR/squared --csv DIR/all.csv");
        List<String> lines = Files.readAllLines(folder.resolve("all.csv"));
        assertEquals("run,epoch,part,term,value", lines.get(0));
        assertEquals(1 + 3 * 2 * 3 + 2 * 2 * 3, lines.size());
        JsonNode second = metrics("narrow").get(1);
        assertTrue(lines.contains("narrow,2,validation,kl," + second.at("/validation/kl").asDouble()), lines.toString());
        assertTrue(lines.contains("squared,1,train,l1," + metrics("squared").get(0).at("/train/penalty/l1").asDouble()), lines.toString());
        Files.delete(folder.resolve("all.csv"));
    }

    @Test
    void chartDrawsACurveForEachRun() throws IOException {
        ok("compare DIR/narrow DIR/wide --out DIR/curves.png");
        BufferedImage picture = ImageIO.read(folder.resolve("curves.png").toFile());
        int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        for (int colour : new int[] {0xff3f90da, 0xffffa90e}) {
            assertTrue(Arrays.stream(pixels).filter(pixel -> pixel == colour).count() > 500,
                    "pixels of colour " + Integer.toHexString(colour));
        }
        Files.delete(folder.resolve("curves.png"));
    }

    @Test
    void runsOfTheSameNameAreToldApartByTheirPaths() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("elsewhere")).resolve("narrow");
        copy(folder.resolve("narrow"), copy);
        Result result = ok("compare DIR/narrow DIR/elsewhere/narrow");
        assertEquals(List.of(folder.resolve("narrow").toString(), copy.toString()),
                List.of(result.out().lines().findFirst().orElseThrow().strip().split(" +")));
        assertTrue(result.out().contains("all settings are the same\n"), result.out());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "2 | compare | no run to compare, expected at least two",
        "2 | compare DIR/narrow | one run to compare, expected at least two",
        "2 | compare DIR/narrow DIR/narrow | is named twice",
        "2 | compare DIR/narrow DIR/wide/../narrow | is named twice",
        "2 | compare DIR/narrow DIR/wide --out DIR/x.svg | ends in .png",
        "2 | compare DIR/narrow DIR/wide --csv DIR/x.txt | ends in .csv",
        "2 | compare DIR/narrow DIR/wide --csv DIR/nowhere/x.csv | nowhere does not exist",
        "2 | compare DIR/narrow DIR/wide --run DIR/wide | Unknown option",
        "2 | compare a b c d e f g h i j k --out DIR/x.png | 11 runs, expected at most 10",
        "1 | compare DIR/narrow DIR/missing | there is no run in this folder",
        "1 | compare DIR/narrow DIR/table.csv | there is no run in this folder"})
    void badInputIsOneLineAndLeavesNothing(int code, String line, String words) throws IOException {
        Map<String, Path> before = files();
        Result result = run(line);
        assertEquals(code, result.code(), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains(words) && result.err().startsWith("hourglass compare: "), result.err());
        assertEquals("", result.out());
        assertEquals(before, files());
    }

    @Test
    void aDamagedRunIsRefusedInOneLine() throws IOException {
        Path damaged = folder.resolve("damaged");
        copy(folder.resolve("narrow"), damaged);
        Files.writeString(damaged.resolve("provenance.json"), "{");
        Result broken = run("compare DIR/narrow DIR/damaged");
        Files.delete(damaged.resolve("provenance.json"));
        Result absent = run("compare DIR/narrow DIR/damaged");
        Files.copy(folder.resolve("narrow/provenance.json"), damaged.resolve("provenance.json"));
        Files.writeString(damaged.resolve("metrics.jsonl"), Files.readAllLines(damaged.resolve("metrics.jsonl")).get(0) + "\n");
        Result shortened = run("compare DIR/narrow DIR/damaged");
        assertEquals(List.of(1, 1, 1), List.of(broken.code(), absent.code(), shortened.code()));
        assertEquals("hourglass compare: " + damaged.resolve("provenance.json")
                + ": no JSON, expected the provenance of a run; copy the file again\n", broken.err());
        assertTrue(absent.err().contains("provenance.json: cannot be read") && absent.err().lines().count() == 1, absent.err());
        assertTrue(shortened.err().contains("metrics.jsonl: it holds 1 of 3 epochs, expected a line for each"), shortened.err());
    }

    /** Every path with the moment that it was last written. */
    private static Map<String, Path> files() throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.toList()) {
                files.put(path + " " + Files.getLastModifiedTime(path), path);
            }
        }
        return files;
    }
}
