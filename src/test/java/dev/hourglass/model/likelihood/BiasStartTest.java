package dev.hourglass.model.likelihood;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.Hourglass;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the output bias starts: the mean of the data on the scale of the decoder, kept away from where it has none. */
class BiasStartTest {
    /** log(p / (1 - p)), p within [0.001, 0.999]: log 999 = 6.906754778648554. */
    @ParameterizedTest
    @CsvSource({"0, -6.906754778648554", "1, 6.906754778648554", "0.0009, -6.906754778648554", "0.0011, -6.811344493733779",
        "0.25, -1.0986122886681098",
        "0.5, 0", "0.8, 1.3862943611198906", "0.9991, 6.906754778648554", "-3, -6.906754778648554", "7, 6.906754778648554"})
    void aBernoulliStartsAtAClippedLogit(double mean, double expected) {
        assertEquals(expected, Likelihood.bernoulli().biasStart(mean), 1e-12);
    }

    /** log of the mean, which is kept at 0.001 and above; a normal mean is its own start. */
    @Test
    void othersStartAtTheMeanOfTheirScale() {
        assertEquals(Math.log(2.5), Likelihood.poisson().biasStart(2.5), 1e-15);
        assertEquals(Math.log(0.001), Likelihood.poisson().biasStart(0), 1e-15);
        assertEquals(Math.log(0.001), Likelihood.poisson().biasStart(0.0009), 1e-15);
        assertEquals(-2.5, Likelihood.gaussian(1).biasStart(-2.5), 0);
        assertEquals(-2.5, Likelihood.squaredError().biasStart(-2.5), 0);
    }

    @Test
    void columnsThatNeverChangeStartAtAFiniteLogit() {
        Dataset data = Dataset.of(new float[][] {{0, 1, 0, 1}, {0, 1, 1, 1}, {0, 1, 0, 0}, {0, 1, 0, 1}});
        try (Backend backend = new CpuBackend(1);
             Model model = Hourglass.vae().hidden(3).latent(1).scaling("none").outputBiasFromData(true).create(backend, Examples.of(data),
                     0)) {
            float[] bias = model.decoder().outputBias().read();
            assertArrayEquals(new float[] {-6.9067548f, 6.9067548f, -1.0986123f, 1.0986123f}, bias, 1e-6f);
        }
    }
}
