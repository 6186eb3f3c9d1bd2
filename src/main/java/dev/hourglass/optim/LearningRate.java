package dev.hourglass.optim;

import dev.hourglass.message.Require;
import java.util.List;

/**
 * The learning rate over training.
 *
 * @param kind how it moves after the warm-up
 * @param base its full value, more than 0
 * @param warmupEpochs epochs of linear warm-up from 0, at least 0
 * @param steps STEP: epochs after which it is multiplied by {@code factor}
 * @param factor STEP: in (0, 1]
 */
public record LearningRate(Kind kind, double base, double warmupEpochs, List<Double> steps, double factor) {
    /** How the rate moves. */
    public enum Kind {
        /** base. */
        CONSTANT,
        /** base factor^(steps passed). */
        STEP,
        /** base (1 + cos(pi progress / epochs)) / 2. */
        COSINE
    }

    /** @throws IllegalArgumentException if a number is out of its range */
    public LearningRate {
        steps = List.copyOf(steps);
        Require.that(base > 0 && Double.isFinite(base), "learning rate", "out of range", "base", base, "more than 0");
        Require.that(warmupEpochs >= 0 && factor > 0 && factor <= 1, "learning rate", "out of range", "warmup",
                warmupEpochs + " factor=" + factor,
                "warmup >= 0 and 0 < factor <= 1");
    }

    /** The same throughout. */
    public static LearningRate constant(double base) {
        return new LearningRate(Kind.CONSTANT, base, 0, List.of(), 1);
    }

    /** Multiplied by {@code factor} after each of the given epochs. */
    public static LearningRate step(double base, List<Double> steps, double factor) {
        return new LearningRate(Kind.STEP, base, 0, steps, factor);
    }

    /** Half a cosine from base to 0 over the training. */
    public static LearningRate cosine(double base) {
        return new LearningRate(Kind.COSINE, base, 0, List.of(), 1);
    }

    /** Returns the rate after {@code progress} of {@code epochs} epochs, counted in fractions. */
    public double at(double progress, double epochs) {
        double rate = switch (kind) {
            case CONSTANT -> base;
            case STEP -> base * Math.pow(factor, steps.stream().filter(step -> progress >= step).count());
            case COSINE -> base * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress / epochs)));
        };
        return progress < warmupEpochs ? rate * (progress / warmupEpochs) : rate;
    }
}
