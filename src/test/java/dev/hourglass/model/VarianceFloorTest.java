package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Autoencoder;
import dev.hourglass.Hourglass;
import dev.hourglass.Training;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.spec.DataSpec;
import dev.hourglass.model.likelihood.Gaussian;
import dev.hourglass.model.likelihood.Variance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lower bound of learned variances: where it binds it is said, and where data are not constant it does not. */
class VarianceFloorTest {
    @TempDir
    Path folder;

    /** Two noisy columns and two that are constant. */
    private Dataset table() throws IOException {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("a,still,b,idle\n");
        for (int row = 0; row < 200; row++) {
            text.append(random.nextGaussian()).append(",3,").append(random.nextGaussian()).append(",-1\n");
        }
        Path file = folder.resolve("table.csv");
        Files.writeString(file, text);
        return DataSpec.read(file.toString(), DataOptions.defaults()).train();
    }

    private static String warning(Dataset data, Gaussian likelihood) {
        Training training = Hourglass.vae().hidden(4).latent(1).likelihood(likelihood).scaling("standardize").epochs(20).learningRate(0.02)
                .device("cpu").threads(1).training(data);
        try (Autoencoder model = training.run()) {
            assertTrue(model.history().size() == 20);
        }
        return training.warning();
    }

    @Test
    void variancesThatEndOnTheFloorAreNamed() throws IOException {
        assertEquals(
                "likelihood: 2 of 4 learned variances ended on the floor e^-0.5 (still, idle), so log p(x) is lower than the data allow; "
                        + "lower it with --variance-floor, or leave columns out that are constant",
                warning(table(), new Gaussian(Variance.PER_FEATURE, 1, -0.5)));
        assertEquals("likelihood: the learned variance ended on the floor e^-0.1, so log p(x) is lower than the data allow; "
                + "lower it with --variance-floor, or leave columns out that are constant",
                warning(table(), new Gaussian(Variance.LEARNED, 1, -0.1)));
    }

    @Test
    void nothingIsSaidWhereTheFloorDoesNotBind() throws IOException {
        assertEquals("", warning(table(), new Gaussian(Variance.PER_FEATURE, 1, Gaussian.DEFAULT_FLOOR)));
        assertEquals("", warning(table(), new Gaussian(Variance.FIXED, 0.1, -0.5)));
    }

    /** Of 8-bit pictures in [0, 1], what rounding leaves is a uniform error as wide as a step, of variance step^2 / 12. */
    @Test
    void theDefaultLiesBelowWhatRoundingToEightBitsLeaves() {
        assertTrue(Gaussian.DEFAULT_FLOOR < Math.log(1 / (255.0 * 255) / 12) && Gaussian.DEFAULT_FLOOR > -15);
        assertEquals(new Gaussian(Variance.LEARNED, 1, -3), new Gaussian(Variance.LEARNED, 1, Gaussian.DEFAULT_FLOOR).withFloor(-3));
    }
}
