package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.Imputation;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of doubles that floats would make equal, from training to every use: the model works as on the same rows standardised beforehand. */
class WideRowsTest {
    private static final double[][] ROWS = rows(300, 1);

    @TempDir
    Path folder;

    /** A frequency of 10^6 with deviation 0.004, a time of 10^12 with deviation 2000, and a usual column that follows both. */
    private static double[][] rows(int count, long seed) {
        Random random = new Random(seed);
        double[][] rows = new double[count][];
        for (int i = 0; i < count; i++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            rows[i] = new double[] {1e6 + 0.004 * a, Math.rint(1.7e12 + 2000 * b), a + b + 0.1 * random.nextGaussian()};
        }
        return rows;
    }

    /** The same rows, standardised by mean and deviation of ROWS. */
    private static float[][] standardised(double[][] rows) {
        float[][] result = new float[rows.length][3];
        for (int j = 0; j < 3; j++) {
            int column = j;
            double mean = Arrays.stream(ROWS).mapToDouble(row -> row[column]).average().orElseThrow();
            double deviation = Math.sqrt(Arrays.stream(ROWS).mapToDouble(row -> Math.pow(row[column] - mean, 2)).average().orElseThrow());
            for (int i = 0; i < rows.length; i++) {
                result[i][j] = (float) ((rows[i][j] - mean) / deviation);
            }
        }
        return result;
    }

    private static ModelBuilder builder() {
        return Hourglass.undercomplete().hidden(8).latent(2).epochs(3).seed(3).device("cpu").threads(1).validationFraction(0)
                .likelihood(Likelihood.gaussian(Variance.PER_FEATURE));
    }

    @Test
    void aModelOfDoublesIsThatOfStandardisedRows() {
        double[][] later = rows(20, 2);
        try (Autoencoder model = builder().fit(ROWS);
             Autoencoder standard = builder().scaling("none").fit(standardised(ROWS))) {
            float[][] scaled = standardised(later);
            assertArrayEquals(standard.score(scaled), model.score(later), 1e-3);
            float[][] expected = standard.encode(scaled);
            float[][] codes = model.encode(later);
            for (int i = 0; i < codes.length; i++) {
                assertArrayEquals(expected[i], codes[i], 1e-4f);
                assertArrayEquals(codes[i], model.encode(later[i]));
                assertEquals(model.score(later)[i], model.score(later[i]));
            }
            assertEquals(standard.evaluate(Dataset.of(scaled)).get("loss"), model.evaluate(Dataset.of(later)).get("loss"), 1e-3);
            float[][] reconstructed = standardised(model.reconstruct(later));
            float[][] decoded = standardised(model.decodeDouble(codes));
            for (int i = 0; i < later.length; i++) {
                assertArrayEquals(standard.reconstruct(scaled)[i], reconstructed[i], 1e-3f);
                assertArrayEquals(reconstructed[i], decoded[i], 1e-6f);
            }
        }
    }

    @Test
    void aRowThatOnlyDoublesTellApartIsAnAnomaly() {
        try (Autoencoder model = Hourglass.vae().hidden(16).latent(2).epochs(20).learningRate(3e-3).seed(3).device("cpu").threads(1)
                .fit(ROWS)) {
            model.save(folder.resolve("run"));
        }
        try (Autoencoder model = Autoencoder.load(folder.resolve("run"), "cpu")) {
            Scorer scorer = model.scorer();
            double[] usual = {1e6, 1.7e12, 0};
            double[] far = {1e6 + 0.03, 1.7e12, 0};
            assertTrue(scorer.score(usual) < scorer.threshold());
            assertTrue(scorer.assess(far).anomaly());
            Explanation explanation = scorer.explain(far);
            assertTrue(explanation.contributions().get("x1") > 5 * explanation.contributions().get("x2"), explanation.toString());
            assertEquals(scorer.score(far), scorer.score(Map.of("x1", far[0], "x2", far[1], "x3", far[2])));
            double[][] samples = model.sampleDouble(50, 1);
            assertTrue(Arrays.stream(samples).mapToDouble(row -> row[0]).distinct().count() > 40);
            assertTrue(Arrays.stream(samples).allMatch(row -> Math.abs(row[0] - 1e6) < 0.04), Arrays.deepToString(samples));
        }
    }

