package dev.hourglass.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.array.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line on a column of mean 10^6 and deviation 0.004, which floats make one value. */
class WideColumnsCommandTest {
    @TempDir
    Path folder;
    private Path table;
    private String run;

    @BeforeEach
    void makeATable() throws IOException {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("ref_hz,x\n");
        for (int i = 0; i < 300; i++) {
            double a = random.nextGaussian();
            text.append(String.format(Locale.ROOT, "%.4f,%.3f%n", 1e6 + 0.004 * a, a + 0.2 * random.nextGaussian()));
        }
        table = Files.writeString(folder.resolve("narrow.csv"), text);
        run = folder.resolve("run").toString();
    }

    private Result done(String... arguments) {
        Result result = Result.of(arguments);
        assertEquals(0, result.code(), result.err());
        return result;
    }

    private Result train(String... options) {
        List<String> all = new ArrayList<>(List.of("train", "--data", table.toString(), "--lr", "3e-3", "--hidden", "16",
                "--latent", "1", "--quiet", "--device", "cpu", "--threads", "1", "--overwrite", "--out", run));
        all.addAll(List.of(options));
        if (!all.contains("--epochs")) {
            all.addAll(List.of("--epochs", "20"));
        }
        return done(all.toArray(String[]::new));
    }

    private static double[] first(List<String> lines) {
        return lines.stream().skip(1).mapToDouble(line -> Double.parseDouble(line.split(",")[0])).toArray();
    }

    private static void assertApart(double[] frequencies) {
        assertTrue(DoubleStream.of(frequencies).distinct().count() > frequencies.length / 2, () -> frequencies[0] + ", " + frequencies[1]);
        assertTrue(DoubleStream.of(frequencies).allMatch(value -> Math.abs(value - 1e6) < 0.04));
    }

    @Test
    void everyCommandKeepsTheDigits() throws IOException {
        assertEquals("", train().err());
        Path later = Files.writeString(folder.resolve("new.csv"),
                "ref_hz,x\n1000000.0000,0\n1000000.0200,0\n999999.9800,0\n1000000.0300,0\n");
        List<String> scores = done("score", "--run", run, "--data", later.toString(), "--contributions").out().lines().toList();
        assertEquals("ref_hz,x,score,probability,anomaly,contribution_ref_hz,contribution_x,contribution_remainder", scores.get(0));
        String anomalies = String.join("", scores.stream().skip(1).map(line -> line.split(",")[4]).toList());
        assertEquals("0111", anomalies, scores.toString());
        assertApart(first(done("reconstruct", "--run", run).out().lines().toList()));
        assertApart(first(done("sample", "--run", run, "--count", "20").out().lines().toList()));
        Path codes = Files.writeString(folder.resolve("codes.csv"), "z1\n-1.5\n0\n1.5\n");
        assertApart(first(done("decode", "--run", run, "--codes", codes.toString()).out().lines().toList()));
        List<String> walk = done("traverse", "--run", run, "--steps", "5").out().lines().map(line -> line.split(",", 3)[2]).toList();
        assertApart(first(walk));
        Path npy = folder.resolve("r.npy");
        done("reconstruct", "--run", run, "--rows", "30", "--out", npy.toString());
        Dataset written = Npy.read(npy);
        assertApart(DoubleStream.iterate(0, i -> i < 30, i -> i + 1).map(i -> written.number((int) i, 0)).toArray());
        assertEquals(4, done("encode", "--run", run, "--data", later.toString()).out().lines().skip(1).distinct().count());
        done("evaluate", "--run", run);
        done("resume", "--run", run, "--epochs", "21", "--quiet");
    }

    @Test
    void valuesThatBecomeEqualAreNamedInOneLine() throws IOException {
        StringBuilder text = new StringBuilder("far,x\n1e15,0\n1e15,1\n1e15,2\n");
        for (int i = 0; i < 100; i++) {
            text.append(i).append(',').append(0.1 * i).append('\n');
        }
        Files.writeString(table, text);
        List<String> warnings = train("--epochs", "1").err().lines().filter(line -> line.contains("scaled to floats")).toList();
        assertEquals(1, warnings.size(), warnings.toString());
        String warning = warnings.get(0);
        assertTrue(warning.startsWith(table + ": scaled to floats, 'far' keeps "), warning);
        assertTrue(warning.matches("(?s).* of \\d+ different values: the model cannot tell such rows apart; .*"), warning);
        assertFalse(warning.contains("'x'"), warning);
    }
}
