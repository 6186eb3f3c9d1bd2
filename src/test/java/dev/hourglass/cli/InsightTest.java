package dev.hourglass.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** evaluate, score, traverse, report and sampling from a mixture, as users type them, on little data. */
class InsightTest {
    private static final int ROWS = 120;
    private static final int ANOMALIES = 12;
    private static final String[] CLASSES = {"no", "yes"};

    @TempDir
    static Path folder;

    /** Rows on a line in three dimensions, the last few away from it; a text column that must survive untouched, and a label. */
    @BeforeAll
    static void train() throws IOException {
        Random random = new Random(1);
        StringBuilder table = new StringBuilder("a,b,\"c, long\",odd,note\n");
        for (int i = 0; i < ROWS; i++) {
            double t = random.nextGaussian();
            boolean odd = i >= ROWS - ANOMALIES;
            table.append(t).append(',').append(2 * t + 0.1 * random.nextGaussian()).append(',')
                    .append(odd ? 9 + t : -t + 0.1 * random.nextGaussian()).append(',')
                    .append(CLASSES[odd ? 1 : 0]).append(",\"row, \"\"").append(i).append("\"\"\"\n");
        }
        Files.writeString(folder.resolve("table.csv"), table);
        Files.writeString(folder.resolve("plain.csv"), "1,2,3\n4,5,6\n7,8,1\n");
        String table1 = " --data DIR/table.csv --columns 1-3 --label-column odd --hidden 8 --epochs 30 --batch 16";
        trained("vae", "--data digits:150 --hidden 16 --latent 2 --epochs 2");
        trained("cvae", "--model cvae --data digits:150 --hidden 16 --latent 3 --epochs 1");
        trained("one", "--model vae --likelihood gaussian --variance per-feature --latent 1" + table1);
        trained("plain", "--model undercomplete --latent 2" + table1);
        trained("pictures", "--model undercomplete --data digits:150 --hidden none --latent 4 --epochs 1");
    }

    private static void trained(String name, String options) {
        ok("train --quiet --threads 1 --device cpu --out DIR/" + name + " " + options);
    }

    private static Result run(String line) {
        return Result.of(line.replace("DIR", folder.toString()).split(" "));
    }

    private static Result ok(String line) {
        Result result = run(line);
        assertEquals(0, result.code(), line + ": " + result.err());
        return result;
    }

