package dev.hourglass.cli;

import dev.hourglass.Devices;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cuda.CudaBackend;
import dev.hourglass.cli.output.Interruption;
import dev.hourglass.cli.output.TrainingProgress;
import dev.hourglass.data.Dataset;
import dev.hourglass.model.Model;
import dev.hourglass.model.Specification;
import dev.hourglass.model.penalty.Penalty;
import dev.hourglass.report.RunPictures;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DivergedException;
import dev.hourglass.train.Listener;
import dev.hourglass.train.Provenance;
import dev.hourglass.train.RunFolder;
import dev.hourglass.train.SavedRun;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingData;
import dev.hourglass.train.TrainingRun;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** One training from the command line, new or resumed: what is said before, the progress, the pictures, what is said after. */
final class Session {
    private final Configuration configuration;
    private final String line;
    private final TrainingData data;
    private final PrintStream err;
    private final boolean quiet;

    /** {@code line} tells of likelihood and scaling; empty for a run that goes on. */
    Session(Configuration configuration, String line, TrainingData data, PrintStream err, boolean quiet) {
        this.configuration = configuration;
        this.line = line;
        this.data = data.accepted(configuration.model(), configuration.schema());
        this.err = err;
        this.quiet = quiet;
    }

    /** Trains until the end, early stopping, the time budget or Ctrl-C. */
    void run(Backend device, Model model, RunFolder folder, SavedRun resumed, Provenance provenance) {
        TrainingProgress progress = new TrainingProgress(err, TrainingProgress.onTerminal());
        List<Listener> listeners = new ArrayList<>();
        listeners.add(quiet ? new NotesAlone() : progress);
        listeners.add(new RunPictures(folder, data.shown()));
        try (Interruption interruption = new Interruption(folder, err)) {
            TrainingRun.Result result = new TrainingRun(configuration, data, folder, listeners).run(model, resumed, provenance, trainer -> {
                interruption.watch(trainer);
                if (!quiet) {
                    announce(device, model, trainer);
                }
            });
            if (!result.warning().isEmpty()) {
                err.println("warning: " + result.warning());
            }
            if (!quiet) {
                err.println(result.reason() + "; best epoch " + result.run().best().epoch() + "; run folder " + folder.folder());
            }
        } catch (DivergedException diverged) {
            throw new DivergedException(diverged.getMessage() + (folder.isPublished() ? " in " + folder.folder() : ""));
        } finally {
            progress.close();
        }
    }

    /** What must be known however quiet the command is to be. */
    private final class NotesAlone implements Listener {
        @Override
        public void note(Trainer trainer, String told) {
            err.println(told);
        }
    }

    private void announce(Backend device, Model model, Trainer trainer) {
        Specification specification = model.specification();
        if (configuration.device().name().equals("auto") && !(device instanceof CudaBackend)) {
            err.println(Devices.choice("auto"));
        }
        err.println(
                specification.preset() + " " + specification.widths(model.schema().features()) + ", " + model.parameters().values().size()
                        + " parameters, on " + device.description());
        err.println(describe("training", data.training().features())
                + (data.validation() == null ? ", no validation" : ", " + describe("validation", data.validation().features())));
        if (!line.isEmpty()) {
            err.println(line);
        }
        if (configuration.training().batch() > trainer.batch()) {
            err.println("batch " + configuration.training().batch() + " is larger than the training data: every step uses all "
                    + trainer.batch() + " rows");
        }
        specification.penalties().stream().map(penalty -> note(penalty, specification)).filter(note -> !note.isEmpty())
                .forEach(err::println);
    }

    private static String note(Penalty penalty, Specification specification) {
        return penalty.note(specification.code(), specification.layers().hidden());
    }

    private static String describe(String role, Dataset data) {
        return role + " " + data.rows() + " rows of " + data.source();
    }
}
