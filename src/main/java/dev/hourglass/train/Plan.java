package dev.hourglass.train;

import dev.hourglass.model.Term;
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
public record Plan(int epochs, int batch, Optimizer optimizer, LearningRate learningRate, double clipNorm, long seed,
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
            require(patience >= 0 && minimumImprovement >= 0, "early stopping out of range", "patience", patience, "at least 0");
        }

        /** Keeps the best loss and never stops early. */
        public static EarlyStopping off() {
            return new EarlyStopping(Term.LOSS, 0, 0);
        }
    }

    public Plan {
        require(epochs >= 1, "no epochs", "epochs", epochs, "at least 1");
        require(batch >= 1, "empty batch", "batch", batch, "at least 1");
        require(clipNorm >= 0 && Double.isFinite(clipNorm), "negative norm", "clip norm", clipNorm, "at least 0");
        require(timeBudgetSeconds >= 0, "negative time", "time budget", timeBudgetSeconds, "at least 0 seconds");
    }

    /** Ten epochs of Adam at 1e-3 in batches of 128. */
    public static Plan defaults() {
        return new Plan(10, 128, Optimizer.adam(), LearningRate.constant(1e-3), 0, 0, EarlyStopping.off(), 0);
    }

    /** Returns the same with another number of epochs. */
    public Plan withEpochs(int number) {
        return new Plan(number, batch, optimizer, learningRate, clipNorm, seed, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with another batch size. */
    public Plan withBatch(int size) {
        return new Plan(epochs, size, optimizer, learningRate, clipNorm, seed, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with another optimizer. */
    public Plan withOptimizer(Optimizer rule) {
        return new Plan(epochs, batch, rule, learningRate, clipNorm, seed, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with another learning rate. */
    public Plan withLearningRate(LearningRate rate) {
        return new Plan(epochs, batch, optimizer, rate, clipNorm, seed, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with a constant learning rate. */
    public Plan withLearningRate(double rate) {
        return withLearningRate(LearningRate.constant(rate));
    }

    /** Returns the same with clipping. */
    public Plan withClipNorm(double norm) {
        return new Plan(epochs, batch, optimizer, learningRate, norm, seed, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with another seed. */
    public Plan withSeed(long number) {
        return new Plan(epochs, batch, optimizer, learningRate, clipNorm, number, earlyStopping, timeBudgetSeconds);
    }

    /** Returns the same with early stopping. */
    public Plan withEarlyStopping(EarlyStopping stopping) {
        return new Plan(epochs, batch, optimizer, learningRate, clipNorm, seed, stopping, timeBudgetSeconds);
    }

    /** Returns the same with a time budget. */
    public Plan withTimeBudget(double seconds) {
        return new Plan(epochs, batch, optimizer, learningRate, clipNorm, seed, earlyStopping, seconds);
    }

    private static void require(boolean holds, String fact, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("training: " + fact + ": " + name + "=" + value + ", expected " + expected);
        }
    }
}