    private static List<String> read(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name));
    }

    /** What a command reads, the data of the run and its files are never written over. */
    @Test
    void resultsGoNowhereThatIsRead() throws IOException {
        List<String> before = read("table.csv");
        Files.writeString(folder.resolve("codes.csv"), ok("encode --run DIR/one --data DIR/table.csv").out());
        for (String line : List.of("evaluate --run DIR/one --json DIR/table.csv", "traverse --run DIR/one --out DIR/table.csv",
                "encode --run DIR/one --data DIR/table.csv --out DIR/table.csv",
                "decode --run DIR/one --codes DIR/codes.csv --out DIR/codes.csv",
                "compare DIR/one DIR/plain --csv DIR/table.csv", "sample --run DIR/one --out DIR/table.csv")) {
            Result result = run(line);
            assertEquals(2, result.code(), line);
            assertTrue(result.err().endsWith(": the data are read from this file, expected another; name one\n"), result.err());
        }
        String own = run("evaluate --run DIR/one --data DIR/table.csv --json DIR/one/config.json").err();
        assertTrue(own.endsWith("/one/config.json: it is a file of the run, expected another; name one\n"), own);
        assertEquals(before, read("table.csv"));
    }

    /** As encode names them. */
    @Test
    void codesGoByTheirNames() throws IOException {
        Files.writeString(folder.resolve("there.csv"), "z1,z2\n0.5,-2\n");
        Files.writeString(folder.resolve("back.csv"), "z2,z1\n-2,0.5\n");
        Files.writeString(folder.resolve("odd.csv"), "z1,y\n0.5,-2\n");
        String decode = "decode --run DIR/plain --codes DIR/";
        assertEquals(ok(decode + "there.csv").out(), ok(decode + "back.csv").out());
        Result odd = run(decode + "odd.csv");
        assertEquals(1, odd.code());
        assertTrue(odd.err().contains("there is no column 'z2'"), odd.err());
    }

    @Test
    void evaluateGivesTheSameNumbersToPeopleAndMachines() throws IOException {
        String table = ok("evaluate --run DIR/one --importance-samples 40 --decompose --jacobian --json DIR/one.json").out();
        JsonNode node = new ObjectMapper().readTree(folder.resolve("one.json").toFile());
        assertEquals("nats per example", node.get("unit").asText());
        assertEquals(40, node.at("/log_likelihood/importance_samples").asInt());
        assertTrue(node.at("/log_likelihood/effective_sample_size_mean").asDouble() > 1);
        double elbo = node.at("/decomposition/elbo").asDouble();
        assertTrue(node.at("/log_likelihood/mean").asDouble() > elbo - 0.5, "log p(x) is not below the ELBO");
        double sum = node.at("/decomposition/mutual_information/mean").asDouble() + node.at("/decomposition/marginal_kl/mean").asDouble();
        assertEquals(node.at("/decomposition/sampled_kl/mean").asDouble(), sum, 1e-4 * Math.abs(sum));
        assertEquals(Math.log(node.get("rows").asInt()), node.at("/decomposition/mutual_information_bound").asDouble(), 1e-9);
        assertEquals(1, node.at("/decomposition/kl_per_dimension").size());
        assertEquals(1, node.at("/jacobian/spectrum").size());
        assertTrue(node.at("/jacobian/saturated_share").isNull());
        assertTrue(table.contains(String.format(java.util.Locale.ROOT, "%-20s %14.6f", "ELBO", elbo)), table);
        assertTrue(table.contains("K=40") && table.contains("log N") && table.contains("1 of 1 active"), table);
    }

    @Test
    void sparseModelsReportTheirActivations() throws IOException {
        trained("sparse", "--model sparse --data digits:150 --latent 12 --epochs 2");
        String table = ok("evaluate --run DIR/sparse --json DIR/sparse.json").out();
        JsonNode node = new ObjectMapper().readTree(folder.resolve("sparse.json").toFile()).get("activations");
        double sum = 0;
        for (JsonNode mean : node.get("mean")) {
            sum += mean.asDouble();
        }
        assertEquals(12, node.get("mean").size());
        assertEquals(sum / 12, node.get("overall").asDouble(), 1e-9);
        int units = 0;
        for (JsonNode count : node.get("histogram")) {
            units += count.asInt();
        }
        assertEquals(12, units);
        assertTrue(table.contains("mean activation of 12 units") && table.contains("with a mean from 0.900 to 1.00"), table);
    }

    @Test
    void collapseIsWarnedOf() {
        trained("collapsed", "--model vae --data digits:150 --hidden 16 --latent 2 --epochs 30 --batch 16 --lr 1e-2 --beta 1000");
        String table = ok("evaluate --run DIR/collapsed --decompose").out();
        assertTrue(table.contains("warning: posterior collapse: none of 2"), table);
        ok("report --run DIR/collapsed --importance-samples 2");
    }

    @Test
    void scoresKeepTheColumnsAndAreTheSameTwice() throws IOException {
        String line = "score --run DIR/one --data DIR/table.csv --contamination 0.1 --anomaly-label yes --contributions --samples 20 --out DIR/";
        String told = ok(line + "first.csv").out();
        ok(line + "second.csv");
        assertEquals(read("first.csv"), read("second.csv"));
        List<String> in = read("table.csv");
        List<String> out = read("first.csv");
        assertEquals(in.get(0) + ",score,probability,anomaly,contribution_a,contribution_b,\"contribution_c, long\",contribution_remainder",
                out.get(0));
        int labelled = 0;
        for (int i = 1; i <= ROWS; i++) {
            assertTrue(out.get(i).startsWith(in.get(i) + ","), out.get(i));
            String[] added = out.get(i).substring(in.get(i).length() + 1).split(",");
            assertEquals(7, added.length);
            double sum = Arrays.stream(added, 3, 7).mapToDouble(Double::parseDouble).sum();
            assertEquals(Double.parseDouble(added[0]), sum,
                    1e-6 * Arrays.stream(added, 3, 7).mapToDouble(text -> Math.abs(Double.parseDouble(text))).sum(),
                    "contributions and remainder add up to the score: " + out.get(i));
            double probability = Double.parseDouble(added[1]);
            assertTrue(probability >= 0 && probability < 1);
            labelled += Integer.parseInt(added[2]);
        }
        assertEquals(Math.round(0.1 * ROWS), labelled);
        Matcher area = Pattern.compile("area under the ROC curve (0\\.\\d+|1\\.0+)\n").matcher(told);
        assertTrue(area.find(), told);
        assertTrue(Double.parseDouble(area.group(1)) > 0.9, told);
    }

    @Test
    void thresholdOfValidationDataLabelsThatShareOfThem() {
        Result all = ok("score --run DIR/one --data DIR/table.csv --validation DIR/table.csv --quantile 0.75 --kind reconstruction-error");
        assertEquals(ROWS + 1, all.out().lines().count());
        assertTrue(all.err().contains("anomalies 30 of 120\n"), all.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"reconstruction-error", "reconstruction-probability", "negative-log-likelihood", "kl"})
    void everyKindScoresDataWithoutCsvOrLabels(String kind) {
        String out = ok("score --run DIR/vae --samples 3 --kind " + kind).out();
        List<String> lines = out.lines().toList();
        assertEquals("row,label,score,probability,anomaly", lines.get(0));
        assertEquals(16, lines.size());
        assertTrue(lines.get(1).matches("1,\\d,[-+0-9.E]+,[01]\\.\\d+,[01]"), lines.get(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--run DIR/vae | 11 | 2", "--run DIR/vae --grid --steps 5 | 5 | 5", "--run DIR/vae --from 1 --to 2 --steps 7 | 7 | 1",
        "--run DIR/vae --row 3 | 11 | 2",
        "--run DIR/cvae --by-class --steps 4 | 4 | 10", "--run DIR/cvae --class 3 | 11 | 3",
        "--run DIR/cvae --row 2 --dimensions 2 --range -1:1 | 11 | 1",
        "--run DIR/pictures --steps 6 | 6 | 4"})
    void walksArePicturesAndTables(String options, int steps, int walks) throws IOException {
        ok("traverse " + options + " --out DIR/walk.png");
        BufferedImage picture = ImageIO.read(folder.resolve("walk.png").toFile());
        int step = 3 * 28 + 3;
        assertEquals(walks, (picture.getHeight() - 32 + 3) / step);
        assertTrue(picture.getWidth() >= steps * step + 29 && picture.getWidth() < (steps + 2) * step, "width " + picture.getWidth());
        List<String> lines = ok("traverse " + options).out().lines().toList();
        assertEquals(1 + steps * walks, lines.size());
        assertEquals(lines.get(0).split(",").length, lines.get(1).split(",").length);
    }

    @Test
    void interpolationEndsAtTheReconstructions() {
        List<String> walk = ok("traverse --run DIR/one --data DIR/table.csv --from 5 --to 9 --steps 3").out().lines().toList();
        List<String> reconstructed = ok("reconstruct --run DIR/one --data DIR/table.csv").out().lines().toList();
        assertEquals("share,a,b,\"c, long\"", walk.get(0));
        assertEquals("0.0," + reconstructed.get(5), walk.get(1));
        assertEquals("1.0," + reconstructed.get(9), walk.get(3));
    }

    @Test
    void mixturesSampleDeterministicCodes() {
        String first = ok("sample --run DIR/plain --mixture 3 --count 40 --seed 2").out();
        assertEquals(first, ok("sample --run DIR/plain --mixture 3 --count 40 --seed 2").out());
        double[] b = first.lines().skip(1).mapToDouble(line -> Double.parseDouble(line.split(",")[1])).toArray();
        double[] a = first.lines().skip(1).mapToDouble(line -> Double.parseDouble(line.split(",")[0])).toArray();
        assertEquals(40, a.length);
        double product = 0;
        for (int i = 0; i < a.length; i++) {
            product += a[i] * b[i];
        }
        double correlation = product / Math.sqrt(Arrays.stream(a).map(x -> x * x).sum() * Arrays.stream(b).map(x -> x * x).sum());
        assertTrue(correlation > 0.6, "new rows lie along b = 2 a: " + correlation);
        ok("sample --run DIR/pictures --mixture 2 --count 4 --out DIR/mixed.png");
        ok("sample --run DIR/vae --mixture 2 --count 4 --out DIR/mixed.png");
    }

    @ParameterizedTest
    @CsvSource({"vae,curves pictures terms decomposition codes scores jacobian configuration",
        "cvae,curves pictures terms decomposition codes scores jacobian configuration",
        "one,curves terms decomposition codes scores jacobian configuration", "plain,curves terms codes scores jacobian configuration",
        "pictures,curves pictures terms codes scores jacobian configuration"})
    void reportsAreCompleteAndLoadNothing(String name, String sections) throws IOException {
        Result result = ok("report --run DIR/" + name + " --importance-samples 3");
        assertEquals(folder.resolve(name).resolve("report.html") + "\n", result.out());
        String page = Files.readString(folder.resolve(name).resolve("report.html"));
        assertEquals(List.of(sections.split(" ")),
                Pattern.compile("<section id=\"(\\w+)\">").matcher(page).results().map(match -> match.group(1)).toList());
        assertTrue(page.startsWith("<!doctype html>") && page.endsWith("</html>\n"));
        assertFalse(Pattern.compile("(src|href)=\"(?!data:image/png;base64,)|url\\(|@import|<script|<link").matcher(page).find(),
                "loads something");
        String words = page.replaceAll("base64,[^\"]+", "");
        assertFalse(words.contains("NaN") || words.contains("not finite") || words.contains("Infinity"), "a number is missing");
        for (String tag : List.of("section", "figure", "div", "table", "svg", "details", "small", "span")) {
            assertEquals(count(page, "</" + tag + ">"), count(page, "<" + tag + "[ >]"), tag);
        }
        Matcher pictures = Pattern.compile("width=\"(\\d+)\" height=\"(\\d+)\" src=\"data:image/png;base64,([^\"]+)\"").matcher(page);
        while (pictures.find()) {
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(pictures.group(3))));
            assertEquals(Integer.parseInt(pictures.group(1)), picture.getWidth());
            assertEquals(Integer.parseInt(pictures.group(2)), picture.getHeight());
        }
    }

    private static long count(String page, String pattern) {
        return Pattern.compile(pattern).matcher(page).results().count();
    }

    @Test
    void reportOfOtherDataAndWithoutTrainingData() throws IOException {
        Path moved = folder.resolve("moved.csv");
        Files.copy(folder.resolve("table.csv"), moved);
        trained("lost", "--model vae --likelihood gaussian --latent 2 --data DIR/moved.csv --columns 1-3 --hidden 4 --epochs 2");
        Files.delete(moved);
        Result result = ok("report --run DIR/lost --data DIR/table.csv --importance-samples 2 --out DIR/lost.html");
        assertTrue(result.err().startsWith("the training data cannot be read"), result.err());
        assertTrue(Files.readString(folder.resolve("lost.html")).contains("codes of 120 examples"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "1 | score --run DIR/nothing | nothing: there is no run in this folder",
        "1 | report --run DIR/empty | config.json",
        "1 | score --run DIR/one --data DIR/plain.csv | there is no column 'odd'",
        "1 | score --run DIR/plain --data DIR/table.csv --columns 1-2 | columns=2, expected 3",
        "1 | score --run DIR/plain --data DIR/table.csv --label-column nosuch | there is no column 'nosuch'",
        "1 | score --run DIR/one --data DIR/table.csv --anomaly-label maybe | no example has the label 'maybe', expected one of no, yes",
        "1 | score --run DIR/one --data DIR/missing.csv | there is no such file",
        "1 | score --run DIR/plain --kind kl | the score kl needs q(z|x)",
        "1 | score --run DIR/plain --data DIR/plain.csv --header no --columns 1-3 --label-column none --anomaly-label hot | there are no labels, expected some that are hot",
        "1 | score --run DIR/plain --kind reconstruction-probability | the likelihood is no density",
        "2 | score --run DIR/one --kind surprise | expected reconstruction-error, reconstruction-probability",
        "2 | score --run DIR/one --samples 0 | --samples 0: expected at least 1",
        "2 | score --run DIR/one --contamination 1 | --contamination 1.0: expected a share between 0 and 1",
        "2 | score --run DIR/one --quantile -0.5 | --quantile -0.5: expected a number between 0 and 1",
        "2 | score --run DIR/one --quantile 0.5 --contamination 0.5 | leave one out",
        "2 | score --run DIR/one --kind kl --contributions | says nothing of single features",
        "2 | score --run DIR/one --out DIR/nowhere/x.csv | nowhere does not exist",
        "2 | score --run DIR/one --out DIR/x.json | ends in .csv",
        "2 | evaluate --run DIR/one --importance-samples 0 | --importance-samples 0: expected 1 to",
        "2 | evaluate --run DIR/plain --decompose | has a deterministic code and so no q(z|x)",
        "2 | traverse --run DIR/one --out DIR/x.png | the data are no pictures",
        "2 | traverse --run DIR/one --grid | the code has 1 dimensions, expected 2",
        "2 | traverse --run DIR/vae --from 1 | --to is missing",
        "2 | traverse --run DIR/vae --row 16 | --row 16: expected 1 to 15",
        "2 | traverse --run DIR/vae --dimensions 3 | expected numbers from 1 to 2",
        "2 | traverse --run DIR/vae --range 3 | --range 3: expected two numbers",
        "2 | traverse --run DIR/vae --by-class | the model's condition is none",
        "2 | traverse --run DIR/cvae --class eleven | eleven: unknown class",
        "2 | report --run DIR/vae --rows 0 | --rows 0: expected at least 1",
        "2 | report --run DIR/vae --out DIR/nowhere/report.html | nowhere does not exist",
        "2 | report --run DIR/vae --out DIR/report.pdf | ends in .html",
        "2 | sample --run DIR/plain | fit one to its codes with --mixture 10",
        "2 | sample --run DIR/plain --mixture 500 | expected fewer than the 108 rows"})
    void badInputIsOneLineAndLeavesNothing(int code, String line, String words) throws IOException {
        List<String> before = list();
        Result result = run(line);
        assertEquals(code, result.code(), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains(words) && result.err().startsWith("hourglass " + line.split(" ")[0] + ": "), result.err());
        assertEquals("", result.out());
        assertEquals(before, list());
    }

    private static List<String> list() throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.map(Path::toString).sorted().toList();
        }
    }
}
