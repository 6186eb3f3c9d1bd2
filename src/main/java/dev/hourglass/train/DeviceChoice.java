package dev.hourglass.train;

import dev.hourglass.message.Require;

/**
 * What a model was trained on. Threads never change a result; the precision does.
 *
 * @param name auto, cpu, cuda or cuda:N
 * @param threads of the CPU, 0 for all processors
 * @param precision of matrix products: fp32, tf32 or bf16; the CPU has the first only
 */
public record DeviceChoice(String name, int threads, String precision) {
    private static final int MOST_THREADS = 256;
    private static final String NAMES = "auto, cpu, cuda or cuda:N";
    private static final String PRECISIONS = "fp32, tf32 or bf16";

    public DeviceChoice {
        Require.that(Require.given(name, "device", "device", NAMES).matches("auto|cpu|cuda(:\\d{1,3})?"), "device", "unknown name",
                "device",
                name, NAMES);
        Require.that(threads <= MOST_THREADS, "device", "too many", "threads", threads,
                "at most " + MOST_THREADS + ", or 0 for all processors");
        Require.that(threads >= 0, "device", "negative count", "threads", threads, "at least 1, or 0 for all processors");
        Require.that(Require.given(precision, "device", "precision", PRECISIONS).matches("fp32|tf32|bf16"), "device", "unknown precision",
                "precision", precision, PRECISIONS);
    }

    /** The best device there is, all processors, 32-bit floats. */
    public static DeviceChoice defaults() {
        return new DeviceChoice("auto", 0, "fp32");
    }
}
