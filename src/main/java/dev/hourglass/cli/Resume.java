package dev.hourglass.cli;

import dev.hourglass.backend.Backend;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DeviceChoice;
import dev.hourglass.train.RunFolder;
import dev.hourglass.train.SavedRun;
import dev.hourglass.train.TrainingData;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Goes on with a training as if it had never stopped; prints the folder. */
@Command(name = "resume", sortOptions = false, description = "Go on with an interrupted or finished training, exactly as if it had never stopped.")
final class Resume implements Callable<Integer> {
    @Mixin
    Common common = new Common();
    @Option(names = "--run", paramLabel = "DIR", required = true, description = "the run folder")
    Path run;
    @Option(names = "--epochs", paramLabel = "N", description = "train until epoch N (as the run was told)")
    Integer epochs;
    @Option(names = "--quiet", description = "no progress")
    boolean quiet;
    @ArgGroup(validate = false, heading = "%nDevice:%n")
    DeviceOptions device = new DeviceOptions();

    @Override
    public Integer call() {
        SavedRun saved = RunFolder.open(run);
        int done = saved.epochs();
        int until = epochs == null ? saved.configuration().training().epochs() : epochs;
        if (until <= done) {
            throw new UsageException(run + ": all " + done + " epochs are done, expected more to do; give --epochs with a number above " + done);
        }
        DeviceChoice choice;
        try {
            choice = device.apply(saved.configuration().device());
        } catch (IllegalArgumentException refused) {
            throw new UsageException(refused);
        }
        Configuration configuration = saved.configuration().withTraining(saved.configuration().training().withEpochs(until)).withDevice(choice);
        TrainingData data = configuration.data().read(configuration.model().condition(), configuration.training().seed());
        saved.requireSameData(data);
        try (Backend backend = DeviceOptions.open(choice);
             Autoencoder model = saved.model(backend, SavedRun.Kept.LAST)) {
            RunFolder writer = RunFolder.resume(saved, configuration, DeviceOptions.describe(backend), data.shown());
            new Session(configuration, data, common.err(), quiet).run(backend, model, writer, run, saved::restore);
        }
        common.out().println(run);
        return 0;
    }
}
