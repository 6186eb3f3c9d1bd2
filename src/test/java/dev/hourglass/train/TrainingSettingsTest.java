package dev.hourglass.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hourglass.model.loss.Term;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.optim.Optimizer;
import dev.hourglass.train.TrainingSettings.EarlyStopping;
import org.junit.jupiter.api.Test;

class TrainingSettingsTest {
    private static final TrainingSettings DEFAULTS = TrainingSettings.defaults();

    @Test
    void defaultsAreThoseOfTheirDescription() {
        assertEquals(
                new TrainingSettings(10, 128, Optimizer.adam(), LearningRate.constant(1e-3), 0, 0, new EarlyStopping(Term.LOSS, 0, 0), 0),
                DEFAULTS);
        assertEquals(EarlyStopping.off(), DEFAULTS.earlyStopping());
    }

    @Test
    void oneSettingChangesAlone() {
        EarlyStopping stopping = new EarlyStopping(Term.KL, 3, 0.1);
        LearningRate rate = LearningRate.cosine(0.1);
        TrainingSettings all = new TrainingSettings(3, 5, Optimizer.lion(), rate, 7, 9, stopping, 11);
        assertEquals(all,
                DEFAULTS.withEpochs(3).withBatch(5).withOptimizer(Optimizer.lion()).withLearningRate(rate).withClipNorm(7).withSeed(9)
                        .withEarlyStopping(stopping).withTimeBudget(11));
        assertEquals(all, DEFAULTS.withTimeBudget(11).withEarlyStopping(stopping).withSeed(9).withClipNorm(7).withLearningRate(rate)
                .withOptimizer(Optimizer.lion()).withBatch(5).withEpochs(3));
        assertEquals(LearningRate.constant(0.5), all.withLearningRate(0.5).learningRate());
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withEpochs(0));
        assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withBatch(0));
        for (double norm : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withClipNorm(norm));
        }
        assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withTimeBudget(-0.1));
        assertThrows(IllegalArgumentException.class, () -> DEFAULTS.withTimeBudget(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new EarlyStopping(Term.LOSS, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new EarlyStopping(Term.LOSS, 1, -0.1));
        assertEquals(1, DEFAULTS.withEpochs(1).withBatch(1).epochs());
    }
}
