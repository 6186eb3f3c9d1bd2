package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.model.loss.Term;
import dev.hourglass.report.Estimates;
import dev.hourglass.testkit.Backends;
import dev.hourglass.train.SavedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line does with a model, Java does by the same methods. */
class FacadeTest {
    private static final Dataset DATA = Dataset.of(AutoencoderTest.rows(300, 6, 3));

    @TempDir
    private static Path folder;
    private static Training training;
    private static Autoencoder model;

    @BeforeAll
    static void train() {
        training = Hourglass.vae().hidden(10).latent(2).epochs(3).seed(4).device("cpu").threads(1).runFolder(folder.resolve("run"))
                .pictures(true).training(DATA);
        model = training.run();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aTrainingSaysWhatItTrains() {
        assertTrue(training.model().startsWith("vae 6-10-(2)-10-6 on CPU, "), training.model());
        assertTrue(training.model().endsWith(", " + model.parameters() + " parameters"), training.model());
    }

    @Test
    void picturesAreDrawnWhenTheyAreAskedFor() {
        assertTrue(Files.isRegularFile(folder.resolve("run/loss.png")));
        assertTrue(Files.isRegularFile(folder.resolve("run/reconstructions.png")));
    }

    @Test
    void aModelKnowsItsEpochAndWhereItComesFrom() {
        int best = SavedRun.open(folder.resolve("run")).epoch(SavedRun.Kept.BEST);
        assertEquals(best, model.epoch());
        assertTrue(model.provenance().contains("\"seed\" : 4"), model.provenance());
    }

    @Test
    void theLastModelOfARunIsOpenedToo() {
        SavedRun run = SavedRun.open(folder.resolve("run"));
        try (Autoencoder last = Autoencoder.open(run, SavedRun.Kept.LAST, run.configuration().device())) {
            assertEquals(3, last.epoch());
            assertEquals(model.history(), last.history());
        }
    }

    @Test
    void estimatesHoldTheTermsOfEvaluate() {
        Examples examples = Examples.of(DATA).head(50);
        Estimates estimates = model.estimate(examples, new Estimates.Wanted(20, 2, 0, 0, 10), 5, task -> ProgressListener.none());
        assertTrue(estimates.terms().containsKey(Term.RECONSTRUCTION), estimates.terms().toString());
        assertEquals(20, estimates.logLikelihood().samples());
        assertEquals(50, estimates.decomposition().examples());
        assertEquals(estimates.decomposition().kl().analytic(), estimates.decomposition().analyticKl());
    }

    /** What makes a loss infinite is named, as by evaluate. */
    @Test
    void estimatesTellOfRowsThatMakeThemInfinite() {
        float[][] rows = {DATA.row(0), DATA.row(1).clone()};
        rows[1][2] = 3e38f;
        List<String> told = new ArrayList<>();
        Estimates estimates = model.estimate(Examples.of(Dataset.of(rows)), new Estimates.Wanted(0, 0, 0, 0, 10), 5,
                task -> ProgressListener.none(), told::add);
        assertEquals(Double.POSITIVE_INFINITY, estimates.terms().get(Term.LOSS));
        assertEquals(1, told.size(), told.toString());
        assertTrue(told.get(0).startsWith("data set: row 2, 'x3' is 3.0E38, the value farthest"), told.get(0));
    }

    @Test
    void aWalkEndsAtTheDecodedCodes() {
        float[][] codes = model.encode(Examples.of(DATA).head(2));
        float[][] walk = model.latents().interpolate(codes[0], codes[1], 3, null);
        float[][] ends = model.decode(codes, (float[][]) null);
        assertArrayEquals(ends[0], walk[0]);
        assertArrayEquals(ends[1], walk[2]);
    }

    @Test
    void onnxFilesAreWritten() {
        model.exportOnnx(folder.resolve("onnx"), false);
        assertTrue(Files.isRegularFile(folder.resolve("onnx/encoder.onnx")));
        assertThrows(dev.hourglass.io.FormatException.class, () -> model.exportOnnx(folder.resolve("onnx"), false));
    }

    @Test
    void aShareOfTheScoresIsCalledAnomalous() {
        double[] scores = model.score(DATA);
        Scorer scorer = model.scorer().contaminated(scores, 0.1);
        assertEquals(30, Arrays.stream(scores).filter(score -> scorer.assess(score).anomaly()).count());
        assertThrows(IllegalStateException.class, () -> scorer.quantile(0.5));
    }

    /** On a GPU a receiver runs on the thread that alone may use the device; it may call the model all the same, but not close it. */
    @Test
    void aReceiverMayUseTheModelButNotCloseIt() {
        List<String> devices = new ArrayList<>(List.of("cpu"));
        if (Backends.enabled().contains(Backends.Kind.CUDA_EMULATED)) {
            Backends.open(Backends.Kind.CUDA_EMULATED).close();
            devices.add("cuda");
        }
        for (String device : devices) {
            try (Autoencoder on = Autoencoder.load(folder.resolve("run"), device)) {
                float[][] codes = on.encode(Examples.of(DATA).head(3));
                on.scorer().score(Examples.of(DATA).head(3), null, false, (row, score, parts) -> {
                    assertArrayEquals(codes[row], on.encode(DATA.row(row)), device);
                    assertTrue(on.evaluate(DATA.head(20)).containsKey("loss"), device);
                    String refused = assertThrows(IllegalStateException.class, on::close).getMessage();
                    assertEquals("model: it cannot be closed from within one of its own calls: model=vae, expected close after the call",
                            refused);
                }, done -> {});
                assertArrayEquals(codes[0], on.encode(DATA.row(0)), device);
            }
        }
    }

    @Test
    void theScorerOfAModelIsMadeOnce() {
        assertSame(model.scorer(), model.scorer());
    }

    @Test
    void idsAreOneForEachRow() {
        String few = assertThrows(IllegalArgumentException.class,
                () -> model.scorer().score(Examples.of(DATA), new String[] {"a"}, false, (row, score, parts) -> {}, done -> {}))
                .getMessage();
        assertEquals("score: not an id for each row: ids=1, expected 300, none of them null", few);
        assertThrows(IllegalArgumentException.class, () -> model.scorer().explain((float[]) null));
        assertThrows(IllegalArgumentException.class, () -> model.encode((double[][]) null));
    }

    @Test
    void scoresAreHandedOnInOrder() {
        double[] handed = new double[DATA.rows()];
        double[] scores = model.scorer().score(Examples.of(DATA), null, true, (row, score, parts) -> {
            assertEquals(6, parts.length);
            handed[row] = score;
        }, done -> {});
        assertArrayEquals(model.score(DATA), scores);
        assertArrayEquals(scores, handed);
    }
}
