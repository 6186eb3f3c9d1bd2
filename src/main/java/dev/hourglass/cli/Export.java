package dev.hourglass.cli;

import dev.hourglass.cli.option.Common;
import dev.hourglass.cli.option.RunOptions;
import dev.hourglass.onnx.OnnxExport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes encoder and decoder for other run times; prints the folder. */
@Command(name = "export", sortOptions = false, description = "Write encoder.onnx and decoder.onnx, in the units of the data.",
        footer = {"",
            "encoder.onnx: x [n, features] to code [n, latent] and, for Gaussian codes, log_variance or factor_diagonal and factor_off_diagonal;",
            "decoder.onnx: z [n, latent] to mean [n, features]. A conditional model takes c [n, conditions] too, one-hot for labels."})
final class Export implements Callable<Integer> {
    @Mixin
    Common common = new Common();
    @Mixin
    RunOptions run = new RunOptions();
    @Option(names = "--onnx", paramLabel = "DIR", required = true, order = 10, description = "the new folder of both files")
    Path onnx;
    @Option(names = "--overwrite", order = 11, description = "replace the export that the folder already holds")
    boolean overwrite;

    @Override
    public Integer call() {
        OnnxExport.requireFree(onnx, overwrite);
        run.use(model -> {
            model.exportOnnx(onnx, overwrite);
            return null;
        });
        common.out().println(onnx);
        return 0;
    }
}
