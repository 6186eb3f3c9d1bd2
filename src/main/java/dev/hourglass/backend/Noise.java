package dev.hourglass.backend;

/**
 * How an input is corrupted, elementwise.
 *
 * @param kind what is done
 * @param amount probability for masking and salt-and-pepper, standard deviation for Gaussian noise, 0 for none
 */
public record Noise(Kind kind, float amount) {
    /** No corruption. */
    public static final Noise NONE = new Noise(Kind.NONE, 0);

    /** The kinds of corruption. */
    public enum Kind {
        /** x~ = x. */
        NONE,
        /** x~ = 0 with probability p, x otherwise. */
        MASKING,
        /** x~ = 0 or 1 with probability p/2 each, x otherwise. */
        SALT_AND_PEPPER,
        /** x~ = x + sigma n, not clipped. */
        GAUSSIAN
    }
}
