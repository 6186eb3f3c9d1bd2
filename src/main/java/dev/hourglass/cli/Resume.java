package dev.hourglass.cli;

import dev.hourglass.Training;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.DeviceOptions;
import dev.hourglass.cli.output.Notes;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DeviceChoice;
import dev.hourglass.train.SavedRun;
import dev.hourglass.train.TrainingData;
import dev.hourglass.train.TrainingSettings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Goes on with a training as if it had never stopped; prints the folder. */
@Command(name = "resume", sortOptions = false,
        description = "Go on with an interrupted or finished training, exactly as if it had never stopped.")
final class Resume implements Callable<Integer> {
    @Mixin
    Common common = new Common();
    @Option(names = "--run", paramLabel = "DIR", required = true, description = "the run folder")
    Path run;
    @Option(names = "--epochs", paramLabel = "N", description = "train until epoch N (as the run was told)")
    Integer epochs;
    @Option(names = "--time-budget", paramLabel = "SECONDS",
            description = "stop after the epoch in which this has passed, counted from now (0: no limit)")
    Double timeBudget;
    @Option(names = "--quiet", description = "no progress")
    boolean quiet;
    @ArgGroup(validate = false, heading = "%nDevice:%n")
    DeviceOptions device = new DeviceOptions();

    @Override
    public Integer call() {
        SavedRun saved = SavedRun.open(run);
        Configuration configuration = configuration(saved, device.possible(saved.configuration().device()));
        TrainingData data = configuration.data().read(configuration.model().condition(), configuration.training().seed());
        Notes.tell(data.training(), data.validation());
        new Session(Training.resume(saved, configuration, data), run, common.err()).run(configuration, data, false, quiet);
        common.out().println(run);
        return 0;
    }

    /** The run with its new settings; refuses when there is nothing to go on with. */
    private Configuration configuration(SavedRun saved, DeviceChoice choice) {
        TrainingSettings until;
        try {
            until = saved.until(epochs == null ? 0 : epochs);
        } catch (IllegalArgumentException refused) {
            throw new UsageException(refused);
        }
        TrainingSettings changed = until.withTimeBudget(timeBudget == null ? until.timeBudgetSeconds() : timeBudget);
        return saved.configuration().withTraining(changed).withDevice(choice);
    }
}
