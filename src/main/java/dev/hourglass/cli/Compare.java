package dev.hourglass.cli;

import dev.hourglass.Devices;
import dev.hourglass.backend.Backend;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.cli.output.Output;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.model.Model;
import dev.hourglass.report.comparison.ComparedRun;
import dev.hourglass.report.comparison.RunComparison;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DeviceChoice;
import dev.hourglass.train.SavedRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints runs side by side. */
@Command(name = "compare", sortOptions = false, customSynopsis = "hourglass compare RUN RUN... [OPTION...]",
        description = "Print runs side by side: their losses, what they cost and the settings that differ.")
final class Compare implements Callable<Integer> {
    @Mixin
    Common common = new Common();
    @Parameters(paramLabel = "RUN", arity = "0..*", description = "the run folders, at least two")
    List<Path> runs = List.of();
    @Option(names = "--out", paramLabel = "FILE", order = 20, description = "draw the validation loss of all runs into a png file")
    Path out;
    @Option(names = "--csv", paramLabel = "FILE", order = 21,
            description = "write every epoch of all runs as rows: run, epoch, part, term, value")
    Path csv;

    @Override
    public Integer call() {
        check();
        List<String> names = names();
        List<ComparedRun> compared = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            SavedRun run = SavedRun.open(runs.get(i));
            RunOptions.requireApart(run, "--out", out);
            RunOptions.requireApart(run, "--csv", csv);
            compared.add(ComparedRun.read(names.get(i), run, parameters(run.configuration())));
        }
        RunComparison comparison = new RunComparison(compared);
        if (!comparison.warning().isEmpty()) {
            common.err().println(comparison.warning().replaceAll("\\p{Cntrl}", "?"));
        }
        common.out().print(comparison.table());
        if (csv != null) {
            Output.lines(csv, common.out(), lines -> comparison.rows().forEach(
                    row -> lines.print(String.join(",", row.stream().map(Output::quoted).toList()) + "\n")));
        }
        if (out != null) {
            comparison.chart(out);
        }
        return 0;
    }

    private void check() {
        if (runs.size() < 2) {
            throw new UsageException((runs.isEmpty() ? "no run" : "one run") + " to compare, expected at least two; name their folders");
        }
        Set<Path> places = new HashSet<>();
        for (Path run : runs) {
            if (!places.add(run.toAbsolutePath().normalize())) {
                throw new UsageException(run + " is named twice, expected different runs; leave one out");
            }
        }
        requireEnding("--out", out, ".png");
        requireEnding("--csv", csv, ".csv");
        if (out != null && runs.size() > RunComparison.MOST_IN_A_CHART) {
            throw new UsageException("--out " + out + ": " + runs.size() + " runs, expected at most " + RunComparison.MOST_IN_A_CHART
                    + " in a chart; name fewer, or leave --out out");
        }
    }

    private static void requireEnding(String option, Path file, String ending) {
        if (file != null && !file.toString().toLowerCase(Locale.ROOT).endsWith(ending)) {
            throw new UsageException(option + " " + file + ": expected a file that ends in " + ending);
        }
        Output.requirePlace(file);
    }

    /** The names of the folders where they differ, else the paths as they were given. */
    private List<String> names() {
        List<String> names = runs.stream().map(run -> String.valueOf(run.toAbsolutePath().normalize().getFileName())).toList();
        return new HashSet<>(names).size() == names.size() ? names : runs.stream().map(Path::toString).toList();
    }

    /** Counts on the CPU, whatever the run was trained by: nothing is computed. */
    private static int parameters(Configuration configuration) {
        try (Backend backend = Devices.open(new DeviceChoice("cpu", 1, "fp32"));
             Model model = Model.create(backend, configuration.model(), configuration.schema(), configuration.training().seed(), null)) {
            return model.parameters().values().size();
        }
    }
}
