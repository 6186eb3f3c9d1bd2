package dev.hourglass.testkit;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the tester: each planted bug is caught by the means that must catch it, and correct kernels pass all of them. */
class PlantedKernelsTest {

    private record Outcome(int status, String output) {

        List<String> lines(String name) {
            return output.lines().filter(line -> line.startsWith(name + " ")).toList();
        }

        String line(String name, EmulatedDriver.Order order) {
            return lines(name + " " + order).get(0).substring((name + " " + order + " ").length());
        }
    }

    private static Outcome plain;
    @TempDir
    private Path folder;

    @BeforeAll
    static void runAllPlainly() throws Exception {
        assumeTrue(EmulatedDriver.isWanted(), "-Dbackends leaves out cuda-emulated");
        // Bound at once: a symbol that JCuda's native library imports and the fake driver lacks would show here.
        plain = planted(EmulatedDriver.Mode.PLAIN, Map.of("LD_BIND_NOW", "1"), "correct", "correct_in_warp", "correct_row_sums",
                "blocks_correct", "blocks_last_sums", "blocks_finish_last", "row_sums_missing_first_barrier", "missing_barrier",
                "out_of_bounds", "divergent_barrier",
                "early_exit", "half_warp", "bad_mask", "uninitialized_shared", "leak");
        assertEquals(0, plain.status, plain.output);
    }

    private static Path build(EmulatedDriver.Mode mode) {
        return EmulatedDriver.build(mode, "planted", List.of(EmulatedDriver.root().resolve("src/test/cpp/planted.cu")));
    }

    /** Runs {@link PlantedKernels} in a JVM of its own. */
    private static Outcome planted(EmulatedDriver.Mode mode, Map<String, String> environment, String... names) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash", "-Dhourglass.emulator.library=" + build(mode), "-cp", System.getProperty("java.class.path"),
                PlantedKernels.class.getName()));
        command.addAll(Arrays.asList(names));
        return run(environment, command);
    }

    private static Outcome run(Map<String, String> environment, List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // This JVM may itself run under sanitize.sh.
        builder.environment().keySet().removeAll(List.of("EMULATOR_RECORD", "LD_PRELOAD", "ASAN_OPTIONS"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return new Outcome(process.exitValue(), output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"correct", "correct_in_warp", "correct_row_sums", "blocks_correct", "blocks_last_sums", "blocks_finish_last"})
    void correctKernelsGiveTheSameInEveryOrder(String name) {
        assertEquals(3, plain.lines(name).size(), plain.output);
        for (EmulatedDriver.Order order : EmulatedDriver.Order.values()) {
            assertTrue(plain.line(name, order).startsWith("CUDA_SUCCESS"), plain.line(name, order));
            assertEquals(plain.line(name, EmulatedDriver.Order.FORWARD), plain.line(name, order));
        }
    }

    @Test
    void missingBarrierShowsInAnotherOrder() {
        assertNotEquals(plain.line("missing_barrier", EmulatedDriver.Order.FORWARD),
                plain.line("missing_barrier", EmulatedDriver.Order.REVERSE));
    }

    /** sum_r 2^r 64 (r + 1) over r = 0..7 = 64 (7 * 256 + 1), for each of the 64 threads. */
    @Test
    void everyRowOfABlockHasItsSum() {
        String expected = "CUDA_SUCCESS " + Arrays.toString(IntStream.range(0, 64).mapToObj(i -> 114752f).toArray());
        for (EmulatedDriver.Order order : EmulatedDriver.Order.values()) {
            assertEquals(expected, plain.line("correct_row_sums", order));
        }
        assertNotEquals(expected, plain.line("row_sums_missing_first_barrier", EmulatedDriver.Order.RANDOM));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "divergent_barrier | waits in __syncthreads at planted.cu:",
        "early_exit | has finished",
        "half_warp | waits in __shfl_xor_sync at planted.cu:",
        "bad_mask | shuffle mask 0x0000ffff in __shfl_xor_sync at planted.cu:",
        "out_of_bounds | wrote past the end of a device allocation of 256 bytes"})
    void schedulerReports(String name, String message) {
        for (EmulatedDriver.Order order : EmulatedDriver.Order.values()) {
            String line = plain.line(name, order);
            assertTrue(line.startsWith("CUDA_ERROR_LAUNCH_FAILED"), line);
            assertTrue(line.contains(message), line);
        }
    }

    @Test
    void uninitializedSharedMemoryIsNotANumber() {
        assertTrue(plain.line("uninitialized_shared", EmulatedDriver.Order.FORWARD).contains("[0.0, NaN, NaN"));
    }

    @Test
    void leakIsCounted() {
        assertTrue(plain.output.contains("live 12345"), plain.output);
    }

    private static Outcome underAddressSanitizer(String... names) throws Exception {
        String library = run(Map.of(), List.of("g++", "-print-file-name=libasan.so")).output.strip();
        return planted(EmulatedDriver.Mode.ASAN, Map.of("LD_PRELOAD", library, "ASAN_OPTIONS", "handle_segv=0:detect_leaks=0"), names);
    }

    @Test
    void addressSanitizerPassesCorrectKernels() throws Exception {
        Outcome outcome = underAddressSanitizer("correct", "correct_in_warp", "blocks_correct", "divergent_barrier", "correct");
        assertEquals(0, outcome.status, outcome.output);
        assertTrue(outcome.output.contains("live 0"), outcome.output);
    }

    @ParameterizedTest
    @CsvSource({"out_of_bounds, heap-buffer-overflow", "shared_overrun, insufficient space", "dynamic_shared_overrun, heap-buffer-overflow",
        "misaligned, misaligned address"})
    void addressSanitizerCatches(String name, String message) throws Exception {
        Outcome outcome = underAddressSanitizer(name);
        assertNotEquals(0, outcome.status, outcome.output);
        assertTrue(outcome.output.contains(message) && outcome.output.contains("planted.cu:"), outcome.output);
    }

    private Outcome underThreadSanitizer(String... names) throws Exception {
        Path recording = folder.resolve("launches");
        Outcome recorded = planted(EmulatedDriver.Mode.PLAIN, Map.of("EMULATOR_RECORD", recording.toString()), names);
        assertEquals(0, recorded.status, recorded.output);
        assertTrue(Files.size(recording) > 0);
        return run(Map.of(), List.of(build(EmulatedDriver.Mode.TSAN).toString(), recording.toString()));
    }

    @Test
    void threadSanitizerPassesCorrectKernels() throws Exception {
        Outcome outcome = underThreadSanitizer("correct", "correct_in_warp", "correct_row_sums", "blocks_correct", "blocks_last_sums",
                "blocks_finish_last");
        assertEquals(0, outcome.status, outcome.output);
        assertTrue(outcome.output.contains("replayed 6 launches of 6 kernels"), outcome.output);
        assertTrue(outcome.output.contains("not recorded: missing_barrier"), outcome.output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing_barrier", "missing_second_barrier", "shuffle_for_barrier", "blocks_race", "blocks_missing_fence",
        "blocks_missing_first_fence", "blocks_missing_second_fence", "row_sums_missing_first_barrier"})
    void threadSanitizerCatches(String name) throws Exception {
        Outcome outcome = underThreadSanitizer(name);
        assertEquals(66, outcome.status, outcome.output);
        assertTrue(outcome.output.contains("data race") && outcome.output.contains("planted.cu:"), outcome.output);
    }
}
