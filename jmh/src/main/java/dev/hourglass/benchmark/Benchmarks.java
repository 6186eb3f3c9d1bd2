package dev.hourglass.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs benchmarks: {@code java -jar benchmarks.jar [JMH options]}. Devices that are not there are left out, one line each; {@code -p device=cpu:1,cuda}
 * chooses. Raw results go to {@code -rff FILE}, {@code jmh/results/latest.json} unless told otherwise, and the table of {@link Report} to standard output.
 */
public final class Benchmarks {
    private static final List<String> DEVICES = List.of("cpu:1", "cpu:2", "cuda");

    private Benchmarks() {
    }

    /** Runs what the arguments name. */
    public static void main(String[] arguments) throws CommandLineOptionException, RunnerException, IOException {
        CommandLineOptions options = new CommandLineOptions(arguments);
        if (options.shouldList() || options.shouldHelp() || options.shouldListWithParams()) {
            describe(options);
            return;
        }
        Collection<String> asked = options.getParameter("device").hasValue() ? options.getParameter("device").get() : DEVICES;
        List<String> devices = present(asked);
        if (devices.isEmpty()) {
            System.err.println("benchmarks: no device left to run on");
            System.exit(1);
        }
        Path results = Path.of(options.getResult().orElse("jmh/results/latest.json"));
        if (results.getParent() != null) {
            Files.createDirectories(results.getParent());
        }
        ChainedOptionsBuilder builder = new OptionsBuilder().parent(options).param("device", devices.toArray(String[]::new))
                .shouldFailOnError(true)
                .resultFormat(ResultFormatType.JSON).result(results.toString());
        new Runner(builder.build()).run();
        System.out.println();
        System.out.print(Report.of(List.of(results)));
    }

    private static void describe(CommandLineOptions options) throws IOException {
        if (options.shouldHelp()) {
            options.showHelp();
        } else if (options.shouldListWithParams()) {
            new Runner(options).listWithParams(options);
        } else {
            new Runner(options).list();
        }
    }

    private static List<String> present(Collection<String> asked) {
        List<String> devices = new ArrayList<>();
        for (String device : asked) {
            String missing = Target.missing(device);
            if (missing == null) {
                devices.add(device);
            } else {
                System.err.println("benchmarks: " + device + " left out: " + missing);
            }
        }
        return devices;
    }
}
