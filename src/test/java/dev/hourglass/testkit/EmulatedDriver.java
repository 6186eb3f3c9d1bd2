package dev.hourglass.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A {@code libcuda.so.1} that runs the kernels of {@code kernels/*.cu} on the CPU, for the unchanged JCuda path.
 *
 * <p>{@link #load()} must come before the first touch of {@code jcuda.driver.JCudaDriver}. The library is built by
 * {@code src/test/cpp/build.sh} when it is missing or older than its sources. All methods but {@link #build} and
 * {@link #unavailable} need a loaded driver.
 *
 * <p>System property {@code hourglass.emulator.library}: an already built library to load instead (the sanitizer runs).
 */
public final class EmulatedDriver {

    /**
     * How the threads of a block, and the blocks of a grid, take turns: each order shows races that another hides. In RANDOM order every other block has
     * warps that run as far ahead as its barriers let them.
     */
    public enum Order {
        FORWARD, REVERSE, RANDOM
    }

    /** How kernels are compiled: plainly, with AddressSanitizer and UndefinedBehaviorSanitizer, or with ThreadSanitizer for replay. */
    public enum Mode {
        PLAIN("libcuda.so.1"), ASAN("libcuda.so.1"), TSAN("replay");

        private final String product;

        Mode(String product) {
            this.product = product;
        }

        private String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static boolean loaded;

    private EmulatedDriver() {}

    /**
     * Builds the driver if needed and loads it, once in a JVM.
     *
     * @throws IllegalStateException if g++ is missing or the build fails; the message holds the compiler's output
     */
    public static synchronized void load() {
        if (loaded)
            return;
        String given = System.getProperty("hourglass.emulator.library");
        Path library = given != null ? Path.of(given) : build(Mode.PLAIN, "kernels", kernels());
        System.load(library.toAbsolutePath().toString());
        loaded = true;
    }

    /** Whether this run asks for the emulated driver: system property {@code backends} names {@code cuda-emulated}, or is not set. */
    public static boolean isWanted() {
        return List.of(System.getProperty("backends", "cuda-emulated").split(",")).contains("cuda-emulated");
    }

    /** Why {@link #load()} cannot work on this machine, or nothing if it can. */
    public static Optional<String> unavailable() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.of("the emulated CUDA driver needs Linux, this is " + System.getProperty("os.name"));
        }
        if (System.getProperty("hourglass.emulator.library") != null || onPath("g++"))
            return Optional.empty();
        return Optional.of("the emulated CUDA driver needs g++, which is not on the PATH: install it (Debian: apt install g++)");
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** The kernel files of the project, sorted. */
    public static List<Path> kernels() {
        try (Stream<Path> files = Files.list(root().resolve("kernels"))) {
            return files.filter(file -> file.toString().endsWith(".cu")).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The folder of the project: Maven's basedir, or the working folder. */
    public static Path root() {
        Path root = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        if (!Files.isDirectory(root.resolve("kernels"))) {
            throw new IllegalStateException("no kernels folder in " + root + ": run tests in the project's folder");
        }
        return root;
    }

    /**
     * Builds what is out of date. Safe when several processes build at once.
     *
     * @param mode how to compile
     * @param name of this set of kernels, part of the result's folder name
     * @param sources the .cu files
     * @return the library, or for {@link Mode#TSAN} the replay program
     */
    public static Path build(Mode mode, String name, List<Path> sources) {
        unavailable().ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        Path folder = root().resolve("target/cuda-emulated");
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                 FileLock lock = channel.lock()) {
                assert lock.isValid();
                runBuild(mode, folder, name, sources);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return folder.resolve(mode.word() + "-" + name).resolve(mode.product);
    }

    private static void runBuild(Mode mode, Path folder, String name, List<Path> sources) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("sh", root().resolve("src/test/cpp/build.sh").toString(), mode.word(), folder.toString(), name));
        sources.forEach(source -> command.add(source.toAbsolutePath().toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0)
                throw new IllegalStateException("building the emulated CUDA driver failed:\n" + output);
        } catch (InterruptedException interrupted) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while building the emulated CUDA driver", interrupted);
        }
    }

    /** Sets the order of threads and blocks from the next launch on. The seed matters for {@link Order#RANDOM} only. */
    public static void setOrder(Order order, int seed) {
        setOrder0(order.ordinal(), seed);
    }

    /**
     * A count since the last {@link #reset()}, 0 for what never happened: launches (by cuLaunchKernel), kernels (run, also by graphs),
     * graph_launches, htod_copies, dtoh_copies, dtod_copies, memsets, synchronizes, allocations, frees, peak_bytes, streams.
     * Never reset: live_bytes, pinned_bytes, live_graphs, live_modules.
     */
    public static long counter(String name) {
        return counter0(name);
    }

    /** What the last refused call or failed launch was about, in words; empty if there was none since {@link #reset()}. */
    public static String lastError() {
        return lastError0();
    }

    /** Zeroes the counters and forgets the last error. */
    public static void reset() {
        reset0();
    }

    /** Sets the memory of the device, to test running out of it. */
    public static void setTotalMemory(long bytes) {
        setTotalMemory0(bytes);
    }

    private static native void setOrder0(int kind, int seed);

    private static native long counter0(String name);

    private static native String lastError0();

    private static native void reset0();

    private static native void setTotalMemory0(long bytes);
}
