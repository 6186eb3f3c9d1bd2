package dev.hourglass.cli;

import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.cli.output.Output;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.data.Examples;
import dev.hourglass.model.Schema;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the reconstruction of every example, in the units of the data. */
@Command(name = "reconstruct", sortOptions = false, description = "Write the reconstruction of every example, in the units of the data.")
final class Reconstruct implements Callable<Integer> {
    @Mixin
    Common common = new Common();
    @Mixin
    RunOptions run = new RunOptions();
    @Mixin
    RunOptions.DataChoice data = new RunOptions.DataChoice();
    @Option(names = "--rows", paramLabel = "N", order = 20, description = "the first N rows only; a png shows at most 400")
    Integer rows;
    @Option(names = "--out", paramLabel = "FILE", order = 21,
            description = "csv, npy or png (beside the originals) by its ending (csv on stdout)")
    Path out;

    @Override
    public Integer call() {
        if (rows != null && rows < 1) {
            throw new UsageException("--rows " + rows + ": expected at least 1");
        }
        Schema schema = run.open().configuration().schema();
        Output.require(out, schema);
        run.requireApart("--out", out, data.data);
        Examples all = run.read(data);
        Examples examples = rows == null ? all : all.head(rows);
        double[][] reconstructions = run.use(model -> model.reconstructDouble(examples));
        float[][] originals = IntStream.range(0, examples.rows()).mapToObj(examples.features()::row).toArray(float[][]::new);
        Output.write(out, common.out(), schema.featureNames(), reconstructions, schema, originals);
        return 0;
    }
}
