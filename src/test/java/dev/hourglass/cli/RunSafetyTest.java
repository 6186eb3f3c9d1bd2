package dev.hourglass.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Autoencoder;
import dev.hourglass.io.FolderLock;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Reading a run never writes to it, one writes at a time, data that changed are refused, results that cannot be written are told. */
class RunSafetyTest {
    /** Every command that reads a run, on the data of the run. */
    private static final List<String> READING = List.of("encode --run RUN --device cpu", "encode --run RUN --device cpu --epoch last",
            "reconstruct --run RUN --device cpu", "decode --run RUN --device cpu --codes DIR/codes.csv",
            "sample --run RUN --device cpu --count 3",
            "score --run RUN --device cpu", "evaluate --run RUN --device cpu", "traverse --run RUN --device cpu --out DIR/walk.csv",
            "report --run RUN --device cpu --importance-samples 2 --out DIR/page.html", "compare RUN DIR/second",
            "export --run RUN --onnx DIR/onnx --overwrite");

    @TempDir
    static Path folder;
    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        run = folder.resolve("run");
        table("people.csv", 0);
        table("held.csv", 3);
        Files.writeString(folder.resolve("codes.csv"), "z1,z2\n0.5,1\n");
        String options = "train --data DIR/people.csv --validation DIR/held.csv --label-column kind --hidden 4 --latent 2 --epochs 2 --batch 20"
                + " --device cpu --threads 1 --quiet --out DIR/";
        ok(options + "run");
        ok(options + "second --seed 2");
        ok(options + "classes --model cvae");
    }

    private static void table(String name, int shift) throws IOException {
        StringBuilder text = new StringBuilder("a,b,kind\n");
        for (int i = 0; i < 40; i++) {
            text.append(i + shift).append(',').append((i + shift) * 5 % 7).append(',').append(i % 3 == 0 ? "x" : "y").append('\n');
        }
        Files.writeString(folder.resolve(name), text.toString());
    }

    private static String[] words(String line) {
        return line.replace("RUN", run.toString()).replace("DIR", folder.toString()).split(" ");
    }

    private static Result ok(String line) {
        Result result = Result.of(words(line));
        assertEquals(0, result.code(), line + ": " + result.err());
        return result;
    }

    private static void assertRefused(String line, String... parts) {
        Result result = Result.of(words(line));
        assertEquals(1, result.code(), line + ": " + result.out() + result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertEquals("", result.out());
        for (String part : parts) {
            assertTrue(result.err().contains(part), result.err());
        }
    }

    /** Name to size, time and bytes of all that stands below a folder. */
    private static Map<String, String> snapshot(Path of) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(of)) {
            for (Path path : paths.toList()) {
                files.put(of.relativize(path).toString(), Files.size(path) + " " + Files.getLastModifiedTime(path) + " "
                        + (Files.isRegularFile(path) ? Arrays.hashCode(Files.readAllBytes(path)) : "folder"));
            }
        }
        return files;
    }

    private static Path copy(String name) throws IOException {
        Path copy = folder.resolve("copies").resolve(name).resolve("run");
        Files.createDirectories(copy.getParent());
        try (Stream<Path> paths = Files.walk(run)) {
            for (Path path : paths.toList()) {
                Files.copy(path, copy.resolve(run.relativize(path).toString()));
            }
        }
        return copy;
    }

    private static void assertReadingChangesNothing(Path of) throws IOException {
        Map<String, String> before = snapshot(of.getParent());
        for (String line : READING) {
            ok(line.replace("RUN", of.toString()));
            assertEquals(before, snapshot(of.getParent()), line);
        }
        Autoencoder.load(of, "cpu").close();
        assertEquals(before, snapshot(of.getParent()), "load");
    }

    @Test
    void readingARunChangesNothing() throws IOException {
        assertReadingChangesNothing(copy("whole"));
    }

    @Test
    void readingARunThatCrashedChangesNothing() throws IOException {
        // Killed while best/ of the last epoch was moved, metrics were written and a picture was drawn.
        Path crashed = copy("crashed");
        Files.move(crashed.resolve("best"), crashed.resolve(".best.old"));
        Files.createDirectory(crashed.resolve(".best.new"));
        Files.delete(crashed.resolve("scorer.json"));
        Files.writeString(crashed.resolve(".loss.png.tmp-12-3"), "half");
        Files.writeString(crashed.resolve("metrics.jsonl"), Files.readString(crashed.resolve("metrics.jsonl")) + "{\"epoch\":3,");
        assertReadingChangesNothing(crashed);
        // Killed while the whole run was moved.
        Path moved = copy("moved");
        Files.move(moved, moved.resolveSibling(".run.old"));
        assertReadingChangesNothing(moved);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no permissions of this kind")
    void aRunOnReadOnlyMediaIsRead() throws IOException {
        Path fixed = copy("fixed");
        List<Path> all;
        try (Stream<Path> paths = Files.walk(fixed.getParent())) {
            all = paths.toList();
        }
        for (Path path : all) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "r-xr-xr-x" : "r--r--r--"));
        }
        try {
            assertReadingChangesNothing(fixed);
        } finally {
            for (Path path : all) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    @Test
    void aSecondWriterIsRefusedAndNothingIsLost() throws IOException {
        Path busy = copy("busy");
        try (FolderLock lock = FolderLock.of(busy)) {
            assertTrue(lock != null);
            Map<String, String> before = snapshot(busy);
            String said = busy + ": another training writes to this folder now, expected one at a time; wait for it or name another folder";
            assertRefused("resume --epochs 4 --quiet --run " + busy, said);
            assertRefused("train --data digits:20 --epochs 1 --device cpu --quiet --overwrite --out " + busy, said);
            assertEquals(before, snapshot(busy));
        }
    }

    /** Does something while a file holds other data. */
    private static void withOther(String name, String text, Runnable work) throws IOException {
        Path file = folder.resolve(name);
        Path kept = folder.resolve(name + ".kept");
        Files.move(file, kept);
        Files.writeString(file, text);
        try {
            work.run();
        } finally {
            Files.move(kept, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void dataThatChangedAreRefusedByWhoeverReadsThem() throws IOException {
        Map<String, String> before = snapshot(run);
        for (String changed : List.of("people.csv", "held.csv")) {
            String part = changed.equals("people.csv") ? "training" : "validation";
            String text = Files.readString(folder.resolve(changed)).replaceFirst("\n1", "\n2");
            withOther(changed, text, () -> {
                for (String line : List.of("resume --run RUN --epochs 3 --quiet", "encode --run RUN", "reconstruct --run RUN --part train",
                        "score --run RUN", "evaluate --run RUN", "report --run RUN --out DIR/page.html")) {
                    assertRefused(line,
                            run.resolve("provenance.json") + ": the " + part + " data " + folder.resolve(changed) + " have sha256=",
                            "; they changed since the run began: restore them or train anew");
                }
            });
        }
        assertEquals(before, snapshot(run), "a refusal changes nothing");
    }

    @Test
    void labelsThatWereShuffledAreRefusedWhereTheyMatter() throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("people.csv"));
        List<String> shuffled = new ArrayList<>(lines);
        for (int i = 1; i < lines.size(); i++) {
            String from = lines.get(i == lines.size() - 1 ? 1 : i + 1);
            shuffled.set(i, lines.get(i).replaceFirst("[xy]$", from.substring(from.length() - 1)));
        }
        withOther("people.csv", String.join("\n", shuffled) + "\n", () -> {
            assertRefused("resume --run DIR/classes --epochs 3 --quiet", "the labels of the training data " + folder.resolve("people.csv"));
            assertRefused("encode --run DIR/classes --part train", "the labels of the training data");
            // This model was never told the labels.
            ok("encode --run RUN --part train");
        });
        ok("encode --run DIR/classes --part train");
    }

    @Test
    void resumingElsewhereIsSaid() throws IOException {
        Path moved = copy("elsewhere");
        assertEquals("", ok("resume --epochs 3 --threads 2 --quiet --run " + moved).err());
        Path file = moved.resolve("provenance.json");
        String java = "\"java\" : \"" + System.getProperty("java.version");
        Files.writeString(file, Files.readString(file).replace(java, "\"java\" : \"9.0.1").replaceAll("CPU, [^\"]*", "CPU, other vectors"));
        String said = ok("resume --epochs 4 --quiet --run " + moved).err();
        assertTrue(said.matches(
                "the run goes on elsewhere than it began, so its last bits may not be those of a run that never stopped: java 9.0.1 .* before,"
                        + " .* now; device CPU, other vectors before, CPU, .* now\n"),
                said);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need rights there, and there is no umask")
    void resultsGoThroughLinksAndFollowTheUmask() throws IOException {
        Path usual = Files.writeString(folder.resolve("usual"), "");
        for (String name : List.of("codes.npy", "linked.csv", "walk.png", "page.html")) {
            String command = name.endsWith("html") ? "report --importance-samples 2" : name.endsWith("png") ? "compare" : "encode";
            Path there = Files.createDirectories(folder.resolve("there")).resolve(name);
            Path link = Files.createSymbolicLink(folder.resolve("to-" + name), there);
            ok(command + (command.equals("compare") ? " RUN DIR/second" : " --run RUN --device cpu") + " --out " + link);
            assertTrue(Files.isSymbolicLink(link) && Files.size(there) > 0, name);
            assertEquals(Files.getPosixFilePermissions(usual), Files.getPosixFilePermissions(there), name);
        }
        Path far = folder.resolve("there/far");
        Path link = Files.createSymbolicLink(folder.resolve("near"), far);
        ok("train --data digits:20 --hidden 4 --latent 2 --epochs 1 --device cpu --quiet --out " + link);
        ok("resume --epochs 2 --quiet --run " + link);
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(-1, Files.mismatch(link.resolve("best/model.safetensors"), far.resolve("best/model.safetensors")));
        try (Stream<Path> files = Files.walk(far)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertEquals(Files.getPosixFilePermissions(usual), Files.getPosixFilePermissions(file), file.toString());
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void stdoutThatIsFullIsAFailureOfEveryCommand() throws IOException {
        List<String> lines = new ArrayList<>(READING.stream().map(line -> line.replace(" --out DIR/walk.csv", "")).toList());
        lines.addAll(List.of("train --data digits:20 --hidden 4 --latent 2 --epochs 1 --device cpu --quiet --out DIR/full",
                "resume --run DIR/full --epochs 2 --quiet", "evaluate --run RUN --device cpu --json -",
                "gradcheck --config RUN/config.json", "doctor", "--help", "train --help", "--version"));
        for (String line : lines) {
            PrintStream out = System.out;
            PrintStream err = System.err;
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            try (OutputStream full = new FileOutputStream("/dev/full")) {
                System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
                assertEquals(1, Main.watched(full, words(line)), line);
            } finally {
                System.setOut(out);
                System.setErr(err);
            }
            List<String> told = said.toString(StandardCharsets.UTF_8).lines().filter(each -> each.contains("cannot write to stdout"))
                    .toList();
            assertEquals(1, told.size(), line + ": " + said);
        }
    }
}
