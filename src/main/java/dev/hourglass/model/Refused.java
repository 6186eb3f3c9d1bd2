package dev.hourglass.model;

/** The one form of a refused part or combination: {@code model: <fact>: name=value, expected ...}. */
final class Refused {
    private Refused() {
    }

    static void unless(boolean holds, String fact, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("model: " + fact + ": " + name + "=" + value + ", expected " + expected);
        }
    }
}
