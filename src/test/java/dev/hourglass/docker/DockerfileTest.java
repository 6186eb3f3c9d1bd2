package dev.hourglass.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.docker.Dockerfile.Instruction;
import dev.hourglass.docker.Dockerfile.Stage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docker/Dockerfile against the project it packs; no docker engine is needed. */
class DockerfileTest {
    private static final Pattern FROM_STAGE = Pattern.compile("--from=(\\S+) (\\S+) (\\S+)");
    private static List<Stage> stages;
    private static Stage image;

    @TempDir
    private Path folder;

    @BeforeAll
    static void read() throws IOException {
        stages = Dockerfile.stages();
        image = stages.get(stages.size() - 1);
    }

    @Test
    void everythingCopiedIsThereAndReachesTheBuild() throws IOException {
        List<String> let = Files.readAllLines(Path.of("docker/Dockerfile.dockerignore")).stream().filter(l -> l.startsWith("!"))
                .map(l -> l.substring(1)).toList();
        for (Instruction copy : stages.get(0).all("COPY")) {
            for (String source : Dockerfile.sources(copy)) {
                assertTrue(Files.exists(Path.of(source)), "COPY " + source + ": not in the project");
                assertTrue(let.contains(source), "COPY " + source + ": docker/Dockerfile.dockerignore keeps it out");
            }
        }
    }

    @Test
    void theBuildStageHasEverythingMavenReads() throws IOException {
        String build = stages.get(0).all("COPY").toString();
        Matcher folders = Pattern.compile("<directory>([^<$]+)</directory>").matcher(Files.readString(Path.of("pom.xml")));
        while (folders.find()) {
            String read = folders.group(1);
            assertTrue(build.contains(read) || build.contains(read.replaceAll("/[^/]*$", " ")),
                    "pom.xml reads " + read + ", no COPY brings it");
        }
    }

    @Test
    void licenceAndNoticeReachTheBuildAndTheImage() {
        for (String file : List.of("LICENSE", "NOTICE")) {
            assertTrue(stages.get(0).all("COPY").stream().anyMatch(c -> Dockerfile.sources(c).contains(file)),
                    file + ": pom.xml packs it, no COPY brings it");
            assertTrue(image.all("COPY").stream().anyMatch(c -> c.rest().endsWith("/" + file)), file + ": not in the image");
        }
    }

    @Test
    void stagesTakeOnlyWhatEarlierStagesMade() {
        for (Instruction copy : image.all("COPY")) {
            Matcher from = FROM_STAGE.matcher(copy.rest().replaceAll("--chown=\\S+ ", ""));
            assertTrue(from.find(), "COPY " + copy.rest() + ": the image gets only what stages made");
            Stage source = stages.stream().filter(s -> s.name().equals(from.group(1))).findFirst().orElseThrow();
            assertTrue(source.all("RUN").toString().contains(from.group(2)),
                    from.group(2) + ": stage " + source.name() + " does not make it");
        }
    }

    @Test
    void flagsAreThoseOfTheLauncher() throws IOException {
        String launch = Files.readAllLines(Path.of("hourglass")).stream().filter(l -> l.startsWith("exec ")).findFirst().orElseThrow();
        List<String> expected = Arrays.stream(launch.substring(0, launch.indexOf(" -jar")).split("\\s+")).skip(2)
                .filter(flag -> !flag.startsWith("-Dhourglass.terminal")).filter(DockerfileTest::namesNoFile).toList();
        for (Stage stage : stages) {
            if (!stage.all("ENTRYPOINT").isEmpty()) {
                List<String> words = stage.last("ENTRYPOINT").words();
                assertEquals("java", words.get(0));
                // Benchmarks fork JVMs of their own, so the vector module is named for them; the command line loads it.
                List<String> flags = stage.name().equals("benchmarks")
                        ? List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED") : expected;
                assertEquals(flags, words.subList(1, words.indexOf("-jar")).stream().filter(DockerfileTest::namesNoFile).toList(),
                        "stage " + stage.name());
            }
        }
    }

    private static boolean namesNoFile(String flag) {
        return !flag.startsWith("-XX:SharedArchiveFile=");
    }

    @Test
    void theUserIsNotRootAndOwnsWhereRunsGo() {
        String user = image.last("USER").rest();
        assertTrue(user.matches("[1-9]\\d*:[1-9]\\d*"),
                "USER " + user + ", expected numbers, so that Kubernetes can check that it is not root");
        String work = image.last("WORKDIR").rest();
        assertTrue(image.all("COPY").stream().anyMatch(c -> c.rest().contains("--chown=" + user) && c.rest().endsWith(work + "/runs")),
                "USER " + user + " cannot write " + work + "/runs");
    }

    @Test
    void imagesAreNamedByVersion() {
        List<String> names = stages.stream().map(Stage::name).toList();
        for (Stage stage : stages) {
            assertTrue(names.contains(stage.base()) || stage.base().matches("[^:]+:.*\\d.*") && !stage.base().endsWith(":latest"),
                    "FROM " + stage.base() + ", expected a version");
        }
    }

    @Test
    void theEntryPointStartsFromTheImagesFolderTree() throws IOException, InterruptedException {
        layOut();
        String version = run("--version");
        assertTrue(version.contains("hourglass "), version);
        String doctor = run("doctor");
        assertTrue(doctor.contains("ok    processors"), doctor);
        assertFalse(doctor.contains("\tat "), doctor);
        assertTrue(doctor.contains("ok    vector module"), doctor);
        assertFalse(doctor.contains("incubator modules"), doctor);
    }

    /** The jar of the image: here the classes under test by reference, since tests run before packing. */
    private void layOut() throws IOException {
        for (Instruction copy : image.all("COPY")) {
            String[] words = copy.rest().split("\\s+");
            Path target = inFolder(words[words.length - 1]);
            if (target.toString().endsWith(".jar")) {
                Files.createDirectories(target.getParent());
                Manifest manifest = new Manifest();
                manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
                manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "dev.hourglass.cli.Main");
                manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath());
                manifest.getMainAttributes().putValue("Add-Exports", exports());
                try (OutputStream file = Files.newOutputStream(target); JarOutputStream jar = new JarOutputStream(file, manifest)) {
                    jar.finish();
                }
            } else {
                Files.createDirectories(target);
            }
        }
        Files.createDirectories(inFolder(image.last("WORKDIR").rest()));
    }

    /** What the manifest of the runnable jar opens. */
    private static String exports() throws IOException {
        Matcher exports = Pattern.compile("<Add-Exports>([^<]+)</Add-Exports>").matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(exports.find(), "pom.xml opens nothing to the runnable jar");
        return exports.group(1);
    }

    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .map(e -> Path.of(e).toUri().toString())
                .collect(Collectors.joining(" "));
    }

    private Path inFolder(String absolute) {
        return folder.resolve(absolute.substring(1));
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = image.last("ENTRYPOINT").words().stream().map(w -> w.startsWith("/") ? inFolder(w).toString() : w)
                .collect(Collectors.toList());
        command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).directory(inFolder(image.last("WORKDIR").rest()).toFile()).redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
