package dev.hourglass.cli;

import dev.hourglass.Autoencoder;
import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.cli.output.Notes;
import dev.hourglass.cli.output.Output;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.spec.DataSpec;
import dev.hourglass.evaluate.code.GaussianMixture;
import dev.hourglass.model.Schema;
import dev.hourglass.model.Specification;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes new examples: codes drawn from the prior, or from a mixture fitted to codes, decoded to the mean of p(x|z). */
@Command(name = "sample", sortOptions = false,
        description = "Write new examples: codes drawn from the prior, or from a mixture of Gaussians, decoded.")
final class Sample implements Callable<Integer> {
    private static final int MOST_COMPONENTS = 1000;
    private static final int MOST_CODES = 20_000;
    private static final int MOST_ITERATIONS = 200;

    @Mixin
    Common common = new Common();
    @Mixin
    RunOptions run = new RunOptions();
    @Option(names = "--count", paramLabel = "N", defaultValue = "100", order = 10, description = "how many (100)")
    int count;
    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", order = 11, description = "of the draws (0)")
    long seed;
    @Option(names = "--class", paramLabel = "NAME", order = 12, description = "the class, for a model conditioned on labels")
    String className;
    @Option(names = "--conditions", paramLabel = "FILE", order = 13,
            description = "csv or npy, for a model conditioned on values: its rows are used in turn")
    String conditions;
    @Option(names = "--mixture", paramLabel = "N", order = 14,
            description = "draw codes from N Gaussians fitted to the codes of the run's training data (at"
                    + " most 20000 of them) instead of the prior; deterministic codes need it")
    Integer mixture;
    @Option(names = "--out", paramLabel = "FILE", order = 20, description = "csv, npy or png by its ending (csv on stdout)")
    Path out;

    @Override
    public Integer call() {
        Specification specification = run.open().configuration().model();
        Schema schema = run.open().configuration().schema();
        if (count < 1) {
            throw new UsageException("--count " + count + ": expected at least 1");
        }
        if (mixture != null && (mixture < 1 || mixture > MOST_COMPONENTS)) {
            throw new UsageException("--mixture " + mixture + ": expected 1 to " + MOST_COMPONENTS);
        }
        if (mixture == null && !specification.code().isSampled()) {
            throw new UsageException(
                    run.run + ": the model " + specification.preset() + " has a deterministic code and so no prior to sample from,"
                            + " expected a Gaussian code; fit one to its codes with --mixture 10, or train a vae");
        }
        Output.require(out, schema);
        run.requireApart("--out", out, conditions);
        double[][] c = specification.condition() == ConditionKind.VALUES ? values(schema) : run.conditions(className, count);
        Examples training = mixture == null ? null : training();
        double[][] samples = run.use(model -> mixture != null ? fromMixture(model, training, c)
                : c == null ? model.sampleDouble(count, seed) : model.sampleDouble(c, seed));
        Output.write(out, common.out(), schema.featureNames(), samples, schema, null);
        return 0;
    }

    private Examples training() {
        RunOptions.DataChoice choice = new RunOptions.DataChoice();
        choice.part = RunOptions.Part.TRAIN;
        Examples all = run.read(choice);
        return all.head(MOST_CODES);
    }

    private double[][] fromMixture(Autoencoder model, Examples training, double[][] c) {
        if (mixture >= training.rows()) {
            throw new UsageException("--mixture " + mixture + ": expected fewer than the " + training.rows() + " rows of training data");
        }
        return model.decodeDouble(GaussianMixture.fit(model.encode(training), mixture, MOST_ITERATIONS, seed).sample(count, seed), c);
    }

    private double[][] values(Schema schema) {
        if (conditions == null) {
            throw new UsageException("--conditions is missing, expected a file with " + schema.conditions()
                    + " columns because the model is conditioned on values");
        }
        Dataset table = DataSpec.read(conditions, DataOptions.defaults()).train();
        Notes.tell(table);
        Dataset accepted = schema.acceptConditions(table);
        double[][] c = new double[count][];
        for (int i = 0; i < count; i++) {
            c[i] = accepted.numbers(i % accepted.rows());
        }
        return c;
    }
}
