package dev.hourglass.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hourglass.model.likelihood.Gaussian;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.train.SavedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs that earlier versions wrote open, and give the codes, reconstructions and loss terms that those versions gave. */
class GoldenRunsTest {
    private static final Path RUNS = Path.of("src/test/resources/runs");
    /** Between machines with vectors of other widths the last bits differ. */
    private static final double RELATIVE = 1e-5;

    @TempDir
    Path folder;

    static List<String> runs() throws IOException {
        try (Stream<Path> files = Files.walk(RUNS, 3)) {
            return files.filter(file -> file.endsWith("expected-codes.csv")).map(file -> RUNS.relativize(file.getParent()).toString())
                    .sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aRunOfAnEarlierVersionGivesWhatItGave(String name) throws IOException {
        Path golden = RUNS.resolve(name);
        Path run = copy(golden);
        assertClose(Files.readAllLines(golden.resolve("expected-codes.csv")), of(run, "encode", "--part", "train"));
        assertClose(Files.readAllLines(golden.resolve("expected-reconstructions.csv")), of(run, "reconstruct", "--part", "train"));
        ObjectMapper json = new ObjectMapper();
        JsonNode expected = json.readTree(golden.resolve("expected-evaluate.json").toFile()).get("terms");
        JsonNode found = json.readTree(String.join("", of(run, "evaluate", "--part", "train", "--json", "-"))).get("terms");
        assertEquals(names(expected), names(found));
        for (String term : names(expected)) {
            assertClose(expected.get(term).asDouble(), found.get(term).asDouble(), term);
        }
        assertEquals(Files.readAllLines(golden.resolve("expected-codes.csv")).size(), of(run, "score", "--part", "train").size());
    }

    /** Newer defaults are not those of an older run: its learned variances keep the bound that they were trained with. */
    @Test
    void aRunKeepsTheVarianceFloorItWasTrainedWith() {
        assertEquals(new Gaussian(Variance.PER_FEATURE, 1, -6),
                SavedRun.open(RUNS.resolve("format-1/vae")).configuration().model().likelihood());
    }

    /** The version that wrote this run could not read its own conditions again when some were missing. */
    @Test
    void aRunWithMissingConditionsOpens() throws IOException {
        Path run = copy(RUNS.resolve("format-1/cvae-values"));
        List<String> lines = of(run, "reconstruct", "--part", "train");
        assertEquals(55, lines.size());
        for (String value : String.join(",", lines.subList(1, 55)).split(",")) {
            assertTrue(Double.isFinite(Double.parseDouble(value)), value);
        }
    }

    /** The run in a folder of its own, its data named by where they are. */
    private Path copy(Path golden) throws IOException {
        Path run = folder.resolve("run");
        try (Stream<Path> files = Files.walk(golden)) {
            for (Path file : files.toList()) {
                Files.copy(file, run.resolve(golden.relativize(file).toString()));
            }
        }
        Path config = run.resolve("config.json");
        String table = golden.getParent().resolve("table.csv").toAbsolutePath().toString();
        Files.writeString(config, Files.readString(config).replace("\"table.csv\"", new ObjectMapper().writeValueAsString(table)));
        return run;
    }

    private static List<String> of(Path run, String command, String... options) {
        Result result = Result.of(
                Stream.concat(Stream.of(command, "--run", run.toString(), "--device", "cpu"), Stream.of(options)).toArray(String[]::new));
        assertEquals(0, result.code(), result.err());
        return result.out().lines().toList();
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void assertClose(List<String> expected, List<String> found) {
        assertEquals(expected.size(), found.size());
        assertEquals(expected.get(0), found.get(0));
        for (int i = 1; i < expected.size(); i++) {
            String[] a = expected.get(i).split(",");
            String[] b = found.get(i).split(",");
            assertEquals(a.length, b.length);
            for (int j = 0; j < a.length; j++) {
                assertClose(Double.parseDouble(a[j]), Double.parseDouble(b[j]), "row " + i + ", column " + (j + 1));
            }
        }
    }

    private static void assertClose(double expected, double found, String where) {
        assertEquals(expected, found, RELATIVE * Math.max(1, Math.abs(expected)), where);
    }
}
