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
import java.util.List;
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
        Examples examples = Examples.of(data);
        try (Backend backend = new CpuBackend();
             Model model = Hourglass.vae().hidden(64).latent(8).likelihood(Likelihood.gaussian(Variance.PER_FEATURE))
                     .scaling("standardize").create(backend, examples, 0)) {
            try (Trainer trainer = new Trainer(model, TrainingSettings.defaults().withEpochs(100), examples, null, List.of())) {
                trainer.run();
            }
            double[] scores = Infer.score(model, examples, ScoreKind.defaultOf(model.specification()), ScoreSettings.DEFAULT_SAMPLES, 0);
            double area = Roc.areaUnderCurve(scores, anomalous);
            System.out.println(name + ": area under the curve " + area);
            assertTrue(area > 0.70, name + " " + area);
        }
    }
}
