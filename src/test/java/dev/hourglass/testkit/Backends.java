package dev.hourglass.testkit;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.backend.cuda.CudaBackend;
import dev.hourglass.backend.cuda.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The backends that this run of the tests is about: system property {@code backends}, a list of {@code cpu}, {@code cuda-emulated} and
 * {@code cuda}. One that is asked for and cannot be opened is a failure, never a skip.
 */
public final class Backends {
    private static final String PROPERTY = "backends";
    private static final int ORDER_SEED = 20240607;

    /** The kinds of backend. A process can load one libcuda, so the two CUDA kinds exclude each other. */
    public enum Kind {
        /** The reference. */
        CPU,
        /** The CUDA backend on {@link EmulatedDriver}. */
        CUDA_EMULATED,
        /** The CUDA backend on the first card of this machine. */
        CUDA;

        /** Returns the name in the property. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private Backends() {}

    /** Returns the kinds that were asked for; without the property the reference and the emulation. */
    public static List<Kind> enabled() {
        List<Kind> kinds = new ArrayList<>();
        for (String label : System.getProperty(PROPERTY, "cpu,cuda-emulated").split(",")) {
            kinds.add(kind(label.strip()));
        }
        if (kinds.contains(Kind.CUDA) && kinds.contains(Kind.CUDA_EMULATED)) {
            throw new IllegalArgumentException(
                    PROPERTY + ": cuda and cuda-emulated in one process, expected one of them: one libcuda can be loaded");
        }
        return kinds;
    }

    /** Returns the kinds that were asked for and are compared with the reference. */
    public static List<Kind> compared() {
        return enabled().stream().filter(kind -> kind != Kind.CPU).toList();
    }

    /** Opens a backend for the calling thread; the caller closes it. */
    public static Backend open(Kind kind) {
        return switch (kind) {
            case CPU -> new CpuBackend();
            case CUDA_EMULATED -> openEmulated();
            case CUDA -> CudaBackend.open(0, Precision.FP32);
        };
    }

    /** Runs a test of a backend: on the emulated driver in each order of threads and blocks, because each hides races that another finds. */
    public static void inEveryOrder(Kind kind, Runnable test) {
        if (kind != Kind.CUDA_EMULATED) {
            test.run();
            return;
        }
        loadEmulation();
        try {
            for (EmulatedDriver.Order order : EmulatedDriver.Order.values()) {
                EmulatedDriver.setOrder(order, ORDER_SEED);
                test.run();
            }
        } finally {
            EmulatedDriver.setOrder(EmulatedDriver.Order.FORWARD, 0);
        }
    }

    private static Backend openEmulated() {
        loadEmulation();
        return CudaBackend.open(0, Precision.FP32);
    }

    /**
     * Makes the emulated driver the one of this process. A cuBLAS on this machine would talk to the emulation and fail: our own kernel computes the
     * products. Every buffer is an allocation of its own, so that the emulated driver sees what is written past its end.
     */
    static void loadEmulation() {
        EmulatedDriver.load();
        System.setProperty("hourglass.cuda.separate", "true");
        System.setProperty("hourglass.cublas", "none");
    }

    private static Kind kind(String label) {
        for (Kind kind : Kind.values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        throw new IllegalArgumentException(PROPERTY + ": unknown backend: " + label + ", expected cpu, cuda-emulated or cuda");
    }
}
