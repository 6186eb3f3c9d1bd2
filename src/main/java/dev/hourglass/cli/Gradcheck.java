package dev.hourglass.cli;

import dev.hourglass.Devices;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cuda.CudaBackend;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.model.GradientComparison;
import dev.hourglass.model.Specification;
import dev.hourglass.train.Configuration;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares the gradients of a configured model with differences of its loss. */
@Command(name = "gradcheck", sortOptions = false,
        description = "Compare the gradients of a configured model, cut to small layers, with central differences of its loss; exit code 1 when one is wrong.")
final class Gradcheck implements Callable<Integer> {
    private static final int FAILED = 1;

    @Mixin
    Common common = new Common();
    @Option(names = "--config", paramLabel = "FILE", required = true, order = 1,
            description = "configuration as JSON, such as config.json of a run")
    Path config;
    @Option(names = "--device", paramLabel = "D", defaultValue = "cpu", order = 2,
            description = "cuda, cuda:N or auto: check on that device too, in fp32 (cpu alone)")
    String device;
    @Option(names = "--elements", paramLabel = "N", defaultValue = "20", order = 3,
            description = "elements of each parameter to check, chosen by the seed (20)")
    int elements;
    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", order = 4,
            description = "of parameters, examples and the choice of elements (0)")
    long seed;

    @Override
    public Integer call() {
        if (elements < 1) {
            throw new UsageException("--elements " + elements + ": expected at least 1");
        }
        Configuration configuration = Configuration.read(config, "vae");
        boolean passed;
        try (Backend cpu = Devices.cpu(1)) {
            passed = check(cpu, configuration);
        }
        if (!device.equals("cpu")) {
            try (Backend other = Devices.open(device)) {
                common.err().println(Devices.choice(device));
                if (other instanceof CudaBackend) {
                    passed &= check(other, configuration);
                }
            } catch (IllegalArgumentException unknown) {
                throw new UsageException(unknown);
            }
        }
        return passed ? 0 : FAILED;
    }

    private boolean check(Backend backend, Configuration configuration) {
        int features = configuration.schema() == null ? 0 : configuration.schema().features();
        try (GradientComparison comparison = new GradientComparison(backend, configuration.model(), features, seed)) {
            List<GradientComparison.Row> rows = comparison.compare(elements);
            PrintStream out = common.out();
            out.println(title(comparison) + " on " + backend.description());
            print(out, rows);
            long wrong = rows.stream().filter(row -> !row.passed()).count();
            out.println(wrong == 0 ? "all " + rows.size() + " gradients are right" : wrong + " of " + rows.size() + " gradients are wrong");
            return wrong == 0;
        }
    }

    private static String title(GradientComparison comparison) {
        Specification specification = comparison.specification();
        return specification.preset() + " with layers " + specification.widths(comparison.features());
    }

    private static void print(PrintStream out, List<GradientComparison.Row> rows) {
        int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        out.printf(Locale.ROOT, "%-" + width + "s  %9s  %7s  %10s  %10s  %s%n", "parameter", "shape", "checked", "largest", "difference",
                "");
        for (GradientComparison.Row row : rows) {
            out.printf(Locale.ROOT, "%-" + width + "s  %9s  %7d  %10.3g  %10.2g  %s%n", row.name(), row.rows() + "x" + row.columns(),
                    row.checked(),
                    row.largest(), row.difference(), row.passed() ? "pass" : String.format(Locale.ROOT,
                            "FAIL at (%d, %d): gradient %.6g, quotient %.6g, allowed difference %.2g", row.element() / row.columns(),
                            row.element() % row.columns(), row.analytic(), row.numeric(), GradientComparison.TOLERANCE));
        }
    }
}
