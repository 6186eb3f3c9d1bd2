package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Dependencies between packages point one way; reads the import lines and the qualified names of every source file. */
class ImportsTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/hourglass");
    private static final Pattern USE = Pattern.compile("dev\\.hourglass\\.([a-z]+(?:\\.[a-z]+)*)\\.[A-Z]");
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            Map.entry("backend", Set.of()),
            Map.entry("backend.cpu", Set.of("backend", "backend.cpu.vector")),
            Map.entry("backend.cpu.vector", Set.of("backend", "backend.cpu")),
            Map.entry("backend.cuda", Set.of("backend")),
            Map.entry("tensor", Set.of("backend")),
            Map.entry("autograd", Set.of("backend", "tensor")),
            Map.entry("nn", Set.of("backend", "tensor", "autograd")),
            Map.entry("optim", Set.of("backend", "tensor", "nn")),
            Map.entry("data", Set.of()),
            Map.entry("io", Set.of()),
            Map.entry("io.onnx", Set.of("io")),
            Map.entry("picture", Set.of("io")),
            Map.entry("model", Set.of("backend", "tensor", "autograd", "nn", "data")),
            Map.entry("export", Set.of("backend", "tensor", "nn", "data", "io", "io.onnx", "model")),
            Map.entry("train", Set.of("backend", "tensor", "autograd", "nn", "optim", "data", "io", "picture", "model")),
            Map.entry("evaluate", Set.of("backend", "tensor", "autograd", "nn", "data", "io", "picture", "model")),
            Map.entry("report", Set.of("backend", "data", "io", "picture", "model", "train", "evaluate")));

    @Test
    void packagesImportOnlyWhatTheyMay() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources()) {
            String name = SOURCES.relativize(file).getParent() == null ? "" : SOURCES.relativize(file).getParent().toString().replace('/', '.');
            Set<String> allowed = ALLOWED.get(name);
            if (allowed == null) {
                assertTrue(name.isEmpty() || name.equals("cli"), "package " + name + " has no rule here, expected one line in ALLOWED");
                continue;
            }
            Matcher use = USE.matcher(withoutComments(Files.readString(file)));
            while (use.find()) {
                if (!use.group(1).equals(name) && !allowed.contains(use.group(1))) {
                    wrong.add(file + " uses " + use.group(1) + ", expected only " + allowed);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        for (Path file : sources()) {
            Path info = file.resolveSibling("package-info.java");
            assertTrue(Files.exists(info), info + " is missing");
            assertTrue(Files.readString(info).toLowerCase(java.util.Locale.ROOT).contains("one rule") && Files.readString(info).contains("ay import"),
                    info + " lacks its one rule or what it may import");
        }
    }

    private static String withoutComments(String source) {
        return source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("//.*", "");
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }
}
