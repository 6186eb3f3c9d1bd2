package dev.hourglass.cli;

import dev.hourglass.Devices;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cuda.CudaBackend;
import dev.hourglass.data.Dataset;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Penalties;
import dev.hourglass.model.Specification;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DivergedException;
import dev.hourglass.train.Listener;
import dev.hourglass.train.RunFolder;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingData;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One training from the command line, new or resumed: what is said before, the progress, the folder, what is said after. */
final class Session {
    private final Configuration configuration;
    private final TrainingData data;
    private final PrintStream err;
    private final boolean quiet;

    Session(Configuration configuration, TrainingData data, PrintStream err, boolean quiet) {
        this.configuration = configuration;
        this.data = data;
        this.err = err;
        this.quiet = quiet;
    }

    /** Trains until the end; {@code prepare} sees the trainer before its first step. */
    void run(Backend device, Autoencoder model, RunFolder writer, Path folder, Consumer<Trainer> prepare) {
        Progress progress = new Progress(err, Progress.onTerminal());
        List<Listener> listeners = new ArrayList<>();
        if (!quiet) {
            listeners.add(progress);
        }
        listeners.add(writer);
        try (Trainer trainer = new Trainer(model, configuration.training(), data.training(), data.validation(), listeners)) {
            prepare.accept(trainer);
            if (!quiet) {
                announce(device, model, trainer);
            }
            String reason = trainer.run();
            if (!quiet) {
                err.println(reason + "; best epoch " + trainer.bestEpoch() + "; run folder " + folder);
            }
        } catch (DivergedException diverged) {
            throw new DivergedException(diverged.getMessage() + (writer.isPublished() ? " in " + folder : ""));
        } finally {
            progress.close();
        }
    }

    private void announce(Backend device, Autoencoder model, Trainer trainer) {
        Specification specification = model.specification();
        if (configuration.device().name().equals("auto") && !(device instanceof CudaBackend)) {
            err.println(Devices.choice("auto"));
        }
        err.println(specification.preset() + " " + layers(specification, model.domain().features()) + ", " + model.parameters().values().size()
                + " parameters, on " + device.description());
        err.println(describe("training", data.training().features())
                + (data.validation() == null ? ", no validation" : ", " + describe("validation", data.validation().features())));
        if (configuration.training().batch() > trainer.batch()) {
            err.println("batch " + configuration.training().batch() + " is larger than the training data: every step uses all " + trainer.batch() + " rows");
        }
        Penalties.Contraction contraction = specification.penalties().contraction();
        if (contraction.weight() > 0) {
            Penalties.Contraction.Method method = contraction.resolve(specification.hidden().size() + 1, specification.code().latent());
            err.println("contraction: " + (method == Penalties.Contraction.Method.EXACT ? "exact" : "hutchinson with " + contraction.probes() + " probes"));
        }
    }

    /** Returns the widths of a model, its code in brackets: {@code 784-400-(20)-400-784}. */
    static String layers(Specification specification, int features) {
        StringBuilder text = new StringBuilder().append(features);
        specification.hidden().forEach(width -> text.append('-').append(width));
        text.append("-(").append(specification.code().latent()).append(')');
        specification.decoderHidden().forEach(width -> text.append('-').append(width));
        return text.append('-').append(features).toString();
    }

    private static String describe(String role, Dataset data) {
        return role + " " + data.rows() + " rows of " + data.source();
    }
}
