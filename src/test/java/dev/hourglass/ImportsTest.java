package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Dependencies between packages point one way and are those that each package's own page declares: the sentence "May import" of its package-info is read
 * here and held against the import lines and qualified names of its sources.
 */
class ImportsTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/hourglass");
    private static final Pattern USE = Pattern.compile("dev\\.hourglass\\.([a-z]+(?:\\.[a-z]+)*)\\.[A-Z]");
    private static final Pattern SENTENCE = Pattern.compile("(?s)May import:(.*?)\\*/");
    private static final Pattern NAME = Pattern.compile("\\{@code ([a-z]+(?:\\.[a-z]+)*)}");

    @Test
    void packagesUseWhatTheySayAndNothingElse() throws IOException {
        Map<String, Set<String>> used = used();
        Map<String, Set<String>> declared = new TreeMap<>();
        for (String name : used.keySet()) {
            if (!name.isEmpty() && !name.equals("cli")) {
                declared.put(name, declared(name, used.keySet()));
            }
        }
        used.keySet().retainAll(declared.keySet());
        assertEquals(declared, used);
    }

    @Test
    void noPackageDependsOnItself() throws IOException {
        Map<String, Set<String>> used = used();
        // The CPU backend loads its vector form by name, and that form builds on the plain one.
        used.get("backend.cpu").remove("backend.cpu.vector");
        while (!used.isEmpty()) {
            Set<String> free = new TreeSet<>();
            used.forEach((name, others) -> {
                if (others.isEmpty()) {
                    free.add(name);
                }
            });
            assertTrue(!free.isEmpty(), () -> "a circle among " + used);
            used.keySet().removeAll(free);
            used.values().forEach(others -> others.removeAll(free));
        }
    }

    @Test
    void theCommandLineIsUsedByNobody() throws IOException {
        assertEquals(List.of(),
                used().entrySet().stream().filter(entry -> entry.getValue().contains("cli")).map(Map.Entry::getKey).toList());
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        for (Path file : sources()) {
            Path info = file.resolveSibling("package-info.java");
            assertTrue(Files.exists(info), info + " is missing");
            assertTrue(
                    Files.readString(info).toLowerCase(Locale.ROOT).contains("one rule") && Files.readString(info).contains("May import"),
                    info + " lacks its one rule or what it may import");
        }
    }

    private static Set<String> declared(String name, Set<String> packages) throws IOException {
        String info = Files.readString(SOURCES.resolve(name.replace('.', '/')).resolve("package-info.java"));
        Matcher sentence = SENTENCE.matcher(info);
        assertTrue(sentence.find(), name + " does not say what it may import");
        Set<String> names = new TreeSet<>();
        for (Matcher code = NAME.matcher(sentence.group(1)); code.find();) {
            if (packages.contains(code.group(1))) {
                names.add(code.group(1));
            }
        }
        return names;
    }

    /** The packages of this project that each package uses. */
    private static Map<String, Set<String>> used() throws IOException {
        Map<String, Set<String>> used = new TreeMap<>();
        for (Path file : sources()) {
            String name = name(file);
            Set<String> others = used.computeIfAbsent(name, unused -> new TreeSet<>());
            for (Matcher use = USE.matcher(withoutComments(Files.readString(file))); use.find();) {
                if (!use.group(1).equals(name)) {
                    others.add(use.group(1));
                }
            }
        }
        return used;
    }

    private static String name(Path file) {
        Path folder = SOURCES.relativize(file).getParent();
        return folder == null ? "" : folder.toString().replace('/', '.');
    }

    private static String withoutComments(String source) {
        return source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("//.*", "");
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return new ArrayList<>(files.filter(file -> file.toString().endsWith(".java")).sorted().toList());
        }
    }
}
