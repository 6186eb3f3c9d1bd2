package dev.hourglass.train;

import dev.hourglass.message.Require;
import dev.hourglass.model.loss.Term;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.optim.Optimizer;

/**
 * How a model is trained. Immutable; JSON writes its components.
 *
 * @param epochs passes over the training set, at least 1
 * @param batch examples per step, at least 1; a set smaller than it is one batch
 * @param optimizer the update rule
 * @param learningRate and its schedule
 * @param clipNorm greatest norm of the gradient, 0 for no clipping
 * @param seed of initial weights, order, corruption, sampling and binarisation
 * @param earlyStopping when to stop before the last epoch
 * @param timeBudgetSeconds training stops after the epoch in which this passed; 0 for no limit
 */
public record TrainingSettings(int epochs, int batch, Optimizer optimizer, LearningRate learningRate, double clipNorm, long seed,
        EarlyStopping earlyStopping, double timeBudgetSeconds) {
    /**
     * Stops when a term has not improved.
     *
     * @param term watched on the validation set, or the training set when there is none
     * @param patience epochs without improvement before stopping; 0 never stops
     * @param minimumImprovement nats that count as improvement, at least 0
     */
    public record EarlyStopping(Term term, int patience, double minimumImprovement) {
        public EarlyStopping {
            Require.that(patience >= 0 && minimumImprovement >= 0, "training", "early stopping out of range", "patience", patience,
                    "at least 0");
        }

        /** Keeps the best loss and never stops early. */
        public static EarlyStopping off() {
            return new EarlyStopping(Term.LOSS, 0, 0);
        }
    }

    public TrainingSettings {
        Require.that(epochs >= 1, "training", "no epochs", "epochs", epochs, "at least 1");
        Require.that(batch >= 1, "training", "empty batch", "batch", batch, "at least 1");
        Require.that(clipNorm >= 0 && Double.isFinite(clipNorm), "training", "negative norm", "clip norm", clipNorm, "at least 0");
        Require.that(timeBudgetSeconds >= 0, "training", "negative time", "time budget", timeBudgetSeconds, "at least 0 seconds");
    }

    /** Ten epochs of Adam at 1e-3 in batches of 128. */
    public static TrainingSettings defaults() {
        return new TrainingSettings(10, 128, Optimizer.adam(), LearningRate.constant(1e-3), 0, 0, EarlyStopping.off(), 0);
    }

    /** Returns the same with another number of epochs. */
    public TrainingSettings withEpochs(int number) {
        return new TrainingSettings(number, batch, optimizer, learningRate, clipNorm, seed, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with another batch size. */
    public TrainingSettings withBatch(int size) {
        return new TrainingSettings(epochs, size, optimizer, learningRate, clipNorm, seed, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with another optimizer. */
    public TrainingSettings withOptimizer(Optimizer rule) {
        return new TrainingSettings(epochs, batch, rule, learningRate, clipNorm, seed, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with another learning rate. */
    public TrainingSettings withLearningRate(LearningRate rate) {
        return new TrainingSettings(epochs, batch, optimizer, rate, clipNorm, seed, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with a constant learning rate. */
    public TrainingSettings withLearningRate(double rate) {
        return withLearningRate(LearningRate.constant(rate));
    }

    /** Returns the same with clipping. */
    public TrainingSettings withClipNorm(double norm) {
        return new TrainingSettings(epochs, batch, optimizer, learningRate, norm, seed, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with another seed. */
    public TrainingSettings withSeed(long number) {
        return new TrainingSettings(epochs, batch, optimizer, learningRate, clipNorm, number, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with early stopping. */
    public TrainingSettings withEarlyStopping(EarlyStopping stopping) {
        return new TrainingSettings(epochs, batch, optimizer, learningRate, clipNorm, seed, stopping, timeBudgetSeconds);
    }

    /** Returns the same with a time budget. */
    public TrainingSettings withTimeBudget(double seconds) {
        return new TrainingSettings(epochs, batch, optimizer, learningRate, clipNorm, seed, earlyStopping, seconds);
    }
}
