package dev.hourglass.message;

/** The one form of a refused argument: {@code <where>: <fact>: name=value, expected ...}. */
public final class Require {
    private Require() {
    }

    /**
     * Refuses what does not hold.
     *
     * @param where the operation or the part that refuses, such as {@code model}
     * @param fact what is wrong, in a few words
     * @param name of the value that is wrong; {@code expected} says what it should be
     * @throws IllegalArgumentException in one line, unless {@code holds}
     */
    public static void that(boolean holds, String where, String fact, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(where + ": " + fact + ": " + name + "=" + value + ", expected " + expected);
        }
    }
}
