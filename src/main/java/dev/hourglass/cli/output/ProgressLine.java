package dev.hourglass.cli.output;

import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.report.Estimates;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far an evaluation is, on stderr: a bar on a terminal; elsewhere a line now and then, none for short ones. */
public final class ProgressLine implements Estimates.Announcer, AutoCloseable {
    private static final long NANOS_BETWEEN_LINES = 10_000_000_000L;

    private final PrintStream err;
    private final boolean terminal;
    private ProgressBar bar;
    private long told;

    /** Shows on {@code err}. */
    public ProgressLine(PrintStream err) {
        this.err = err;
        this.terminal = dev.hourglass.cli.output.TrainingProgress.onTerminal();
    }

    @Override
    public ProgressListener apply(String task) {
        close();
        told = System.nanoTime();
        return terminal ? (done, total) -> bar(task, done, total) : (done, total) -> line(task, done, total);
    }

    private void bar(String task, long done, long total) {
        if (bar == null) {
            bar = new ProgressBarBuilder().setTaskName(task).setInitialMax(total).setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .clearDisplayOnFinish().setConsumer(new ConsoleProgressBarConsumer(err)).build();
        }
        bar.stepTo(done);
        if (done == total) {
            close();
        }
    }

    private void line(String task, long done, long total) {
        if (System.nanoTime() - told > NANOS_BETWEEN_LINES) {
            told = System.nanoTime();
            err.println(task + ": " + 100 * done / total + " %");
        }
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
