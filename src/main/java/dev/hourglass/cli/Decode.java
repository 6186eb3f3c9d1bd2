package dev.hourglass.cli;

import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.cli.output.Notes;
import dev.hourglass.cli.output.Output;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.spec.DataSpec;
import dev.hourglass.model.Schema;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the mean of p(x|z) of every code, in the units of the data. */
@Command(name = "decode", sortOptions = false, description = "Write the mean of p(x|z) of every code, in the units of the data.")
final class Decode implements Callable<Integer> {
    @Mixin
    Common common = new Common();
    @Mixin
    RunOptions run = new RunOptions();
    @Option(names = "--codes", paramLabel = "FILE", required = true, order = 10, description = "csv or npy, one code in a row")
    String codes;
    @Option(names = "--class", paramLabel = "NAME", order = 11, description = "the class, for a model conditioned on labels")
    String className;
    @Option(names = "--conditions", paramLabel = "FILE", order = 12,
            description = "csv or npy, one condition in a row, for a model conditioned on values")
    String conditions;
    @Option(names = "--out", paramLabel = "FILE", order = 20, description = "csv, npy or png by its ending (csv on stdout)")
    Path out;

    @Override
    public Integer call() {
        Schema schema = run.open().configuration().schema();
        Output.require(out, schema);
        run.requireApart("--out", out, codes, conditions);
        int latent = run.open().configuration().model().code().latent();
        Dataset table = byName(table(codes), Output.numbered("z", latent));
        requireSize(table, codes, latent, "latent dimensions");
        float[][] z = IntStream.range(0, table.rows()).mapToObj(table::row).toArray(float[][]::new);
        double[][] c = conditions(z.length, schema);
        double[][] decoded = run.use(model -> model.decodeDouble(z, c));
        Output.write(out, common.out(), schema.featureNames(), decoded, schema, null);
        return 0;
    }

    private double[][] conditions(int count, Schema schema) {
        if (run.open().configuration().model().condition() != ConditionKind.VALUES) {
            return run.conditions(className, count);
        }
        if (conditions == null) {
            throw new UsageException("--conditions is missing, expected a file with " + schema.conditions()
                    + " columns because the model is conditioned on values");
        }
        Dataset c = schema.acceptConditions(table(conditions));
        if (c.rows() != count) {
            throw new UsageException("--conditions " + conditions + ": rows=" + c.rows() + ", expected " + count + ", one for each code");
        }
        return IntStream.range(0, count).mapToObj(c::numbers).toArray(double[][]::new);
    }

    private static Dataset table(String file) {
        Dataset table = DataSpec.read(file, DataOptions.defaults()).train();
        Notes.tell(table);
        return table;
    }

    /** Codes with the names that encode writes go by these, whatever their order; others go by position. */
    private static Dataset byName(Dataset table, List<String> names) {
        boolean named = table.columnNames().stream().anyMatch(names::contains);
        return named ? table.selectColumns(names.toArray(String[]::new)) : table;
    }

    private static void requireSize(Dataset table, String file, int width, String what) {
        if (table.columns() != width) {
            throw new UsageException(file + ": columns=" + table.columns() + ", expected " + width + ", the " + what + " of the model");
        }
    }
}
