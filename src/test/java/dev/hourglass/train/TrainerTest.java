package dev.hourglass.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.Model;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.prior.KlWeight;
import dev.hourglass.optim.Adam;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.optim.Optimizer;
import dev.hourglass.train.TrainingSettings.EarlyStopping;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a trainer tells each step, in which order it takes the rows, how it validates, and when it ends. */
class TrainerTest {
    private static final int ROWS = 10;
    private static final int BATCH = 4;
    /** Two full batches and one of two rows. */
    private static final int STEPS = 3;
    private static final TrainingSettings SETTINGS = TrainingSettings.defaults().withBatch(BATCH).withEpochs(4).withSeed(11);

    private static Examples examples(int rows, long seed) {
        Random random = new Random(seed);
        float[] values = new float[rows * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Examples.of(Dataset.of(3, values));
    }

    private static ModelBuilder vae() {
        return Hourglass.vae().hidden(4).latent(2).likelihood(Likelihood.gaussian(1)).scaling("none");
    }

    /** Trains on the CPU and gives back what every step was told. */
    private static StepWatcher watched(ModelBuilder builder, TrainingSettings settings, int epochsBefore) {
        try (Backend cpu = new CpuBackend(1)) {
            StepWatcher watcher = new StepWatcher(cpu);
            Examples data = examples(ROWS, 1);
            try (Model model = builder.create(watcher.backend, data, 0);
                 Trainer trainer = new Trainer(model, settings, data, null, List.of())) {
                assertEquals(STEPS, trainer.stepsPerEpoch());
                trainer.resumeAt(epochsBefore, (long) epochsBefore * STEPS, Double.POSITIVE_INFINITY, 0);
                trainer.run();
                assertEquals(settings.epochs(), trainer.epochs());
                assertEquals((long) settings.epochs() * STEPS, trainer.steps());
            }
            return watcher;
        }
    }

    private static void assertSteps(StepWatcher watcher, TrainingSettings settings, int epochsBefore, KlWeight kl) {
        assertEquals((settings.epochs() - epochsBefore) * STEPS, watcher.steps.size());
        int t = epochsBefore * STEPS;
        for (StepWatcher.Step step : watcher.steps) {
            int epoch = t / STEPS;
            int within = t % STEPS;
            assertEquals(t, step.number());
            // The rate counts the step being made, the KL weight those done.
            double rate = settings.learningRate().at(epoch + (within + 1.0) / STEPS - 1e-9, settings.epochs());
            assertEquals(rate, step.learningRate(), 1e-7 * rate, "learning rate of step " + t);
            assertEquals(kl.at(epoch + within / (double) STEPS), step.klWeight(), 1e-6, "KL weight of step " + t);
            t++;
            assertEquals(1 - Math.pow(0.9, t), step.correction1(), 1e-6, "first correction of step " + t);
            assertEquals(1 - Math.pow(0.99, t), step.correction2(), 1e-6, "second correction of step " + t);
        }
    }

    @Test
    void everyStepIsToldItsRateWeightAndCorrections() {
        KlWeight kl = KlWeight.linear(2, 3);
        TrainingSettings settings = SETTINGS.withOptimizer(new Adam(0.9, 0.99, 1e-8, 0)).withLearningRate(LearningRate.cosine(0.01));
        for (int before : new int[] {0, 1, 3}) {
            assertSteps(watched(vae().klWeight(kl), settings, before), settings, before, kl);
        }
    }

    /** 12 steps, written out: beta rises from 0 by 2/9 a step; the rate is 0.01, 0.005 from epoch 2 on, its first epoch a warm-up in thirds. */
    @Test
    void theFirstAndTheLastStepOfEachEpoch() {
        LearningRate rate = new LearningRate(LearningRate.Kind.STEP, 0.01, 1, List.of(2.0), 0.5);
        StepWatcher watcher = watched(vae().klWeight(KlWeight.linear(2, 3)),
                SETTINGS.withOptimizer(new Adam(0.9, 0.99, 1e-8, 0)).withLearningRate(rate), 0);
        double[] weights = {0, 2 / 9.0, 4 / 9.0, 6 / 9.0, 8 / 9.0, 10 / 9.0, 12 / 9.0, 14 / 9.0, 16 / 9.0, 2, 2, 2};
        double[] rates = {0.01 / 3, 0.02 / 3, 0.01, 0.01, 0.01, 0.01, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005};
        for (int i = 0; i < 12; i++) {
            assertEquals(weights[i], watcher.steps.get(i).klWeight(), 1e-6, "step " + i);
            assertEquals(rates[i], watcher.steps.get(i).learningRate(), 1e-9, "step " + i);
        }
        // 1 - 0.9, 1 - 0.9^3 at the end of the first epoch, 1 - 0.9^4 at the start of the second, 1 - 0.9^12 at the end.
        assertEquals(0.1, watcher.steps.get(0).correction1(), 1e-7);
        assertEquals(0.271, watcher.steps.get(2).correction1(), 1e-7);
        assertEquals(0.3439, watcher.steps.get(3).correction1(), 1e-7);
        assertEquals(0.717570463519, watcher.steps.get(11).correction1(), 1e-7);
    }

    @Test
    void everyEpochTakesTheRowsInAnOrderOfItsOwn() {
        StepWatcher watcher = watched(vae(), SETTINGS, 0);
        List<int[]> orders = watcher.integers.stream().filter(values -> values.length == ROWS).toList();
        assertEquals(4, orders.size());
        for (int epoch = 0; epoch < 4; epoch++) {
            assertArrayEquals(Trainer.permutation(ROWS, 11, epoch), orders.get(epoch));
            assertArrayEquals(orders.get(epoch), watched(vae(), SETTINGS, epoch).integers.stream()
                    .filter(values -> values.length == ROWS).findFirst().orElseThrow(), "resumed before epoch " + epoch);
        }
    }

    private static EpochReport oneEpoch(ModelBuilder builder, Examples data, Examples validation) {
        try (Backend backend = new CpuBackend(1); Model model = builder.create(backend, data, 0);
             Trainer trainer = new Trainer(model, SETTINGS, data, validation, List.of())) {
            return trainer.runEpoch();
        }
    }

    /** Validation weighs the KL with the full beta, whatever the warm-up; terms add up to the loss; the training set is measured apart. */
    @Test
    void validationWeighsTheDivergenceWithBeta() {
        for (double beta : new double[] {0.25, 1, 4}) {
            Map<Term, Double> terms = oneEpoch(vae().klWeight(KlWeight.linear(beta, 50)), examples(ROWS, 1), examples(7, 2)).validation();
            double kl = terms.get(Term.KL);
            assertTrue(kl > 0.01, () -> "a KL to weigh: " + kl);
            assertEquals(terms.get(Term.RECONSTRUCTION) + beta * kl, terms.get(Term.LOSS), 1e-6 * Math.abs(terms.get(Term.LOSS)));
        }
        Map<Term, Double> first = oneEpoch(vae().klWeight(KlWeight.linear(4, 1e9)), examples(ROWS, 1), null).train();
        assertEquals(first.get(Term.RECONSTRUCTION), first.get(Term.LOSS), 1e-6, "a warm-up that has hardly begun weighs nothing");
        assertEquals(null, oneEpoch(vae(), examples(ROWS, 1), null).validation());
    }

    @Test
    void reportsCountEpochsStepsAndTheLastRate() {
        try (Backend backend = new CpuBackend(1); Model model = vae().create(backend, examples(ROWS, 1), 0);
             Trainer trainer = new Trainer(model, SETTINGS.withLearningRate(LearningRate.step(0.01, List.of(1.0), 0.5)), examples(ROWS, 1),
                     null,
                     List.of())) {
            EpochReport first = trainer.runEpoch();
            EpochReport second = trainer.runEpoch();
            assertEquals(List.of(1, 2), List.of(first.epoch(), second.epoch()));
            assertEquals(List.of(3L, 6L), List.of(first.step(), second.step()));
            assertEquals(0.01f, first.learningRate());
            assertEquals(0.005f, second.learningRate());
            assertEquals(ROWS / first.seconds(), first.samplesPerSecond(), 1e-9 * first.samplesPerSecond());
            assertTrue(first.best());
            assertEquals(Math.min(first.train().get(Term.LOSS), second.train().get(Term.LOSS)), trainer.best());
            assertEquals(second.best() ? 2 : 1, trainer.bestEpoch());
        }
    }

    /** With a rate too small to move anything no epoch is 1 nat better than the first: patience 2 ends it after epoch 3. */
    @Test
    void patienceCountsTheEpochsSinceTheBest() {
        TrainingSettings settings = SETTINGS.withEpochs(9).withLearningRate(1e-12).withEarlyStopping(new EarlyStopping(Term.LOSS, 2, 1));
        try (Backend backend = new CpuBackend(1); Model model = vae().create(backend, examples(ROWS, 1), 0);
             Trainer trainer = new Trainer(model, settings, examples(ROWS, 1), null, List.of())) {
            assertEquals("no better loss for 2 epochs", trainer.run());
            assertEquals(3, trainer.epochs());
            assertEquals(1, trainer.bestEpoch());
        }
    }

    /** The improvement must be more than the minimum: a best value just above the loss by less than it is kept. */
    @Test
    void onlyMoreThanTheMinimumImprovementCounts() {
        double loss = oneEpoch(vae(), examples(ROWS, 1), null).train().get(Term.LOSS);
        for (double lead : new double[] {0.4, 0.6}) {
            TrainingSettings settings = SETTINGS.withEarlyStopping(new EarlyStopping(Term.LOSS, 2, 0.5));
            try (Backend backend = new CpuBackend(1); Model model = vae().create(backend, examples(ROWS, 1), 0);
                 Trainer trainer = new Trainer(model, settings, examples(ROWS, 1), null, List.of())) {
                trainer.resumeAt(0, 0, loss + lead, 0);
                assertEquals(lead > 0.5, trainer.runEpoch().best());
                assertEquals(lead > 0.5 ? loss : loss + lead, trainer.best(), 1e-12);
            }
        }
    }

    @Test
    void aLossThatIsNotFiniteNamesEpochAndRemedy() {
        TrainingSettings settings = SETTINGS.withOptimizer(Optimizer.sgd(0)).withLearningRate(1e30);
        try (Backend backend = new CpuBackend(1); Model model = vae().create(backend, examples(ROWS, 1), 0);
             Trainer trainer = new Trainer(model, settings, examples(ROWS, 1), null, List.of())) {
            String message = assertThrows(DivergedException.class, trainer::run).getMessage();
            assertTrue(message.startsWith("training diverged in epoch 1: "), message);
            assertTrue(message.contains("lower the learning rate (now 1.0E30)"), message);
            assertFalse(message.contains("is kept"), message);
        }
    }

    @Test
    void clippingBoundsTheStep() {
        // Plain descent at rate 1: the parameters move by the gradient, whose norm is at most 0.5 when clipped.
        TrainingSettings settings = SETTINGS.withBatch(ROWS).withEpochs(1).withOptimizer(Optimizer.sgd(0)).withLearningRate(1);
        double free = moved(settings);
        assertTrue(free > 0.6, () -> "moved by " + free);
        assertEquals(0.5, moved(settings.withClipNorm(0.5)), 1e-5);
        assertEquals(free, moved(settings.withClipNorm(1e3)), 1e-6);
    }

    private static double moved(TrainingSettings settings) {
        try (Backend backend = new CpuBackend(1); Model model = vae().create(backend, examples(ROWS, 1), 0);
             Trainer trainer = new Trainer(model, settings, examples(ROWS, 1), null, List.of())) {
            float[] before = model.parameters().values().read();
            trainer.run();
            float[] after = model.parameters().values().read();
            double squares = 0;
            for (int i = 0; i < before.length; i++) {
                squares += Math.pow((double) after[i] - before[i], 2);
            }
            return Math.sqrt(squares);
        }
    }

    @Test
    void batchesAreNoLargerThanTheData() {
        for (int[] sizes : new int[][] {{4, 4, 3}, {5, 5, 2}, {10, 10, 1}, {11, 10, 1}, {1, 1, 10}}) {
            try (Backend backend = new CpuBackend(1); Model model = vae().create(backend, examples(ROWS, 1), 0);
                 Trainer trainer = new Trainer(model, SETTINGS.withBatch(sizes[0]), examples(ROWS, 1), null, List.of())) {
                assertEquals(sizes[1], trainer.batch());
                assertEquals(sizes[2], trainer.stepsPerEpoch(), Arrays.toString(sizes));
            }
        }
    }
}
