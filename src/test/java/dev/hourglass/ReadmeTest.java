package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.cli.Main;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.digits.SyntheticDigits;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * README says only what works: the programs are compiled and run, every command is run, as written but for a temporary folder, small data and few
 * epochs; every preset of the table is built by its line of Java and trained by its options.
 */
class ReadmeTest {
    private static final Pattern SNIPPET = Pattern.compile("```(java|sh)\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern PRESET = Pattern.compile("\\| `([a-z-]+)` \\| `(Hourglass\\..*?)` \\|.*\\| `(--.*?)` \\|");

    private record Preset(String name, String java, String options) {
    }

    @TempDir
    private static Path folder;
    private static String readme;

    @BeforeAll
    static void read() throws IOException {
        readme = Files.readString(Path.of("README.md"));
    }

    private static List<String> snippets(String language) {
        return SNIPPET.matcher(readme).results().filter(match -> match.group(1).equals(language)).map(match -> match.group(2)).toList();
    }

    private static List<Preset> presets() {
        return readme.lines().map(PRESET::matcher).filter(Matcher::matches).map(row -> new Preset(row.group(1), row.group(2), row.group(3)))
                .toList();
    }

    @Test
    void firstProgramRuns() throws Exception {
        String program = replaced(snippets("java").get(0), "5_000", "300");
        run("Rectangles", local(replaced(program, "epochs(50)", "epochs(2)"), "rectangles"));
        assertTrue(Files.isRegularFile(folder.resolve("rectangles/config.json")), "it saved the model");
    }

    /** The data are made by the shell, which the kernels' tests need too. */
    @Test
    void serviceScoresWhatTheCommandLineTrained() throws Exception {
        List<String> shell = snippets("sh");
        Process made = new ProcessBuilder("sh", "-ec", shell.get(0)).directory(folder.toFile()).inheritIO().start();
        assertEquals(0, made.waitFor(), "exit code of what makes the data");
        assertEquals(5_001, Files.readAllLines(folder.resolve("pumps.csv")).size(), "lines of pumps.csv");
        for (String command : commands(shell.get(1))) {
            runCommand(command, 2, 0);
        }
        run("Service", local(snippets("java").get(1), "runs/pumps"));
    }

    @Test
    void presetsAreBuiltByTheirLines() throws Exception {
        assertEquals(List.copyOf(Hourglass.presets()), presets().stream().map(Preset::name).toList(), "rows of the table");
        StringBuilder body = new StringBuilder();
        for (Preset preset : presets()) {
            body.append("check(\"").append(preset.name()).append("\", ").append(preset.java()).append(".specification().preset());\n");
        }
        run("Presets", """
                import dev.hourglass.*;
                class Presets {
                    static void check(String expected, String name) {
                        if (!name.equals(expected)) throw new IllegalStateException(name + ", expected " + expected);
                    }
                    public static void main(String[] arguments) {
                """ + body + "} }");
    }

    @Test
    void presetsTrainWithTheirOptions() {
        int number = 0;
        for (Preset preset : presets()) {
            runCommand("./hourglass train --model " + preset.name() + " " + preset.options(), 1, ++number);
        }
        assertEquals(Hourglass.presets().size(), number, "presets trained");
    }

    @Test
    void commandsRun() throws IOException {
        Path mnist = Files.createDirectories(folder.resolve("mnist-files"));
        writeIdx(mnist, "train", SyntheticDigits.generate(300, 1));
        writeIdx(mnist, "t10k", SyntheticDigits.generate(100, 2));
        List<String> commands = commands(snippets("sh").get(2));
        assertTrue(commands.size() > 10, "commands: " + commands.size());
        for (String command : commands) {
            runCommand(command.replace("mnist:DIR", "mnist:" + mnist), 1, 0);
        }
    }

    @Test
    void dependencyIsThisVersion() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        for (String name : List.of("groupId", "artifactId", "version")) {
            Pattern element = Pattern.compile("<" + name + ">(.*?)</" + name + ">");
            Matcher own = element.matcher(pom);
            Matcher told = element.matcher(readme);
            assertTrue(own.find() && told.find(), name);
            assertEquals(own.group(1), told.group(1), name);
        }
    }

    private static List<String> commands(String snippet) {
        return snippet.lines().filter(line -> line.startsWith("./hourglass ")).toList();
    }

    /** Runs a command in the temporary folder; train for so many epochs, resume for one more. */
    private static void runCommand(String command, int epochs, int number) {
        List<String> words = new ArrayList<>(List.of(command.substring("./hourglass ".length()).split(" ")));
        for (int i = 0; i + 1 < words.size(); i++) {
            if (List.of("--out", "--run", "--onnx", "--codes").contains(words.get(i)) || words.get(i + 1).endsWith(".csv")) {
                words.set(i + 1, folder.resolve(words.get(i + 1)).toString());
            }
            if (words.get(i).equals("--epochs")) {
                words.set(i + 1, String.valueOf(words.get(0).equals("train") ? epochs : epochs + 1));
            }
        }
        if (words.get(0).equals("train")) {
            addIfMissing(words, "--epochs", String.valueOf(epochs));
            addIfMissing(words, "--data", "digits:300");
            addIfMissing(words, "--out", folder.resolve("run-" + number).toString());
            words.add("--quiet");
        }
        assertEquals(0, Main.run(words.toArray(String[]::new)), String.join(" ", words));
    }

    /** The program with a folder that it names put into the temporary one. */
    private static String local(String program, String name) {
        return replaced(program, "Path.of(\"" + name + "\")", "Path.of(\"" + folder.resolve(name) + "\")");
    }

    private static String replaced(String text, String old, String fresh) {
        assertTrue(text.contains(old), "README's program holds " + old);
        return text.replace(old, fresh);
    }

    private static void addIfMissing(List<String> words, String option, String value) {
        if (!words.contains(option)) {
            words.addAll(List.of(option, value));
        }
    }

    private static void writeIdx(Path target, String name, Dataset digits) throws IOException {
        byte[] pixels = new byte[digits.rows() * digits.columns()];
        digits.copyRows(0, digits.rows(), pixels, 0);
        ByteBuffer images = ByteBuffer.allocate(16 + pixels.length).putInt(0x803).putInt(digits.rows()).putInt(28).putInt(28).put(pixels);
        ByteBuffer labels = ByteBuffer.allocate(8 + digits.rows()).putInt(0x801).putInt(digits.rows());
        for (int label : digits.labels()) {
            labels.put((byte) label);
        }
        Files.write(target.resolve(name + "-images-idx3-ubyte"), images.array());
        Files.write(target.resolve(name + "-labels-idx1-ubyte"), labels.array());
    }

    private static Path compile(String name, String source) throws IOException {
        Path target = Files.createDirectories(folder.resolve("classes-" + name));
        Path file = Files.writeString(target.resolve(name + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        boolean compiled = compiler.getTask(new PrintWriter(complaints), null, null,
                List.of("-d", target.toString(), "-cp", System.getProperty("java.class.path")), null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file)).call();
        assertTrue(compiled, complaints.toString());
        return target;
    }

    private static void run(String name, String source) throws Exception {
        Path target = compile(name, source);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {target.toUri().toURL()})) {
            var main = loader.loadClass(name).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
        }
    }
}
