package dev.hourglass.cli;

import dev.hourglass.Autoencoder;
import dev.hourglass.Training;
import dev.hourglass.cli.output.Announcement;
import dev.hourglass.cli.output.Interruption;
import dev.hourglass.cli.output.TrainingProgress;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.Listener;
import dev.hourglass.train.TrainingData;
import java.io.PrintStream;
import java.nio.file.Path;

/** One training from the command line, new or resumed: what is said before, the progress, the pictures, Ctrl-C, what is said after. */
final class Session {
    private final Training training;
    private final Path folder;
    private final PrintStream err;

    /** Of a training that writes to {@code folder}. */
    Session(Training training, Path folder, PrintStream err) {
        this.training = training.withPictures();
        this.folder = folder;
        this.err = err;
    }

    /**
     * Trains until the end, early stopping, the time budget or Ctrl-C.
     *
     * @param asked as the command line asks
     * @param isNew whether to tell of likelihood and scaling
     */
    void run(Configuration asked, TrainingData data, boolean isNew, boolean quiet) {
        TrainingProgress progress = new TrainingProgress(err, TrainingProgress.onTerminal());
        if (quiet) {
            training.watch(new NotesAlone());
        } else {
            training.watch(new Announcement(err, asked, data, () -> isNew ? training.description() : "")).watch(progress);
        }
        try (Interruption interruption = new Interruption(training, folder, err)) {
            interruption.watch();
            finish(quiet);
        } finally {
            progress.close();
        }
    }

    /** What must be known however quiet the command is to be. */
    private final class NotesAlone implements Listener {
        @Override
        public void note(String line) {
            err.println(line);
        }
    }

    private void finish(boolean quiet) {
        try (Autoencoder model = training.run()) {
            if (!training.warning().isEmpty()) {
                err.println("warning: " + training.warning());
            }
            if (!quiet) {
                err.println(training.reason() + "; best epoch " + model.epoch() + "; run folder " + folder);
            }
        }
    }
}
