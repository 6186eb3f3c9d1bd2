package dev.hourglass.cli;

import dev.hourglass.ModelBuilder;
import dev.hourglass.Training;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.DeviceOptions;
import dev.hourglass.cli.option.InputOptions;
import dev.hourglass.cli.option.ModelOptions;
import dev.hourglass.cli.option.ObjectiveOptions;
import dev.hourglass.cli.option.TrainingOptions;
import dev.hourglass.cli.output.Notes;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.model.Presets;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DataDescription;
import dev.hourglass.train.RunFolder;
import dev.hourglass.train.TrainingData;
import dev.hourglass.train.TrainingSettings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model and writes its run folder; prints the folder. */
@Command(name = "train", sortOptions = false, customSynopsis = "hourglass train [OPTION...]",
        description = "Train an autoencoder; without options, a VAE on the built-in digits.",
        footer = {"", "Presets: undercomplete, vae, full-covariance-vae, iwae, cvae, denoising, denoising-vae, sparse, contractive.",
            "In brackets: what holds when neither the option nor the preset says otherwise."})
final class Train implements Callable<Integer> {
    private static final String DEFAULT_PRESET = "vae";

    @Mixin
    Common common = new Common();
    @Spec
    CommandSpec spec;
    @Option(names = "--model", paramLabel = "PRESET", order = 1, description = "the preset to start from (vae)")
    String preset;
    @Option(names = "--config", paramLabel = "FILE", order = 2,
            description = "configuration as JSON, such as config.json of a run; options override it")
    Path config;
    @Option(names = "--out", paramLabel = "DIR", order = 3, description = "the run folder (runs/PRESET-N)")
    Path out;
    @Option(names = "--overwrite", order = 4, description = "replace the run that the folder already holds")
    boolean overwrite;
    @Option(names = "--quiet", order = 5, description = "no progress")
    boolean quiet;
    @ArgGroup(validate = false, order = 10, heading = "%nData:%n")
    InputOptions input = new InputOptions();
    @ArgGroup(validate = false, order = 20, heading = "%nModel:%n")
    ModelOptions model = new ModelOptions();
    @ArgGroup(validate = false, order = 30, heading = "%nObjective:%n")
    ObjectiveOptions objective = new ObjectiveOptions();
    @ArgGroup(validate = false, order = 40, heading = "%nTraining:%n")
    TrainingOptions settings = new TrainingOptions();
    @ArgGroup(validate = false, order = 50, heading = "%nDevice:%n")
    DeviceOptions device = new DeviceOptions();

    @Override
    public Integer call() {
        Configuration asked = asked();
        Path folder = out == null ? RunFolder.unused(asked.model().preset()) : out;
        TrainingData read = asked.data().read(asked.model().condition(), asked.training().seed());
        Notes.tell(read.training(), read.validation());
        boolean chosen = model.namesLikelihood() || config != null && Configuration.namesLikelihood(config);
        device.possible(asked.device());
        new Session(Training.of(asked, chosen, read, folder, overwrite), folder, common.err()).run(asked, read, true, quiet);
        common.out().println(folder);
        return 0;
    }

    /** Preset, then the file, then the options; whatever does not fit together is bad usage. */
    private Configuration asked() {
        try {
            Configuration base = base();
            ModelBuilder builder = ModelBuilder.from(base.model());
            TrainingSettings training = settings.apply(base.training());
            model.apply(builder, base.model().likelihood());
            objective.apply(builder, base.model(), training.epochs());
            DataDescription data = input.apply(base.data(), model.condition);
            return new Configuration(Configuration.FORMAT, builder.specification(), training, data, device.apply(base.device()), null);
        } catch (IllegalArgumentException | dev.hourglass.io.FormatException refused) {
            throw new UsageException(refused);
        }
    }

    private Configuration base() {
        if (config == null) {
            return Configuration.of(Presets.named(preset == null ? DEFAULT_PRESET : preset));
        }
        String named = Configuration.presetNamedIn(config);
        if (preset != null && named != null && !preset.equals(named)) {
            throw new UsageException(
                    "--model " + preset + ": " + config + " describes the model " + named + ", expected the same; leave one of them out");
        }
        return Configuration.read(config, preset == null ? DEFAULT_PRESET : preset);
    }
}
