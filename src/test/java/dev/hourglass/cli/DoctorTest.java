package dev.hourglass.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hourglass.Devices;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cuda.CudaProbe;
import dev.hourglass.testkit.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What doctor says, and which device --device stands for: with a driver in this process, without one in a child. */
class DoctorTest {
    private static final Pattern DIFFERENCE = Pattern.compile("largest difference from the CPU (\\S+), allowed (\\S+)");

    @TempDir
    Path folder;

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.hourglass.testkit.Backends#compared")
    void everyDeviceIsChecked(Backends.Kind kind) throws IOException {
        Backends.open(kind).close();
        Result result = Result.of("doctor", "--json");
        assertEquals(0, result.code(), result.toString());
        JsonNode root = new ObjectMapper().readTree(result.out());
        assertTrue(root.get("healthy").asBoolean());
        List<String> names = new ArrayList<>();
        root.get("checks").forEach(check -> names.add(check.get("name").asText()));
        assertTrue(
                names.containsAll(
                        List.of("java", "cuda", "cublas", "cuda:0", "cuda:0 memory", "cuda:0 kernels", "cuda:0 tanh", "cuda:0 product")),
                names.toString());
        assertTrue(finding(root, "cuda:0")
                .matches("cuda:0 .+, compute capability \\d+\\.\\d, \\d+ multiprocessors, .+, driver for CUDA \\d+\\.\\d+"));
        assertTrue(finding(root, "cuda:0 memory").matches("\\d+ MiB free, \\d+ MiB used of \\d+ MiB, by all processes"),
                finding(root, "cuda:0 memory"));
        assertTrue(finding(root, "cuda:0 kernels").matches("\\d+ kernels compiled from PTX and loaded"));
        for (String name : List.of("cuda:0 tanh", "cuda:0 product")) {
            Matcher matcher = DIFFERENCE.matcher(finding(root, name));
            assertTrue(matcher.find(), finding(root, name));
            assertTrue(Double.parseDouble(matcher.group(1)) <= Double.parseDouble(matcher.group(2)));
        }
        Path file = folder.resolve("doctor.json");
        Result table = Result.of("doctor", "--json", file.toString());
        assertEquals(root.get("checks").size(), new ObjectMapper().readTree(file.toFile()).get("checks").size());
        assertTrue(table.out().contains("ok    cuda:0 tanh"), table.out());
    }

    private static String finding(JsonNode root, String name) {
        for (JsonNode check : root.get("checks")) {
            if (check.get("name").asText().equals(name)) {
                return check.get("finding").asText();
            }
        }
        throw new AssertionError("no check " + name + " in " + root);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.hourglass.testkit.Backends#compared")
    void namesOpenWhatTheyStandFor(Backends.Kind kind) {
        Backends.open(kind).close();
        for (String name : List.of("auto", "cuda", "cuda:0")) {
            try (Backend device = Devices.open(name)) {
                assertTrue(device.description().startsWith("cuda:0 "), device.description());
            }
            assertEquals("device: " + CudaProbe.devices().get(0), Devices.choice(name));
        }
        Result absent = Result.of("train", "--data", "digits:20", "--device", "cuda:99", "--out", folder.resolve("run").toString());
        assertEquals(1, absent.code());
        assertTrue(absent.err().startsWith("hourglass train: device cuda:99: no such device: number=99, expected one of [cuda:0 "),
                absent.err());
        assertEquals(1, absent.err().lines().count());
    }

    /** Whoever closes a device on the thread that owns it is served; another thread is told whose it is. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.hourglass.testkit.Backends#compared")
    void anotherThreadIsToldWhoseTheDeviceIs(Backends.Kind kind) throws InterruptedException {
        List<String> said = new ArrayList<>();
        try (Backend device = Backends.open(kind)) {
            Thread other = new Thread(() -> {
                try {
                    device.synchronize();
                } catch (IllegalStateException refused) {
                    said.add(refused.getMessage());
                }
            }, "other");
            other.start();
            other.join();
        }
        assertEquals(List.of("cuda:0: used by thread \"other\" but owned by \"" + Thread.currentThread().getName()
                + "\"; hand it over first, or open one for each thread"), said);
    }

    @Test
    void withoutADriverTheCpuIsHealthy() throws IOException, InterruptedException {
        Child doctor = child(folder, "doctor");
        assertEquals(0, doctor.code, doctor.toString());
        assertTrue(doctor.out.contains("note  cuda           no NVIDIA driver: libcuda.so.1 was not found"), doctor.out.toString());
        assertTrue(doctor.out.get(doctor.out.size() - 1).strip().startsWith("-> install the driver"), doctor.out.toString());
    }

    @Test
    void withoutADriverAutoIsTheCpuAndSaysWhy() throws IOException, InterruptedException {
        Child train = child(folder, "train", "--data", "digits:30", "--hidden", "5", "--latent", "2", "--epochs", "1", "--out",
                folder.resolve("run").toString());
        assertEquals(0, train.code, train.toString());
        assertEquals(1, train.err.stream().filter("device: cpu (no NVIDIA driver: libcuda.so.1 was not found)"::equals).count(),
                train.err.toString());
        assertTrue(train.err.stream().noneMatch(line -> line.startsWith("\tat ")), train.err.toString());
    }

    @Test
    void withoutADriverCudaIsRefusedInOneLine() throws IOException, InterruptedException {
        Child train = child(folder, "train", "--data", "digits:30", "--device", "cuda", "--out", folder.resolve("run").toString());
        assertEquals(1, train.code, train.toString());
        assertEquals(List.of("hourglass train: device cuda: no NVIDIA driver: libcuda.so.1 was not found; "
                + "install the driver, version 525 or newer (a container needs --gpus all), or use the CPU"), train.err);
        assertTrue(Files.notExists(folder.resolve("run")));
    }

    @Test
    void aBrokenDriverIsAFailure() throws IOException, InterruptedException {
        Path libraries = Files.createDirectory(folder.resolve("libraries"));
        Files.writeString(libraries.resolve("libcuda.so.1"), "not a library");
        Child doctor = child(libraries, "doctor");
        assertEquals(1, doctor.code, doctor.toString());
        assertTrue(doctor.out.stream().anyMatch(line -> line.startsWith("fail  cuda           cannot load libJCudaDriver")),
                doctor.out.toString());
        assertEquals(List.of(), doctor.err);
    }

    private record Child(int code, List<String> out, List<String> err) {
    }

    /** Runs a command in a JVM of its own, with shared libraries of that folder. */
    private Child child(Path libraries, String... arguments) throws IOException, InterruptedException {
        assumeTrue(libraries != folder
                || Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/nvidia/lib64", "/usr/local/cuda/compat")
                        .noneMatch(path -> Files.exists(Path.of(path, "libcuda.so.1"))),
                "this machine has an NVIDIA driver");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        Process process = builder.start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the child hangs");
        return new Child(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    }
}
