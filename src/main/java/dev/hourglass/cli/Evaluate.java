package dev.hourglass.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hourglass.model.Examples;
import dev.hourglass.model.LossTerms;
import dev.hourglass.model.Specification;
import dev.hourglass.model.Term;
import dev.hourglass.train.Metrics;
import dev.hourglass.train.Plan;
import dev.hourglass.train.Trainer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the loss terms of a model on data, in nats per example. */
@Command(name = "evaluate", sortOptions = false, description = "Print the loss terms of a trained model on data, in nats per example.")
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

    @Override
    public Integer call() {
        Examples examples = run.read(data);
        Specification specification = run.open().configuration().model();
        Plan plan = run.open().configuration().training();
        long draws = seed == null ? Trainer.validationSeed(plan.seed()) : seed;
        Map<Term, Double> terms = run.use(model -> {
            try (LossTerms loss = new LossTerms(model, examples, plan.batch(), specification.importanceSamples())) {
                return loss.evaluate(draws, specification.prior().weight().beta());
            }
        });
        if (json != null) {
            Output.text(json, common.out(), json(examples, draws, terms) + "\n");
        }
        if (json == null || !json.equals("-")) {
            common.out().printf(Locale.ROOT, "%s on %d rows of %s%n", specification.preset(), examples.rows(), examples.features().source());
            terms.forEach((term, value) -> common.out().printf(Locale.ROOT, "%-16s %14.6f%n", Specification.label(term), value));
        }
        return 0;
    }

    private ObjectNode json(Examples examples, long draws, Map<Term, Double> terms) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("run", run.run.toString());
        node.put("epoch", run.open().epoch(run.kept));
        node.put("data", examples.features().source());
        node.put("rows", examples.rows());
        node.put("seed", draws);
        node.set("terms", Metrics.terms(terms));
        return node;
    }
}
