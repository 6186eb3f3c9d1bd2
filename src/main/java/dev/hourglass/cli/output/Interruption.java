package dev.hourglass.cli.output;

import dev.hourglass.Training;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C during a training: it ends after the running step, and says where the run is and how to go on with it. */
public final class Interruption implements AutoCloseable {
    private static final long SECONDS_TO_END = 20;

    private final Training training;
    private final Path folder;
    private final PrintStream err;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "hourglass-interruption");

    /** Of a training that writes to {@code folder}. */
    public Interruption(Training training, Path folder, PrintStream err) {
        this.training = training;
        this.folder = folder;
        this.err = err;
    }

    /** From now on the end of the process ends the training. */
    public void watch() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void interrupted() {
        training.stop();
        try {
            ended.await(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
        err.println(training.history().isEmpty() ? "interrupted before the end of the first epoch: nothing was written"
                : "interrupted: the run is in " + folder + "; go on with hourglass resume --run " + folder);
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The process is ending: the hook runs.
        }
    }
}
