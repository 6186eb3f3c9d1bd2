package dev.hourglass;

import dev.hourglass.backend.Backend;
import dev.hourglass.train.DeviceChoice;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * A device and the thread that may use it. A GPU belongs to the one thread that opened it, so calls queue for that; on the CPU calls run where they are made.
 */
final class DeviceThread implements AutoCloseable {
    private final ExecutorService owner;
    private final Thread thread;
    private final Backend backend;

    private DeviceThread(ExecutorService owner, Thread thread, Backend backend) {
        this.owner = owner;
        this.thread = thread;
        this.backend = backend;
    }

    /** Opens a device. @throws IllegalStateException when it cannot be used: why, and what to do, in one line */
    static DeviceThread open(DeviceChoice choice) {
        if (!Devices.isGpu(choice.name())) {
            return new DeviceThread(null, null, Devices.open(choice));
        }
        ExecutorService owner = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "hourglass-device");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Thread thread = await(owner.submit(Thread::currentThread), null);
            return new DeviceThread(owner, thread, await(owner.submit(() -> Devices.open(choice)), null));
        } catch (RuntimeException failure) {
            owner.shutdown();
            throw failure;
        }
    }

    /** Returns whether this is the thread that alone may use the device, as it is for what a call hands its results to. */
    boolean isOwner() {
        return Thread.currentThread() == thread;
    }

    <R> R call(Function<Backend, R> work) {
        return owner == null || isOwner() ? work.apply(backend) : await(owner.submit(() -> work.apply(backend)), null);
    }

    /**
     * Runs work on a thread that is not the caller's and waits; {@code interrupted} is told when the waiting thread is interrupted meanwhile, and it waits on: an
     * interrupt that struck the work itself would close the files it writes.
     */
    <R> R callApart(Function<Backend, R> work, Runnable interrupted) {
        if (owner != null) {
            return await(owner.submit(() -> work.apply(backend)), interrupted);
        }
        FutureTask<R> task = new FutureTask<>(() -> work.apply(backend));
        new Thread(task, "hourglass-training").start();
        return await(task, interrupted);
    }

    private static <R> R await(Future<R> future, Runnable interrupted) {
        boolean wasInterrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException asked) {
                    wasInterrupted = true;
                    if (interrupted != null) {
                        interrupted.run();
                    }
                } catch (ExecutionException failed) {
                    if (failed.getCause() instanceof RuntimeException cause) {
                        throw cause;
                    }
                    if (failed.getCause() instanceof Error cause) {
                        throw cause;
                    }
                    throw new IllegalStateException("device: " + failed.getCause().getMessage(), failed);
                }
            }
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        call(device -> {
            device.close();
            return null;
        });
        if (owner != null) {
            owner.shutdown();
        }
    }
}
