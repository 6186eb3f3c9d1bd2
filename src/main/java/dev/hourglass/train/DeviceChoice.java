package dev.hourglass.train;

/**
 * What a model was trained on. Threads never change a result; the precision does.
 *
 * @param name auto, cpu, cuda or cuda:N
 * @param threads of the CPU, 0 for all processors
 * @param precision of matrix products: fp32, tf32 or bf16; the CPU has the first only
 */
public record DeviceChoice(String name, int threads, String precision) {
    private static final int MOST_THREADS = 256;

    public DeviceChoice {
        if (!name.matches("auto|cpu|cuda(:\\d{1,3})?")) {
            throw new IllegalArgumentException("device: unknown name: device=" + name + ", expected auto, cpu, cuda or cuda:N");
        }
        if (threads > MOST_THREADS) {
            throw new IllegalArgumentException(
                    "device: too many: threads=" + threads + ", expected at most " + MOST_THREADS + ", or 0 for all processors");
        }
        if (threads < 0) {
            throw new IllegalArgumentException(
                    "device: negative count: threads=" + threads + ", expected at least 1, or 0 for all processors");
        }
        if (!precision.matches("fp32|tf32|bf16")) {
            throw new IllegalArgumentException("device: unknown precision: precision=" + precision + ", expected fp32, tf32 or bf16");
        }
    }

    /** The best device there is, all processors, 32-bit floats. */
    public static DeviceChoice defaults() {
        return new DeviceChoice("auto", 0, "fp32");
    }
}
