package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine without a usable driver is told, each time in a JVM of its own: a library is loaded once in a process. */
class NativeLoaderTest {
    /** A driver that compiles nothing, with one card of the old or new architecture CARD. */
    private static final String CARD = """
        #include <stdlib.h>
        #include <string.h>
        int cuDriverGetVersion(int* v) { *v = 12020; return 0; }
        int cuInit(unsigned f) { return 0; }
        int cuDeviceGetCount(int* n) { *n = 1; return 0; }
        int cuDeviceGet(int* d, int i) { *d = i; return 0; }
        int cuDeviceGetName(char* n, int l, int d) { strcpy(n, "a card"); return 0; }
        int cuDeviceTotalMem_v2(size_t* b, int d) { *b = 1 << 20; return 0; }
        int cuDeviceGetAttribute(int* v, int a, int d) { *v = a == 75 ? CARD : 1; return 0; }
        int cuDevicePrimaryCtxRetain(void** c, int d) { *c = malloc(1); return 0; }
        int cuCtxSetCurrent(void* c) { return 0; }
        int cuStreamCreate(void** s, unsigned f) { *s = malloc(1); return 0; }
        int cuMemHostAlloc(void** p, size_t b, unsigned f) { *p = malloc(b); return 0; }
        int cuMemFreeHost(void* p) { free(p); return 0; }
        int cuModuleLoadDataEx(void** m, const void* image, unsigned n, int* options, void** values) {
            if (n != 2 || options[0] != 5 || options[1] != 6 || (size_t) values[1] < 1000) return 1;
            strcpy(values[0], "ptxas application ptx input, line 1; fatal : no\\nmore");
            return 218;
        }
        int cuStreamSynchronize(void* s) { return 0; }
        int cuStreamDestroy_v2(void* s) { return 0; }
        int cuDevicePrimaryCtxRelease_v2(int d) { return 0; }
        """;
    @TempDir
    private Path folder;

    /** Run in the child: asks twice, prints the answers and whether the process is as before. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws IOException {
            String before = System.getProperty("java.io.tmpdir");
            System.out.println(CudaProbe.availability());
            System.out.println(CudaProbe.availability() == CudaProbe.availability()
                    && CudaProbe.devices().isEmpty() != CudaProbe.availability().usable());
            try (Driver driver = Driver.open(0)) {
                System.out.println(driver.info());
                driver.load("wrong", "what no driver compiles");
            } catch (CudaException refused) {
                System.out.println(refused.getMessage());
            }
            Path file = File.createTempFile("after", "").toPath();
            System.out.println(file.getParent().equals(Path.of(before)) && System.getProperty("java.io.tmpdir").equals(before));
            Files.delete(file);
        }
    }

    @Test
    void withoutADriver() throws IOException, InterruptedException {
        assumeTrue(Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/nvidia/lib64", "/usr/local/cuda/compat")
                .noneMatch(path -> Files.exists(Path.of(path, "libcuda.so.1"))), "this machine has an NVIDIA driver");
        assertTold("no NVIDIA driver: libcuda.so.1 was not found; "
                + "install the driver, version 525 or newer (a container needs --gpus all), or use the CPU", ask(folder));
    }

    @Test
    void brokenDriver() throws IOException, InterruptedException {
        Path libraries = Files.createDirectory(folder.resolve("libraries"));
        Files.writeString(libraries.resolve("libcuda.so.1"), "not a library");
        List<String> lines = ask(libraries);
        assertTrue(lines.get(0).startsWith("cannot load libJCudaDriver-12.6.0-linux-x86_64.so: " + libraries + "/libcuda.so.1: "),
                lines.get(0));
    }

    @Test
    void oldDriver() throws IOException, InterruptedException {
        assertTold("the NVIDIA driver speaks CUDA 11.4, 12.0 is needed; update the driver to version 525 or newer, or use the CPU",
                ask(driver("int cuDriverGetVersion(int* v) { *v = 11040; return 0; }")));
    }

    @Test
    void driverWithoutADevice() throws IOException, InterruptedException {
        assertTold("cuInit: CUDA_ERROR_NO_DEVICE: no CUDA device is visible; check nvidia-smi and CUDA_VISIBLE_DEVICES; or use the CPU",
                ask(driver("int cuDriverGetVersion(int* v) { *v = 12020; return 0; } int cuInit(unsigned f) { return 100; }")));
    }

    @Test
    void compilerComplaintIsPartOfTheMessage() throws IOException, InterruptedException {
        List<String> lines = ask(driver(CARD.replace("CARD", "7")));
        assertEquals("cuda:0 a card, compute capability 7.1, 1 multiprocessors, 1.0 MiB, driver for CUDA 12.2", lines.get(2));
        assertEquals("load wrong.ptx: CUDA_ERROR_INVALID_PTX: ptxas application ptx input, line 1; fatal : no; "
                + "the driver cannot compile this PTX; update the driver", lines.get(3));
    }

    @Test
    void oldCard() throws IOException, InterruptedException {
        assertEquals("open cuda:0: card too old: a card has compute capability 6.1, 7.0 is needed; use the CPU",
                ask(driver(CARD.replace("CARD", "6"))).get(2));
    }

    private static void assertTold(String expected, List<String> lines) {
        assertEquals(List.of(expected, "true", "open cuda:0: not available: " + expected, "true"), lines);
    }

    /** Builds a driver of the given functions and returns its folder. */
    private Path driver(String functions) throws IOException, InterruptedException {
        Path libraries = Files.createDirectory(folder.resolve("libraries"));
        Path source = Files.writeString(folder.resolve("driver.c"), functions);
        assumeTrue(FakeCublas.compilerExists(), "no gcc on this machine");
        FakeCublas.compile(libraries.resolve("libcuda.so.1"), "-Wl,-soname,libcuda.so.1", source.toString());
        return libraries;
    }

    /** The lines the child printed; nothing of it may remain in its temporary folder. */
    private List<String> ask(Path libraries) throws IOException, InterruptedException {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Djava.io.tmpdir=" + temporary, "-XX:-UsePerfData", "-cp",
                System.getProperty("java.class.path"), Child.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LD_LIBRARY_PATH", libraries.toString());
        Path output = folder.resolve("output");
        Process process = builder.redirectOutput(output.toFile()).start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the child hangs");
        List<String> lines = Files.readAllLines(output);
        assertEquals(0, process.exitValue(), lines.toString());
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
        return lines;
    }
}
