package dev.hourglass.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gradcheck and export on the command line; the numbers are checked where they are made. */
class GradcheckTest {
    @TempDir
    Path folder;

    @Test
    void everyParameterHasALine() throws IOException {
        Path config = Files.writeString(folder.resolve("c.json"), "{\"model\":{\"preset\":\"vae\",\"hidden\":[400]}}");
        Result result = Result.of("gradcheck", "--config", config.toString(), "--elements", "3");
        assertEquals(0, result.code(), result.toString());
        List<String> lines = result.out().lines().toList();
        assertTrue(lines.get(0).startsWith("vae with layers 12-8-(5)-8-12 on CPU"), lines.get(0));
        assertEquals("all 8 gradients are right", lines.get(lines.size() - 1));
        assertEquals(8, lines.stream().filter(line -> line.matches("(encoder|decoder)\\.[01]\\.(weight|bias) .* 3 .* pass")).count(),
                result.out());
    }

    @Test
    void badConfigurationsAreNamed() throws IOException {
        Path config = Files.writeString(folder.resolve("c.json"), "{\"model\":{\"preset\":\"none\"}}");
        Result unknown = Result.of("gradcheck", "--config", config.toString());
        assertEquals(1, unknown.code());
        assertTrue(unknown.err().startsWith("hourglass gradcheck: " + config + ": model: unknown preset: model=none"), unknown.err());
        assertEquals(2, Result.of("gradcheck", "--config", config.toString(), "--elements", "0").code());
    }

    @Test
    void aRunIsExportedOnce() throws IOException {
        Path run = folder.resolve("run");
        Path onnx = folder.resolve("onnx");
        assertEquals(0,
                Result.of("train", "--data", "digits:30", "--hidden", "5", "--latent", "2", "--epochs", "1", "--device", "cpu", "--quiet",
                        "--out", run.toString()).code());
        Result exported = Result.of("export", "--run", run.toString(), "--onnx", onnx.toString());
        assertEquals(new Result(0, onnx + "\n", ""), exported);
        try (Stream<Path> files = Files.list(onnx)) {
            assertEquals(List.of("decoder.onnx", "encoder.onnx"), files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        Result again = Result.of("export", "--run", run.toString(), "--onnx", onnx.toString());
        assertEquals(1, again.code());
        assertEquals(
                "hourglass export: " + onnx
                        + ": the folder already holds an export, expected a new folder; name another, or allow it to be overwritten\n",
                again.err());
        assertEquals(0, Result.of("export", "--run", run.toString(), "--onnx", onnx.toString(), "--overwrite").code());
        assertEquals(1, Result.of("export", "--run", run.toString(), "--onnx", run.toString(), "--overwrite").code(), "the run itself");
        assertTrue(Files.exists(run.resolve("config.json")));
    }
}
