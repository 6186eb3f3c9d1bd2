package dev.hourglass.testkit;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Loads the emulated driver before the first test of a process that is to use it: whether there is a driver is asked once in a process, and a test
 * that asks before the others would decide for them. JUnit finds it through META-INF/services. Where it cannot be built, the tests that need it say so.
 */
public final class EmulationFirst implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        if (Backends.enabled().contains(Backends.Kind.CUDA_EMULATED) && EmulatedDriver.unavailable().isEmpty()) {
            Backends.loadEmulation();
        }
    }
}
