package dev.hourglass.inference;

import dev.hourglass.message.Require;
import dev.hourglass.model.Specification;

/**
 * Which score, and what it draws.
 *
 * @param kind of score
 * @param samples codes per row for the kinds that sample, at least 1
 * @param seed of the draws
 */
public record ScoreSettings(ScoreKind kind, int samples, long seed) {
    /** Codes per row that are enough to rank rows by. */
    public static final int DEFAULT_SAMPLES = 50;

    public ScoreSettings {
        Require.that(samples >= 1, "evaluate", "no samples", "samples", samples, "at least 1");
    }

    /** The usual score of a model, seed 0. */
    public static ScoreSettings of(Specification specification) {
        return new ScoreSettings(ScoreKind.defaultOf(specification), DEFAULT_SAMPLES, 0);
    }

    /** Returns the codes per row that are really drawn: 1 where none are sampled. */
    public int drawn(Specification specification) {
        return kind.samples(specification) ? samples : 1;
    }
}