    @Test
    void conditionsOfDoublesAreToldApart() {
        double[][] conditions = Arrays.stream(ROWS).map(row -> new double[] {row[0]}).toArray(double[][]::new);
        Examples examples = new Examples(Dataset.of(ROWS).selectColumns(2), Dataset.of(conditions));
        try (Autoencoder model = Hourglass.cvae().condition(ConditionKind.VALUES).hidden(16).latent(1).epochs(20).learningRate(3e-3).seed(3)
                .device("cpu").threads(1).fit(examples)) {
            Dataset same = Dataset.of(new float[][] {{1}, {1}});
            Examples asked = new Examples(same, Dataset.of(new double[][] {{1e6 - 0.008}, {1e6 + 0.008}}));
            float[][] codes = model.encode(asked);
            assertTrue(Math.abs(codes[0][0] - codes[1][0]) > 0.1, Arrays.deepToString(codes));
            float[][] reconstructed = model.reconstruct(asked);
            assertTrue(Math.abs(reconstructed[0][0] - reconstructed[1][0]) > 0.01, Arrays.deepToString(reconstructed));
        }
    }

    @Test
    void missingValuesAreFilledAndTrainingGoesOn() {
        double[][] gaps = Arrays.stream(ROWS).map(double[]::clone).toArray(double[][]::new);
        IntStream.range(0, 30).forEach(i -> gaps[10 * i][0] = Double.NaN);
        Dataset data = Dataset.of(gaps);
        ModelBuilder builder = builder().imputation(Imputation.Kind.MEAN).runFolder(folder.resolve("run"));
        double[] row = {Double.NaN, 1.7e12, 0};
        double mean = Arrays.stream(gaps).mapToDouble(each -> each[0]).filter(Double::isFinite).average().orElseThrow();
        try (Autoencoder model = builder.fit(data)) {
            assertEquals(model.score(new double[] {mean, 1.7e12, 0}), model.score(row), 1e-6);
        }
        Training resumed = Training.resume(folder.resolve("run"), Examples.of(data), 5);
        try (Autoencoder model = resumed.run()) {
            assertEquals(5, model.history().size());
        }
    }

    @Test
    void valuesThatBecomeEqualAreAWarning() {
        double[][] rows = IntStream.range(0, 60).mapToObj(i -> new double[] {i < 3 ? 1e15 : i, i}).toArray(double[][]::new);
        List<String> warnings = new ArrayList<>();
        Logger logger = Logger.getLogger(Training.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getLevel() == Level.WARNING) {
                    warnings.add(record.getMessage());
                }
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
        logger.addHandler(handler);
        try (Autoencoder model = builder().epochs(1).fit(rows)) {
            assertEquals(1, model.history().size());
        } finally {
            logger.removeHandler(handler);
        }
        List<String> merged = warnings.stream().filter(line -> line.contains("scaled to floats")).toList();
        assertEquals(1, merged.size(), warnings.toString());
        assertTrue(merged.get(0).matches("data set: scaled to floats, 'x1' keeps \\d+ of 58 different values: .*"), merged.get(0));
    }

    /** Decimals that floats hold well enough are kept as floats, with the hash and the model that they always had. */
    @Test
    void ordinaryDecimalsGiveTheModelOfTheirFloats() {
        double[][] decimals = Arrays.stream(ROWS).map(row -> new double[] {20 + Math.rint(100 * row[2]) / 100, row[2]})
                .toArray(double[][]::new);
        try (Autoencoder model = builder().fit(decimals); Autoencoder floats = builder().fit(Dataset.of(decimals).toFloats())) {
            for (double[] row : List.of(decimals[0], decimals[1])) {
                assertEquals(floats.score(new float[] {(float) row[0], (float) row[1]}), model.score(row));
            }
        }
    }
}
