package dev.hourglass.cli;

import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.cli.output.Output;
import dev.hourglass.data.Examples;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the code of every example. */
@Command(name = "encode", sortOptions = false, description = "Write the code of every example: the mean of q(z|x), or a sample.")
final class Encode implements Callable<Integer> {
    @Mixin
    Common common = new Common();
    @Mixin
    RunOptions run = new RunOptions();
    @Mixin
    RunOptions.DataChoice data = new RunOptions.DataChoice();
    @Option(names = "--sample", paramLabel = "SEED", order = 20, description = "one sample of q(z|x) instead of its mean")
    Long sample;
    @Option(names = "--out", paramLabel = "FILE", order = 21, description = "csv or npy by its ending (csv on stdout)")
    Path out;

    @Override
    public Integer call() {
        Output.require(out, null);
        run.requireApart("--out", out, data.data);
        Examples examples = run.read(data);
        float[][] codes = run.use(model -> sample == null ? model.encode(examples) : model.encodeSample(examples, sample));
        Output.write(out, common.out(), Output.numbered("z", codes[0].length), codes);
        return 0;
    }
}
