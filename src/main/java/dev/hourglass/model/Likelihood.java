package dev.hourglass.model;

/**
 * p(x|z).
 *
 * @param kind Bernoulli from logits, Gaussian, or plain squared error (a Gaussian without its constants)
 * @param variance how the variance of a Gaussian is found
 * @param fixedVariance the variance when fixed, or where a learned one starts; more than 0
 * @param floor lower bound of a learned log variance: the likelihood is unbounded below it on constant features
 */
public record Likelihood(Kind kind, Variance variance, double fixedVariance, double floor) {
    /** Default lower bound of a learned log variance. */
    public static final double DEFAULT_FLOOR = -6;

    /** The kinds of likelihood. */
    public enum Kind {
        /** Independent zeros and ones; grey targets in [0, 1] give a cross-entropy, not a likelihood. */
        BERNOULLI,
        /** N(m(z), variance). */
        GAUSSIAN,
        /** sum of squares, no constants. */
        SQUARED_ERROR
    }

    /** How a Gaussian's variance is found. */
    public enum Variance {
        /** Given. */
        FIXED,
        /** One learned number for all features. */
        LEARNED,
        /** One learned number for each feature. */
        PER_FEATURE
    }

    public Likelihood {
        Refused.unless(fixedVariance > 0 && Double.isFinite(fixedVariance), "variance out of range", "variance", fixedVariance, "more than 0");
        Refused.unless(Double.isFinite(floor), "floor out of range", "floor", floor, "a finite log variance");
    }

    /** Bernoulli. */
    public static Likelihood bernoulli() {
        return new Likelihood(Kind.BERNOULLI, Variance.FIXED, 1, DEFAULT_FLOOR);
    }

    /** Gaussian. */
    public static Likelihood gaussian(Variance variance) {
        return new Likelihood(Kind.GAUSSIAN, variance, 1, DEFAULT_FLOOR);
    }

    /** Gaussian with a known variance. */
    public static Likelihood gaussian(double fixedVariance) {
        return new Likelihood(Kind.GAUSSIAN, Variance.FIXED, fixedVariance, DEFAULT_FLOOR);
    }

    /** Squared error. */
    public static Likelihood squaredError() {
        return new Likelihood(Kind.SQUARED_ERROR, Variance.FIXED, 1, DEFAULT_FLOOR);
    }

    /** Returns whether values must lie in [0, 1]. */
    public boolean needsUnitInterval() {
        return kind == Kind.BERNOULLI;
    }

    /** Returns whether the variance is a parameter. */
    public boolean learnsVariance() {
        return kind == Kind.GAUSSIAN && variance != Variance.FIXED;
    }
}
