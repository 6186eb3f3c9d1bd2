package dev.hourglass.cli.output;

import dev.hourglass.train.RunFolder;
import dev.hourglass.train.Trainer;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C during a training: it ends after the running step, and says where the run is and how to go on with it. */
public final class Interruption implements AutoCloseable {
    private static final long SECONDS_TO_END = 20;

    private final RunFolder folder;
    private final PrintStream err;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "hourglass-interruption");
    private Trainer trainer;

    /** Of the training whose run goes to {@code folder}. */
    public Interruption(RunFolder folder, PrintStream err) {
        this.folder = folder;
        this.err = err;
    }

    /** From now on the end of the process ends this training. */
    public void watch(Trainer running) {
        trainer = running;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void interrupted() {
        trainer.stop();
        try {
            ended.await(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
        err.println(folder.isPublished()
                ? "interrupted: the run is in " + folder.folder() + "; go on with hourglass resume --run " + folder.folder()
                : "interrupted before the end of the first epoch: nothing was written");
    }

    @Override
    public void close() {
        ended.countDown();
        if (trainer != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException ending) {
                // The process is ending: the hook runs.
            }
        }
    }
}
