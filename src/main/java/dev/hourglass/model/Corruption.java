package dev.hourglass.model;

import dev.hourglass.backend.Noise;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;

/**
 * What is done to the input before it is encoded; the target stays clean. Vincent et al. 2010, section 3.3.
 *
 * @param kind masking, salt-and-pepper, Gaussian or none
 * @param amount probability of masking and salt-and-pepper, in [0, 1]; standard deviation of Gaussian noise on the model's scale, &gt;= 0
 */
public record Corruption(Noise.Kind kind, double amount) {
    public Corruption {
        boolean gaussian = kind == Noise.Kind.GAUSSIAN;
        Require.that(kind == Noise.Kind.NONE || amount >= 0 && (amount <= 1 || gaussian) && Double.isFinite(amount), "model",
                "corruption out of range",
                Label.of(kind), amount, gaussian ? "a deviation of at least 0" : "a probability in [0, 1]");
    }

    /** x~ = x. */
    public static Corruption none() {
        return new Corruption(Noise.Kind.NONE, 0);
    }

    /** x~ = 0 with probability p. */
    public static Corruption masking(double p) {
        return new Corruption(Noise.Kind.MASKING, p);
    }

    /** x~ = 0 or 1, equally often, with probability p. */
    public static Corruption saltAndPepper(double p) {
        return new Corruption(Noise.Kind.SALT_AND_PEPPER, p);
    }

    /** x~ = x + sigma n, not clipped. */
    public static Corruption gaussian(double sigma) {
        return new Corruption(Noise.Kind.GAUSSIAN, sigma);
    }

    /** Returns this as the device knows it; an amount of 0 is no noise at all, bit for bit. */
    public Noise noise() {
        return amount == 0 ? Noise.NONE : new Noise(kind, (float) amount);
    }
}
