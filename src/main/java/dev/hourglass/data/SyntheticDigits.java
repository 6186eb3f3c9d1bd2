package dev.hourglass.data;

/** placeholder */
public final class SyntheticDigits {
    private SyntheticDigits() {
    }

    public static Dataset generate(int count, long seed) {
        return Dataset.of(784, new byte[784 * count]).withSource("digits " + seed);
    }
}
