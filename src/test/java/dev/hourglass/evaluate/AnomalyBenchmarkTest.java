package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.spec.DataSpec;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.inference.ScoreSettings;
import dev.hourglass.model.Model;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.testkit.Infer;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The documented default of anomaly scores on the two ADBench sets where distance from the mean fails, one seed. */
class AnomalyBenchmarkTest {
    @ParameterizedTest
    @ValueSource(strings = {"30_satellite", "40_vowels"})
    void theDefaultFindsAnomalies(String name) {
        String folder = System.getProperty("hourglass.data", "");
        assumeTrue(!folder.isEmpty(), "ADBench is read only with -Dhourglass.data=FOLDER");
        Dataset data = DataSpec.read(Path.of(folder, "adbench", name + ".npz").toString(), DataOptions.defaults()).train();
        boolean[] anomalous = new boolean[data.rows()];
        for (int row = 0; row < anomalous.length; row++) {
            anomalous[row] = data.classNames().get(data.label(row)).equals("1");
        }
        double area = areaUnderCurve(data, anomalous, 100);
        System.out.println(name + ": area under the curve " + area);
        assertTrue(area > 0.70, name + " " + area);
    }

    private static double areaUnderCurve(Dataset data, boolean[] anomalous, int epochs) {
        Examples examples = Examples.of(data);
        try (Backend backend = new CpuBackend();
             Model model = Hourglass.vae().hidden(64).latent(8).likelihood(Likelihood.gaussian(Variance.PER_FEATURE))
                     .scaling("standardize").create(backend, examples, 0)) {
            try (Trainer trainer = new Trainer(model, TrainingSettings.defaults().withEpochs(epochs), examples, null, List.of())) {
                trainer.run();
            }
            double[] scores = Infer.score(model, examples, ScoreKind.defaultOf(model.specification()), ScoreSettings.DEFAULT_SAMPLES, 0);
            return Roc.areaUnderCurve(scores, anomalous);
        }
    }

    /** Examples near a plane in 12 dimensions, far from their mean; anomalies near the mean and off the plane, which distance from the mean ranks last. */
    @Test
    void theDefaultFindsWhatDistanceFromTheMeanMisses() {
        Random random = new Random(6);
        double[][] plane = new double[2][12];
        for (double[] direction : plane) {
            Arrays.setAll(direction, j -> random.nextGaussian());
        }
        float[][] rows = new float[1040][12];
        boolean[] anomalous = new boolean[rows.length];
        double[] distances = new double[rows.length];
        for (int row = 0; row < rows.length; row++) {
            anomalous[row] = row % 26 == 0;
            double first = anomalous[row] ? 0 : 2 * random.nextGaussian();
            double second = anomalous[row] ? 0 : 2 * random.nextGaussian();
            for (int j = 0; j < 12; j++) {
                rows[row][j] = (float) (first * plane[0][j] + second * plane[1][j] + (anomalous[row] ? 1 : 0.05) * random.nextGaussian());
                distances[row] += rows[row][j] * rows[row][j];
            }
        }
        assertTrue(Roc.areaUnderCurve(distances, anomalous) < 0.2, () -> "distance " + Roc.areaUnderCurve(distances, anomalous));
        double area = areaUnderCurve(Dataset.of(rows), anomalous, 200);
        assertTrue(area > 0.9, () -> "area under the curve " + area);
    }
}
