package dev.hourglass.cli.output;

import dev.hourglass.message.Label;
import dev.hourglass.model.loss.Term;
import dev.hourglass.train.EpochReport;
import dev.hourglass.train.Listener;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingSettings;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a training on stderr: a line for each epoch and, on a terminal, a bar within it and how far the whole training is. */
public final class TrainingProgress implements Listener {
    /** Reading the loss waits for the device, so it is shown this often only. */
    private static final long NANOS_BETWEEN_LOSSES = 250_000_000L;
    /** Of the bar of the whole training, beside that of the epoch. */
    private static final int MARKS = 10;

    private final PrintStream err;
    private final boolean terminal;
    private final LongSupplier clock;
    private int steps;
    private int epochsBefore;
    private long begun;
    private long epochBegun;
    /** Of the whole training after the last epoch; negative while nothing is measured. */
    private double secondsLeft = -1;
    private ProgressBar bar;
    private long lossShown;
    private long started;

    /** Shows on {@code err}, with a bar where that is a terminal. */
    public TrainingProgress(PrintStream err, boolean terminal) {
        this(err, terminal, System::nanoTime);
    }

    /** {@code clock} gives nanoseconds. */
    TrainingProgress(PrintStream err, boolean terminal, LongSupplier clock) {
        this.err = err;
        this.terminal = terminal;
        this.clock = clock;
    }

    /** Returns whether stderr is a terminal: the launcher looks, since Java can only tell for stdin and stdout together. */
    public static boolean onTerminal() {
        String told = System.getProperty("hourglass.terminal");
        return told == null ? System.console() != null && Runtime.version().feature() < 22 : Boolean.parseBoolean(told);
    }

    @Override
    public void started(Trainer trainer, int stepsPerEpoch) {
        steps = stepsPerEpoch;
        epochsBefore = trainer.epochs();
        begun = clock.getAsLong();
        epochBegun = begun;
    }

    @Override
    public void step(Trainer trainer, int epoch, int done) {
        if (!terminal) {
            return;
        }
        if (bar == null) {
            bar = new ProgressBarBuilder().setTaskName("epoch " + epoch + "/" + trainer.settings().epochs()).setInitialMax(steps)
                    .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(200).setUnit(" steps", 1).clearDisplayOnFinish()
                    .setConsumer(new ConsoleProgressBarConsumer(err)).build();
            started = System.nanoTime();
        }
        long now = System.nanoTime();
        if (now - lossShown > NANOS_BETWEEN_LOSSES && done > 1) {
            double loss = trainer.lossSoFar(done);
            // The first step lies before the clock.
            double rate = (done - 1.0) * trainer.batch() / (System.nanoTime() - started) * 1e9;
            // A narrow terminal cuts the end off.
            bar.setExtraMessage(String.format(Locale.ROOT, " %s, loss %.4g, %,.0f examples/s", whole(trainer, epoch, done), loss, rate));
            lossShown = now;
        }
        bar.stepTo(done);
    }

    @Override
    public void note(String line) {
        close();
        err.println(line);
    }

    @Override
    public void epoch(Trainer trainer, EpochReport report) {
        close();
        epochBegun = clock.getAsLong();
        secondsLeft = secondsLeft(report.epoch(), trainer.settings());
        String held = report.validation() == null ? "" : "  validation " + describe(report.validation());
        err.printf(Locale.ROOT, "epoch %d/%d  %.1f s  %,.0f/s  train %s%s%s%s%n", report.epoch(), trainer.settings().epochs(),
                report.seconds(),
                report.samplesPerSecond(), describe(report.train()), held, report.best() ? "  best" : "", left(secondsLeft, trainer, "  "));
    }

    /** Returns {@code all [====      ] 41 %, 3 min 20 s left}. */
    private String whole(Trainer trainer, int epoch, int done) {
        double share = (epoch - 1 + (double) done / steps) / trainer.settings().epochs();
        return whole(share) + left(secondsLeft(trainer.settings(), epoch, done), trainer, ", ");
    }

    /** Returns {@code all [====      ] 41 %}: how far the whole training is. */
    static String whole(double share) {
        int marks = (int) (MARKS * share);
        return "all [" + "=".repeat(marks) + " ".repeat(MARKS - marks) + "] " + (int) (100 * share) + " %";
    }

    private double secondsLeft(TrainingSettings settings, int epoch, int done) {
        double passed = (clock.getAsLong() - epochBegun) / 1e9;
        if (secondsLeft >= 0) {
            return secondsLeft - passed;
        }
        // No epoch is measured yet: the rest goes as the steps so far.
        double each = passed / done;
        double all = each * ((double) steps * (settings.epochs() - epoch + 1) - done);
        double budget = settings.timeBudgetSeconds();
        return budget > 0 ? Math.min(all, Math.max(each * (steps - done), budget - passed)) : all;
    }

    /** As many epochs as are to come, each as long as those of this session were on average, validation and pictures included. */
    private double secondsLeft(int epoch, TrainingSettings settings) {
        double passed = (epochBegun - begun) / 1e9;
        double each = passed / (epoch - epochsBefore);
        int epochs = settings.epochs() - epoch;
        if (settings.timeBudgetSeconds() > 0) {
            // The epoch in which the budget ends is finished.
            epochs = (int) Math.min(epochs, Math.ceil(Math.max(0, settings.timeBudgetSeconds() - passed) / each));
        }
        return epochs * each;
    }

    /** Returns nothing when no time is left or known. */
    private static String left(double seconds, Trainer trainer, String before) {
        boolean mayEndEarlier = trainer.settings().earlyStopping().patience() > 0;
        return seconds <= 0 ? "" : before + (mayEndEarlier ? "at most " : "") + duration(seconds) + " left";
    }

    /** Returns {@code 8 s}, {@code 3 min 20 s} or {@code 2 h 5 min}, rounded up. */
    static String duration(double seconds) {
        long whole = (long) Math.ceil(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        if (whole < 3600) {
            return whole / 60 + " min " + whole % 60 + " s";
        }
        long minutes = (whole + 59) / 60;
        return minutes / 60 + " h " + minutes % 60 + " min";
    }

    /** Returns {@code loss 105.6 (reconstruction 80.3, kl 25.3)}. */
    static String describe(Map<Term, Double> terms) {
        List<String> parts = new ArrayList<>();
        terms.forEach((term, value) -> {
            if (term != Term.LOSS) {
                parts.add(String.format(Locale.ROOT, "%s %.4g", Label.words(term), value));
            }
        });
        String loss = String.format(Locale.ROOT, "loss %.5g", terms.get(Term.LOSS));
        return parts.size() < 2 ? loss : loss + " (" + String.join(", ", parts) + ")";
    }

    /** Takes the bar away. */
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
