package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.cli.Main;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.SyntheticDigits;
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
 * README says only what works: every Java snippet is compiled and run, every command is run as written but for a temporary folder, small data and
 * one epoch.
 */
class ReadmeTest {
    private static final Pattern SNIPPET = Pattern.compile("```(java|sh)\\n(.*?)```", Pattern.DOTALL);
    private static final String IMPORTS = """
            import dev.hourglass.*;
            import dev.hourglass.model.*;
            """;

    @TempDir
    private static Path folder;
    private static List<String> java;
    private static List<String> commands;

    @BeforeAll
    static void read() throws IOException {
        java = snippets("java");
        commands = snippets("sh").stream().flatMap(String::lines).filter(line -> line.startsWith("./hourglass ")).toList();
    }

    private static List<String> snippets(String language) throws IOException {
        List<String> found = new ArrayList<>();
        Matcher matcher = SNIPPET.matcher(Files.readString(Path.of("README.md")));
        while (matcher.find()) {
            if (matcher.group(1).equals(language)) {
                found.add(matcher.group(2));
            }
        }
        return found;
    }

    @Test
    void programRuns() throws Exception {
        String program = java.get(0);
        assertTrue(program.startsWith("import "), program);
        run("Digits", program.replace("5_000", "300"));
    }

    @Test
    void gpuIsOneChangedLine() throws Exception {
        String line = java.get(1).strip();
        String program = java.get(0);
        assertTrue(program.contains(line.replace("\"cuda\"", "\"cpu\"")), "the changed line stands in the program: " + line);
        compile("Digits", program.replace(line.replace("\"cuda\"", "\"cpu\""), line));
    }

    @Test
    void presetsAreLegal() throws Exception {
        List<String> lines = java.stream().filter(snippet -> snippet.startsWith("ModelBuilder model = ")).toList();
        assertEquals(Hourglass.presets().size(), lines.size(), "one Java line for each preset");
        StringBuilder body = new StringBuilder();
        for (String line : lines) {
            body.append("{ ").append(line.strip()).append(" System.out.println(model.specification().preset()); }\n");
        }
        run("Presets", IMPORTS + "class Presets { public static void main(String[] arguments) {\n" + body + "} }");
    }

    @Test
    void everyPresetHasACommand() {
        for (String preset : Hourglass.presets()) {
            assertTrue(commands.stream().anyMatch(command -> command.contains("--model " + preset)), "no command for " + preset);
        }
    }

    @Test
    void commandsRun() throws IOException {
        Path mnist = Files.createDirectories(folder.resolve("mnist-files"));
        writeIdx(mnist, "train", SyntheticDigits.generate(300, 1));
        writeIdx(mnist, "t10k", SyntheticDigits.generate(100, 2));
        int number = 0;
        for (String command : commands) {
            List<String> words = new ArrayList<>(List.of(command.substring("./hourglass ".length()).split(" ")));
            localise(words, mnist, number++);
            assertEquals(0, Main.run(words.toArray(String[]::new)), String.join(" ", words));
        }
    }

    /** Files go to the temporary folder, training is made small. */
    private static void localise(List<String> words, Path mnist, int number) {
        words.replaceAll(word -> word.equals("mnist:DIR") ? "mnist:" + mnist : word);
        for (int i = 0; i + 1 < words.size(); i++) {
            if (List.of("--out", "--run", "--onnx", "--codes", "--config").contains(words.get(i))) {
                words.set(i + 1, folder.resolve(words.get(i + 1)).toString());
            }
            if (words.get(i).equals("--epochs")) {
                words.set(i + 1, words.get(0).equals("train") ? "1" : "2");
            }
        }
        if (words.get(0).equals("train")) {
            addIfMissing(words, "--epochs", "1");
            addIfMissing(words, "--data", "digits:300");
            addIfMissing(words, "--out", folder.resolve("run-" + number).toString());
            words.add("--quiet");
        }
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
