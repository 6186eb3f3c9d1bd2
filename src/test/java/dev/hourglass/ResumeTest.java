package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.array.Safetensors;
import dev.hourglass.data.array.SafetensorsFile;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an optimizer remembers, and what a schedule has come to, go on where they stood: the bytes of a training that nothing disturbed. */
class ResumeTest {
    private static final Dataset DATA = Dataset.of(AutoencoderTest.rows(200, 6, 3));
    private static final Map<String, Optimizer> RULES = Map.of("sgd", Optimizer.sgd(0.9).withWeightDecay(0.01), "lion", Optimizer.lion(),
            "adam",
            Optimizer.adamW(0.01));

    @TempDir
    Path folder;

    private ModelBuilder model(String name, String rule) {
        return Hourglass.vae().hidden(8).latent(2).batch(32).epochs(3).seed(4).device("cpu").threads(1).optimizer(RULES.get(rule))
                .learningRate(LearningRate.cosine(0.002)).runFolder(folder.resolve(name));
    }

    @ParameterizedTest
    @CsvSource({"sgd, sgd.velocity", "lion, lion.m", "adam, adam.m"})
    void theMemoryOfTheOptimizerGoesOn(String rule, String memory) throws IOException {
        model("whole", rule).fit(DATA).close();
        model("stopped", rule).listener(new TrainingListener() {
            @Override
            public void step(Training training, int epoch, int done, int steps) {
                if (epoch == 2 && done == 2) {
                    training.stop();
                }
            }
        }).training(DATA).run().close();
        try (SafetensorsFile trainer = Safetensors.open(folder.resolve("stopped/last/trainer.safetensors"))) {
            assertEquals("1", trainer.metadata().get("epoch"));
            float[] kept = trainer.floats(memory);
            double squares = 0;
            for (float value : kept) {
                squares += value * value;
            }
            assertTrue(squares > 0, "something to remember");
        }
        Training.resume(folder.resolve("stopped"), Examples.of(DATA), 0).run().close();
        for (String name : List.of("best/model.safetensors", "last/model.safetensors", "last/trainer.safetensors", "config.json")) {
            assertArrayEquals(Files.readAllBytes(folder.resolve("whole").resolve(name)),
                    Files.readAllBytes(folder.resolve("stopped").resolve(name)), name);
        }
    }
}
