package dev.hourglass.message;

/**
 * The one form of a refused argument or state: {@code <where>: <fact>: name=value, expected ...}. Nothing is built or boxed unless a check fails, as long as the
 * texts given are constants; where they are not and calls are many, ask first.
 */
public final class Require {
    private Require() {
    }

    /**
     * Refuses an argument that does not do.
     *
     * @param where the operation or the part that refuses, such as {@code model}
     * @param fact what is wrong, in a few words
     * @param name of the value that is wrong; {@code expected} says what it should be
     * @throws IllegalArgumentException in one line, unless {@code holds}
     */
    public static void that(boolean holds, String where, String fact, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(line(where, fact, name, value, expected));
        }
    }

    /** The same for whole numbers. */
    public static void that(boolean holds, String where, String fact, String name, long value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(line(where, fact, name, value, expected));
        }
    }

    /**
     * Refuses null.
     *
     * @param name of the argument
     * @return the value
     * @throws IllegalArgumentException in one line when it is null
     */
    public static <T> T given(T value, String where, String name, String expected) {
        if (value == null) {
            throw new IllegalArgumentException(line(where, "nothing is given", name, null, expected));
        }
        return value;
    }

    /**
     * Refuses a call that comes at the wrong time.
     *
     * @param name of what is not as it should be; {@code expected} says how it should be
     * @throws IllegalStateException in one line, unless {@code holds}
     */
    public static void state(boolean holds, String where, String fact, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalStateException(line(where, fact, name, value, expected));
        }
    }

    private static String line(String where, String fact, String name, Object value, String expected) {
        return where + ": " + fact + ": " + name + "=" + value + ", expected " + expected;
    }
}
