package dev.hourglass.data;

/** The values a likelihood gives a density or probability to. */
public enum Support {
    /** Any finite number. */
    REAL("any finite number"),
    /** [0, 1]. */
    UNIT_INTERVAL("0 to 1"),
    /** 0, 1, 2, ... */
    COUNT("a count: 0, 1, 2, ...");

    /** Scaling in floats may leave the unit interval by so much. */
    private static final double SLACK = 1e-6;

    private final String words;

    Support(String words) {
        this.words = words;
    }

    /** Returns whether a value, on the scale of the target, belongs to it. */
    public boolean contains(float value) {
        return switch (this) {
            case REAL -> Float.isFinite(value);
            case UNIT_INTERVAL -> value >= -SLACK && value <= 1 + SLACK;
            case COUNT -> value >= 0 && Float.isFinite(value) && value == Math.rint(value);
        };
    }

    /** Returns what is expected, for messages. */
    public String words() {
        return words;
    }
}
