package dev.hourglass.model.likelihood;

/** How the variance of a Gaussian likelihood is found. */
public enum Variance {
    /** Given. */
    FIXED,
    /** One learned number for all features. */
    LEARNED,
    /** One learned number for each feature. */
    PER_FEATURE
}
