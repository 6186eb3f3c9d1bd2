package dev.hourglass.backend.cuda;

/**
 * What a CUDA device is.
 *
 * @param ordinal       its number, as in {@code cuda:0}
 * @param name          the vendor's name of it
 * @param major         compute capability, before the point
 * @param minor         compute capability, after the point
 * @param processors    streaming multiprocessors
 * @param totalBytes    device memory
 * @param l2Bytes       level two cache
 * @param sharedBytes   shared memory one block can have after opting in
 * @param driverVersion CUDA version the driver speaks, 1000 major + 10 minor: 12040 is 12.4
 */
public record DeviceInfo(int ordinal, String name, int major, int minor, int processors, long totalBytes, long l2Bytes,
        int sharedBytes, int driverVersion) {

    /** Compute capability below which the kernels do not run, in the notation of {@link #architecture}. */
    public static final int OLDEST_ARCHITECTURE = 70;

    /** Whether the kernels run on it. */
    public boolean usable() {
        return architecture() >= OLDEST_ARCHITECTURE;
    }

    /** {@code 90} for compute capability 9.0. */
    public int architecture() {
        return 10 * major + minor;
    }

    /** {@code 12.4}. */
    public String driver() {
        return driverVersion / 1000 + "." + driverVersion % 1000 / 10;
    }

    @Override
    public String toString() {
        return "cuda:%d %s, compute capability %d.%d, %d multiprocessors, %s, driver for CUDA %s"
                .formatted(ordinal, name, major, minor, processors, Bytes.text(totalBytes), driver());
    }
}
