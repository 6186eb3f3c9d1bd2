package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.model.loss.Term;
import dev.hourglass.report.Estimates;
import dev.hourglass.train.SavedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
