package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.Imputation;
import dev.hourglass.inference.ScoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The way in: fit, use, save, load. */
class AutoencoderTest {
    private static final float[][] ROWS = rows(300, 5, 1);

    @TempDir
    Path folder;

    static List<String> presets() {
        return Hourglass.presets();
    }

    /** Rows near a plane, with a far one at the end. */
    static float[][] rows(int count, int columns, long seed) {
        Random random = new Random(seed);
        float[][] rows = new float[count][columns];
        for (float[] row : rows) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            for (int j = 0; j < columns; j++) {
                row[j] = (float) (10 + Math.sin(j) * a + Math.cos(2 * j) * b + 0.1 * random.nextGaussian());
            }
        }
        return rows;
    }

    private static Dataset labelled() {
        int[] labels = new int[ROWS.length];
        Arrays.setAll(labels, i -> i % 3);
        return Dataset.of(ROWS).withLabels(labels);
    }

    static ModelBuilder small(String preset) {
        return Hourglass.preset(preset).latent(2).epochs(2).seed(5).device("cpu").threads(1);
    }

    @ParameterizedTest
    @MethodSource("presets")
    void aSavedModelIsTheModel(String preset) {
        try (Autoencoder model = small(preset).fit(labelled())) {
            model.save(folder.resolve("saved"));
            try (Autoencoder again = Autoencoder.load(folder.resolve("saved"), "cpu")) {
                assertArrayEquals(model.encode(labelled()), again.encode(labelled()));
                assertArrayEquals(model.reconstruct(labelled()), again.reconstruct(labelled()));
                assertArrayEquals(model.score(labelled()), again.score(labelled()));
                assertEquals(model.evaluate(labelled()), again.evaluate(labelled()));
                assertEquals(model.history(), again.history());
                assertEquals(model.scorer().threshold(), again.scorer().threshold());
                again.save(folder.resolve("copy"));
                assertSameFiles(folder.resolve("saved"), folder.resolve("copy"));
            }
        }
    }

    private static void assertSameFiles(Path one, Path two) {
        for (String name : List.of("config.json", "metrics.jsonl", "best/model.safetensors", "last/model.safetensors", "scorer.json")) {
            try {
                assertArrayEquals(Files.readAllBytes(one.resolve(name)), Files.readAllBytes(two.resolve(name)), name);
            } catch (IOException failure) {
                throw new java.io.UncheckedIOException(failure);
            }
        }
    }

    /** What a row gets depends neither on its place, nor on the rows beside it, nor on how many there are. */
    @Test
    void aRowIsAlone() {
        try (Autoencoder model = small("vae").hidden(16).fit(ROWS)) {
            Scorer scorer = model.scorer();
            float[][] codes = model.encode(ROWS);
            float[][] means = model.reconstruct(ROWS);
            double[] scores = scorer.score(ROWS);
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < ROWS.length; i++) {
                order.add(i);
                assertArrayEquals(codes[i], model.encode(ROWS[i]), "code of row " + i);
                assertArrayEquals(means[i], model.reconstruct(ROWS[i]), "reconstruction of row " + i);
                assertEquals(scores[i], scorer.score(ROWS[i]), "score of row " + i);
            }
            Collections.shuffle(order, new Random(3));
            for (int count : new int[] {2, 15, 16, 17, 63, 65, 255, 257}) {
                List<Integer> some = order.subList(0, count);
                float[][] moved = some.stream().map(i -> ROWS[i]).toArray(float[][]::new);
                assertArrayEquals(some.stream().mapToDouble(i -> scores[i]).toArray(), scorer.score(moved), count + " rows");
                assertArrayEquals(some.stream().map(i -> codes[i]).toArray(float[][]::new), model.encode(moved), count + " rows");
            }
        }
    }

    @Test
    void trainingTwiceGivesTheSame() {
        try (Autoencoder one = small("vae").fit(ROWS); Autoencoder two = small("vae").fit(ROWS);
             Autoencoder other = small("vae").seed(6).fit(ROWS)) {
            assertArrayEquals(one.encode(ROWS), two.encode(ROWS));
            assertTrue(!Arrays.deepEquals(one.encode(ROWS), other.encode(ROWS)), "another seed, another model");
        }
    }

    @Test
    void samplesFollowTheirSeedAndClass() {
        try (Autoencoder model = small("cvae").fit(labelled())) {
            assertEquals(List.of("0", "1", "2"), model.classNames());
            assertArrayEquals(model.sample(4, "1", 7), model.sample(4, "1", 7));
            assertTrue(!Arrays.deepEquals(model.sample(4, "1", 7), model.sample(4, "1", 8)));
            assertEquals("condition: unknown class: class=9, expected one of [0, 1, 2]",
                    assertThrows(IllegalArgumentException.class, () -> model.sample(4, "9")).getMessage());
        }
    }

    @Test
    void aScorerKeepsWhatTrainingHeldOut() {
        try (Autoencoder model = small("vae").epochs(20).fit(ROWS)) {
            Scorer scorer = model.scorer();
            float[] far = {1000, -1000, 1000, -1000, 1000};
            Score score = scorer.assess(far);
            assertTrue(score.anomaly() && score.value() > scorer.threshold() && score.probability() > 0.9, score.toString());
            Explanation explanation = scorer.explain(far);
            double sum = explanation.contributions().values().stream().mapToDouble(Double::doubleValue).sum();
            assertEquals(explanation.value(), sum + explanation.remainder(), 1e-6 * Math.abs(explanation.value()));
            assertEquals(model.featureNames(), List.copyOf(explanation.contributions().keySet()));
            for (ScoreKind kind : new ScoreKind[] {ScoreKind.NEGATIVE_LOG_LIKELIHOOD, ScoreKind.RECONSTRUCTION_PROBABILITY,
                ScoreKind.RECONSTRUCTION_ERROR}) {
                for (Explanation each : scorer.with(kind, 50, 3).explain(Examples.of(Dataset.of(ROWS)))) {
                    double parts = each.contributions().values().stream().mapToDouble(Double::doubleValue).sum();
                    assertEquals(each.value(), parts + each.remainder(), 1e-12 * (Math.abs(each.value()) + Math.abs(parts)), kind.name());
                    assertTrue(kind == ScoreKind.NEGATIVE_LOG_LIKELIHOOD
                            || Math.abs(each.remainder()) <= 1e-5 * Math.max(1, Math.abs(each.value())), kind + " " + each);
                }
            }
            int anomalies = (int) scorer.assess(Dataset.of(ROWS)).stream().filter(Score::anomaly).count();
            assertTrue(anomalies > 0 && anomalies < 60, anomalies + " of 300 rows above the 0.95 quantile of those held out");
            assertEquals(scorer.score(ROWS[0]),
                    scorer.score(Map.of("x1", ROWS[0][0], "x2", ROWS[0][1], "x3", ROWS[0][2], "x4", ROWS[0][3], "x5", ROWS[0][4])));
            assertThrows(IllegalArgumentException.class, () -> scorer.score(Map.of("x1", 1f)));
        }
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void whatIsNullIsNamed() {
        refused("examples: nothing is given: features=null, expected a data set", () -> Hourglass.vae().fit((Dataset) null));
        refused("data set: nothing is given: rows=null, expected rows of numbers", () -> Hourglass.vae().fit((float[][]) null));
        refused("model: nothing is given: data=null, expected examples to learn from", () -> Hourglass.vae().fit((Examples) null));
        refused("model: nothing is given: activation=null, expected one of Activation", () -> Hourglass.vae().activation(null));
        refused("model: nothing is given: hidden=null, expected a width for each layer", () -> Hourglass.vae().hidden(10, null));
        refused("model: nothing is given: scaling=null, expected auto, none, divide:V, minmax, standardize or log",
                () -> Hourglass.vae().scaling(null));
        refused("device: nothing is given: device=null, expected auto, cpu, cuda or cuda:N", () -> Hourglass.vae().device(null));
        refused("device: nothing is given: device=null, expected auto, cpu, cuda or cuda:N", () -> Devices.open((String) null));
        refused("model: nothing is given: folder=null, expected the folder of a model or a run", () -> Hourglass.load(null));
        refused("resume: nothing is given: data=null, expected the examples that the run learns from",
                () -> Training.resume(folder, null, 0));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Hourglass.preset(null)).getMessage()
                .startsWith("model: nothing is given: model=null, expected one of undercomplete, vae, "));
        try (Autoencoder model = small("vae").fit(ROWS)) {
            refused("model: nothing is given: row=null, expected [features]", () -> model.encode((float[]) null));
            refused("model: nothing is given: rows=null, expected rows of numbers", () -> model.reconstruct((float[][]) null));
            refused("model: nothing is given: examples=null, expected rows to work on", () -> model.encode((Examples) null));
            refused("model: nothing is given: code=null, expected [latent]", () -> model.decode((float[]) null));
            refused("score: nothing is given: row=null, expected [features]", () -> model.score((float[]) null));
            refused("score: nothing is given: examples=null, expected rows to score", () -> model.score((Examples) null));
            refused("score: nothing is given: row=null, expected numbers by the names of their columns",
                    () -> model.scorer().score((Map<String, Double>) null));
        }
    }

    @Test
    void codesMustBeFinite() {
        try (Autoencoder model = small("vae").fit(ROWS)) {
            refused("code: row 2, column 1 is not finite: value=NaN, expected a finite number",
                    () -> model.decode(new float[][] {{0, 1}, {Float.NaN, 1}}));
            refused("code: row 1, column 2 is not finite: value=-Infinity, expected a finite number",
                    () -> model.decode(new float[] {0, Float.NEGATIVE_INFINITY}));
            refused("code: row 2 has another width: columns=null, expected 2", () -> model.decode(new float[][] {{0, 1}, null}));
        }
    }

    @Test
    void moreRowsThanTheMemoryHoldsAreRefusedBeforeTheyAreMade() {
        try (Autoencoder model = small("vae").fit(ROWS)) {
            // More than a heap of 200 GiB would hold.
            String refused = assertThrows(IllegalArgumentException.class, () -> model.sample(Integer.MAX_VALUE)).getMessage();
            assertTrue(refused.startsWith("sample: more rows than the memory holds: rows=2147483647, expected at most "), refused);
            assertTrue(refused.endsWith(" at a time, or a Java with more memory (-Xmx)"), refused);
        }
    }

    @Test
    void closeWaitsForTheCallsThatRunAndRefusesLaterOnes() throws InterruptedException {
        float[][] rows = rows(2000, 5, 8);
        Autoencoder model = small("vae").fit(ROWS);
        List<Throwable> ends = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch calling = new CountDownLatch(3);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread caller = new Thread(() -> {
                try {
                    while (true) {
                        model.reconstruct(rows);
                        calling.countDown();
                    }
                } catch (RuntimeException end) {
                    ends.add(end);
                }
            });
            caller.start();
            callers.add(caller);
        }
        calling.await();
        model.close();
        for (Thread caller : callers) {
            caller.join();
        }
        assertEquals(Collections.nCopies(3, "model: it is closed: model=vae, expected an open model; load it again"),
                ends.stream().map(Throwable::getMessage).toList());
    }

    @Test
    void misuseIsOneLine() {
        Autoencoder model = small("vae").fit(ROWS);
        String columns = assertThrows(RuntimeException.class, () -> model.encode(new float[3])).getMessage();
        assertTrue(columns.contains("columns=3, expected 5"), columns);
        String codes = assertThrows(RuntimeException.class, () -> model.decode(new float[3])).getMessage();
        assertTrue(codes.contains("columns=3, expected 2"), codes);
        model.save(folder.resolve("taken"));
        String taken = assertThrows(RuntimeException.class, () -> model.save(folder.resolve("taken"))).getMessage();
        assertTrue(taken.contains("already holds a run"), taken);
        model.close();
        String closed = assertThrows(IllegalStateException.class, () -> model.encode(ROWS[0])).getMessage();
        assertTrue(closed.equals("model: it is closed: model=vae, expected an open model; load it again"), closed);
        assertThrows(IllegalStateException.class, () -> model.evaluate(Dataset.of(ROWS)));
        model.close();
        assertThrows(RuntimeException.class, () -> Hourglass.load(folder.resolve("nowhere")));
    }

    @Test
    void columnsAreFoundByTheirNames() {
        Dataset named = Dataset.of(ROWS).withColumnNames(List.of("a", "b", "c", "d", "e"));
        try (Autoencoder model = small("vae").fit(named)) {
            double[] expected = model.score(named);
            assertArrayEquals(expected, model.score(named.selectColumns("e", "a", "d", "c", "b")));
            assertArrayEquals(expected, model.score(ROWS), "without names by position");
            float[][] wider = Arrays.stream(ROWS).map(row -> new float[] {1, row[0], row[1], row[2], row[3], row[4]})
                    .toArray(float[][]::new);
            assertArrayEquals(expected, model.score(Dataset.of(wider).withColumnNames(List.of("id", "a", "b", "c", "d", "e"))));
            Dataset renamed = named.withColumnNames(List.of("a", "b", "c", "d", "f"));
            assertEquals(
                    "data set: no column 'e', expected the columns of the training data by their names, 'a', 'b', 'c', 'd', 'e'; rename them, or leave the"
                            + " names out to go by position",
                    assertThrows(DataException.class, () -> model.score(renamed)).getMessage());
            Map<String, Float> row = Map.of("e", ROWS[7][4], "d", ROWS[7][3], "c", ROWS[7][2], "b", ROWS[7][1], "a", ROWS[7][0]);
            assertEquals(expected[7], model.scorer().assess(row).value());
            assertEquals(expected[7], model.scorer().explain(row).value());
        }
    }

    @Test
    void scalingAndImputationAreWhatWasAskedFor() {
        float[][] gaps = Arrays.stream(ROWS).map(float[]::clone).toArray(float[][]::new);
        gaps[3][1] = Float.NaN;
        gaps[200][4] = Float.NaN;
        assertEquals(
                "data set: row 4, column 2: the value is missing; fill it in, or ask for an imputation when training: mean, median, zero",
                assertThrows(DataException.class, () -> small("vae").fit(gaps)).getMessage());
        try (Autoencoder none = small("undercomplete").scaling("none").fit(ROWS);
             Autoencoder minmax = small("undercomplete").scaling("minmax").fit(ROWS);
             Autoencoder filled = small("vae").imputation(Imputation.Kind.MEDIAN).fit(gaps)) {
            assertTrue(!Arrays.deepEquals(none.encode(ROWS), minmax.encode(ROWS)), "another scaling, another model");
            float[] row = ROWS[0].clone();
            row[2] = Float.NaN;
            assertTrue(Double.isFinite(filled.score(row)));
            row[2] = Float.POSITIVE_INFINITY;
            assertEquals("data set: row 1, column 3: the value is infinite, expected a finite number; correct it or leave the row out",
                    assertThrows(DataException.class, () -> filled.score(row)).getMessage());
        }
        assertThrows(DataException.class, () -> small("vae").scaling("rubbish").fit(ROWS));
    }

    @Test
    void nothingInNothingOut() {
        try (Autoencoder model = small("vae").fit(ROWS)) {
            assertEquals(0, model.encode(new float[0][]).length);
            assertEquals(0, model.reconstruct(new float[0][]).length);
            assertEquals(0, model.decode(new float[0][]).length);
            assertEquals(0, model.score(new float[0][]).length);
            Scorer strict = model.scorer().quantile(0.5);
            ScoreKind kind = ScoreKind.NEGATIVE_LOG_LIKELIHOOD;
            assertEquals(strict.threshold(), strict.with(kind, 50, 0).threshold(), "the same settings keep the threshold");
            model.save(folder.resolve("run"));
            model.save(folder.resolve("run"), true);
        }
    }
}
