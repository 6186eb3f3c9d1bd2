package dev.hourglass.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.EstimateOptions;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.cli.output.Output;
import dev.hourglass.cli.output.ProgressLine;
import dev.hourglass.data.Examples;
import dev.hourglass.model.Specification;
import dev.hourglass.report.EstimateJson;
import dev.hourglass.report.EstimateTable;
import dev.hourglass.report.Estimates;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what a model reaches on data: loss terms, and when asked log p(x), the ELBO taken apart and the encoder's Jacobian. */
@Command(name = "evaluate", sortOptions = false,
        description = "Print the loss terms and other estimates of a trained model on data, in nats per example where it has a likelihood.")
final class Evaluate implements Callable<Integer> {
    @Mixin
    Common common = new Common();
    @Mixin
    RunOptions run = new RunOptions();
    @Mixin
    RunOptions.DataChoice data = new RunOptions.DataChoice();
    @Option(names = "--seed", paramLabel = "S", order = 20, description = "of the samples (that of validation during training)")
    Long seed;
    @Option(names = "--json", paramLabel = "FILE", order = 21, description = "write the result as JSON, - for stdout instead of the table")
    String json;
    @ArgGroup(validate = false, order = 30, heading = "%nMore estimates:%n")
    EstimateOptions more = new EstimateOptions();

    @Override
    public Integer call() {
        run.requireApart("--json", json == null || json.equals("-") ? null : Path.of(json), data.data);
        Examples examples = run.read(data);
        Specification specification = run.open().configuration().model();
        TrainingSettings settings = run.open().configuration().training();
        long draws = seed == null ? Trainer.validationSeed(settings.seed()) : seed;
        Estimates.Wanted wanted = more.wanted(specification);
        List<String> doubts = new ArrayList<>();
        Estimates estimates = run.use(model -> {
            try (ProgressLine progress = new ProgressLine(common.err())) {
                return model.estimate(examples, wanted, draws, progress, doubts::add);
            }
        });
        doubts.forEach(common.err()::println);
        if (json != null) {
            Output.text(json, common.out(), json(examples, draws, estimates) + "\n");
        }
        if (json == null || !json.equals("-")) {
            common.out().printf(Locale.ROOT, "%s on %d rows of %s, %s%n", specification.preset(), examples.rows(),
                    examples.features().source(), Estimates.unit(specification));
            common.out().print(EstimateTable.of(estimates));
        }
        return 0;
    }

    private ObjectNode json(Examples examples, long draws, Estimates estimates) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("run", run.run.toString());
        node.put("epoch", run.open().epoch(run.kept));
        node.put("data", examples.features().source());
        node.put("rows", examples.rows());
        node.put("seed", draws);
        EstimateJson.write(run.open().configuration().model(), estimates, node);
        return node;
    }
}
