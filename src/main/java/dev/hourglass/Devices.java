package dev.hourglass;

import dev.hourglass.backend.Backend;

/** Opens the devices that models run on. */
public final class Devices {
    private Devices() {
    }

    /**
     * Opens a device by its name on the command line.
     *
     * @param name {@code auto}: a usable GPU or else the CPU; {@code cpu}; {@code cuda} or {@code cuda:N}
     * @throws IllegalStateException in one line when the device cannot be used: why, and what to do
     */
    public static Backend open(String name) {
        throw new IllegalStateException("device " + name + ": not there yet");
    }

    /** Opens the CPU with that many threads. */
    public static Backend cpu(int threads) {
        throw new IllegalStateException("device cpu: not there yet, threads=" + threads);
    }
}
