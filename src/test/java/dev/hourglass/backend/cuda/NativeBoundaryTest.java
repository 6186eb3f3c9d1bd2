package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** NVIDIA's libraries are called in three places only. */
class NativeBoundaryTest {

    @Test
    void onlyThreeClassesKnowJcuda() throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                if (Files.readAllLines(source).stream().anyMatch(line -> line.matches("import (static )?jcuda\\..*"))) {
                    found.add(source.getFileName().toString());
                }
            }
        }
        assertEquals(Set.of("Cublas.java", "Driver.java", "Installation.java"), found);
    }
}
