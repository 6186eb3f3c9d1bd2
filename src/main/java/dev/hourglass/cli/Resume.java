package dev.hourglass.cli;

import dev.hourglass.Devices;
import dev.hourglass.backend.Backend;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.DeviceOptions;
import dev.hourglass.cli.output.Notes;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.model.Model;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DeviceChoice;
import dev.hourglass.train.RunFolder;
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
    private TrainingData data;

    @Override
    public Integer call() {
        DeviceChoice choice = device(SavedRun.open(run).configuration());
        try (Backend backend = DeviceOptions.open(choice);
             RunFolder writer = RunFolder.resume(run, saved -> configuration(saved, choice, backend), Devices.describe(backend))) {
            SavedRun saved = SavedRun.open(run);
            Configuration configuration = saved.configuration();
            try (Model model = saved.model(backend, SavedRun.Kept.LAST)) {
                new Session(configuration, "", data, common.err(), quiet).run(backend, model, writer, saved, saved.provenance());
            }
        }
        common.out().println(run);
        return 0;
    }

    private DeviceChoice device(Configuration configuration) {
        try {
            return device.apply(configuration.device());
        } catch (IllegalArgumentException refused) {
            throw new UsageException(refused);
        }
    }

    /** The run with its new settings, and its data; refuses, before anything is written, when there is nothing to go on with or the data changed. */
    private Configuration configuration(SavedRun saved, DeviceChoice choice, Backend backend) {
        TrainingSettings until;
        try {
            until = saved.until(epochs == null ? 0 : epochs);
        } catch (IllegalArgumentException refused) {
            throw new UsageException(refused);
        }
        data = saved.configuration().data().read(saved.configuration().model().condition(), until.seed())
                .suiting(saved.configuration().schema());
        Notes.tell(data.training(), data.validation());
        saved.requireSameData(data);
        String elsewhere = saved.changedMachine(Devices.describe(backend));
        if (!elsewhere.isEmpty()) {
            common.err().println(elsewhere);
        }
        TrainingSettings changed = until.withTimeBudget(timeBudget == null ? until.timeBudgetSeconds() : timeBudget);
        return saved.configuration().withTraining(changed).withDevice(choice);
    }
}
