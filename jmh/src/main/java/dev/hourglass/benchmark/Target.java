package dev.hourglass.benchmark;

import dev.hourglass.Devices;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import java.util.Locale;

/** The devices that benchmarks name: {@code cpu:THREADS}, {@code cuda}. */
final class Target {
    private Target() {
    }

    /** Opens a device. */
    static Backend open(String name) {
        return name.startsWith("cpu:") ? Devices.cpu(Integer.parseInt(name.substring(4))) : Devices.open(name);
    }

    /** Returns why a device cannot be used here, or null when it can. */
    static String missing(String name) {
        if (name.startsWith("cpu:")) {
            int threads = Integer.parseInt(name.substring(4));
            int processors = Runtime.getRuntime().availableProcessors();
            return threads <= processors ? null : "this machine has processors=" + processors;
        }
        try (Backend backend = Devices.open(name)) {
            return backend.description().isEmpty() ? "no description" : null;
        } catch (IllegalStateException reason) {
            return reason.getMessage();
        }
    }

    /** Returns a buffer of uniform numbers in [low, high): a fixed sequence per {@code seed}. */
    static Buffer uniform(Backend backend, int length, float low, float high, int seed) {
        Buffer buffer = backend.allocate(ElementType.FLOAT32, length);
        float[] values = uniform(length, low, high, seed);
        backend.write(buffer, values, 0, length);
        return buffer;
    }

    /** Returns uniform numbers in [low, high): a fixed sequence per {@code seed}. */
    static float[] uniform(int length, float low, float high, int seed) {
        float[] values = new float[length];
        long state = seed * 0x9E3779B97F4A7C15L + 1;
        for (int i = 0; i < length; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            values[i] = low + (high - low) * ((state >>> 40) / (float) (1 << 24));
        }
        return values;
    }

    /** Returns a buffer filled with one number. */
    static Buffer filled(Backend backend, long length, float value) {
        Buffer buffer = backend.allocate(ElementType.FLOAT32, length);
        backend.fill(buffer, value);
        return buffer;
    }

    /** Stops a benchmark whose result is wrong. */
    static void check(String what, double expected, double actual, double relative) {
        if (!(Math.abs(actual - expected) <= relative * Math.max(1, Math.abs(expected)))) {
            throw new IllegalStateException(
                    String.format(Locale.ROOT, "%s: wrong result before timing: %.8g, expected %.8g within %.1g", what, actual,
                            expected, relative));
        }
    }
}
