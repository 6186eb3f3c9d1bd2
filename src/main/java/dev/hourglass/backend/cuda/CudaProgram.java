package dev.hourglass.backend.cuda;

import dev.hourglass.backend.Program;

/**
 * A sequence of launches, captured once as a CUDA graph and replayed by one call. What it allocates while it is captured stays reserved for
 * it, so that a replay never writes what others have been given since.
 */
final class CudaProgram implements Program {
    private final Driver driver;
    private final DeviceArena arena;
    private final DeviceArena.Reserve reserve;
    private final Driver.Graph graph;
    private boolean closed;

    private CudaProgram(Driver driver, DeviceArena arena, DeviceArena.Reserve reserve, Driver.Graph graph) {
        this.driver = driver;
        this.arena = arena;
        this.reserve = reserve;
        this.graph = graph;
    }

    /** Calls {@code step} once and writes down what it launches; nothing of it runs. */
    static CudaProgram record(Driver driver, DeviceArena arena, Runnable step) {
        driver.checkThread();
        DeviceArena.Reserve reserve = arena.reserve();
        boolean captured = false;
        try {
            driver.beginCapture();
            Driver.Graph graph = capture(driver, step);
            captured = true;
            return new CudaProgram(driver, arena, reserve, graph);
        } finally {
            arena.unreserve();
            if (!captured) {
                arena.discard(reserve);
            }
        }
    }

    private static Driver.Graph capture(Driver driver, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            try {
                driver.abandonCapture();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
        return driver.endCapture();
    }

    @Override
    public void run() {
        if (closed) {
            throw new IllegalStateException("program: run after close");
        }
        driver.launch(graph);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            driver.destroy(graph);
            arena.discard(reserve);
        }
    }
}
