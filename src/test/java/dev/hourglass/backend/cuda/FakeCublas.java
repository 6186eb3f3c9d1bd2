package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A libcublas.so.13 and libcublasLt.so.13 made with gcc: every symbol JCuda's bridge imports under the version name libcublas.so.13, of which
 * those Hourglass calls work on host memory, as cuBLAS does on the device, and the others answer NOT_SUPPORTED.
 */
final class FakeCublas {
    private static final Pattern IMPORTED = Pattern.compile("\\bcublas[A-Z]\\w*");

    private FakeCublas() {}

    static boolean compilerExists() throws IOException, InterruptedException {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, "gcc"))) {
                return true;
            }
        }
        return false;
    }

    static void compile(Path library, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-O1", "-w", "-o", library.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), said);
    }
}
