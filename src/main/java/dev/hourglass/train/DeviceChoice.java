package dev.hourglass.train;

/**
 * What a model was trained on. Threads never change a result; the precision does.
 *
 * @param name auto, cpu, cuda or cuda:N
 * @param threads of the CPU, 0 for all processors
 * @param precision of matrix products
 */
public record DeviceChoice(String name, int threads, Precision precision) {
    /** Precisions of matrix products; sums and everything else are 32-bit floats in all of them. */
    public enum Precision {
        /** 32-bit floats. */
        FP32,
        /** Inputs rounded to TensorFloat-32, GPU only. */
        TF32,
        /** Inputs rounded to bfloat16, GPU only. */
        BF16
    }

    public DeviceChoice {
        if (!name.matches("auto|cpu|cuda(:\\d{1,3})?")) {
            throw new IllegalArgumentException("device: unknown name: device=" + name + ", expected auto, cpu, cuda or cuda:N");
        }
        if (threads < 0) {
            throw new IllegalArgumentException("device: negative count: threads=" + threads + ", expected at least 1, or 0 for all processors");
        }
    }

    /** The best device there is, all processors, 32-bit floats. */
    public static DeviceChoice defaults() {
        return new DeviceChoice("auto", 0, Precision.FP32);
    }
}
