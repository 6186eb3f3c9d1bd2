package dev.hourglass.cli;

import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.cli.output.Output;
import dev.hourglass.cli.output.ProgressLine;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Examples;
import dev.hourglass.io.AtomicFiles;
import dev.hourglass.io.FormatException;
import dev.hourglass.report.RunReport;
import dev.hourglass.train.SavedRun;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the page of a run. */
@Command(name = "report", sortOptions = false, description = "Write one self-contained page about a run: report.html.")
final class Report implements Callable<Integer> {
    @Mixin
    Common common = new Common();
    @Mixin
    RunOptions run = new RunOptions();
    @Mixin
    RunOptions.DataChoice data = new RunOptions.DataChoice();
    @Option(names = "--rows", paramLabel = "N", defaultValue = "5000", order = 20,
            description = "the first N rows of the data enter (5000)")
    int rows;
    @Option(names = "--importance-samples", paramLabel = "K", defaultValue = "50", order = 21, description = "of log p(x) (50)")
    int importanceSamples;
    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", order = 22, description = "of all samples (0)")
    long seed;
    @Option(names = "--out", paramLabel = "FILE", order = 30, description = "the page (report.html in the run folder)")
    Path out;

    @Override
    public Integer call() {
        if (rows < 1) {
            throw new UsageException("--rows " + rows + ": expected at least 1");
        }
        if (importanceSamples < 1) {
            throw new UsageException("--importance-samples " + importanceSamples + ": expected at least 1");
        }
        SavedRun saved = run.open();
        Path page = out == null ? saved.folder().resolve("report.html") : out;
        String name = page.getFileName().toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".html") && !name.endsWith(".htm")) {
            throw new UsageException("--out " + out + ": expected a file that ends in .html");
        }
        Output.requirePlace(page);
        run.requireApart("--out", out, data.data);
        Examples examples = run.read(data).head(rows);
        Examples training = training();
        String html = run.use(model -> {
            try (ProgressLine progress = new ProgressLine(common.err())) {
                return model.withModel(own -> RunReport.html(saved, run.kept, own, examples, training, importanceSamples, seed, progress));
            }
        });
        AtomicFiles.write(page, html);
        common.out().println(page);
        return 0;
    }

    /** The run's own training data; a run that moved to another machine may be without. */
    private Examples training() {
        RunOptions.DataChoice own = new RunOptions.DataChoice();
        own.part = RunOptions.Part.TRAIN;
        try {
            return run.read(own);
        } catch (DataException | FormatException absent) {
            common.err().println("the training data cannot be " + (absent instanceof DataException ? "read" : "used")
                    + ", so what the codes know of labels is left out: " + absent.getMessage());
            return null;
        }
    }
}
