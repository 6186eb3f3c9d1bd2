package dev.hourglass.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kernels/philox.cuh, compiled alone by g++, against the known answers of philox_check.cpp. */
class PhiloxHeaderTest {

    @Test
    void givesTheKnownAnswers(@TempDir Path folder) throws Exception {
        assumeTrue(EmulatedDriver.isWanted(), "-Dbackends leaves out cuda-emulated");
        Path root = EmulatedDriver.root();
        String program = folder.resolve("check").toString();
        assertEquals("",
                run(List.of("g++", "-std=c++17", "-ffp-contract=off", "-I" + root.resolve("src/test/cpp"), "-I" + root.resolve("kernels"),
                        root.resolve("src/test/cpp/philox_check.cpp").toString(), "-o", program)));
        assertEquals("0 wrong\n", run(List.of(program)));
    }

    private static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
