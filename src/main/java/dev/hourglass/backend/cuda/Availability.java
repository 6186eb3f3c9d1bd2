package dev.hourglass.backend.cuda;

/**
 * Whether a native facility can be used here, and if not, why and what to do about it.
 *
 * @param usable whether it can be used
 * @param reason what was found, in one line; for a usable one, what was chosen
 * @param remedy what would make it usable, in one line; empty when it is
 */
public record Availability(boolean usable, String reason, String remedy) {

    static Availability yes(String reason) {
        return new Availability(true, reason, "");
    }

    static Availability no(String reason, String remedy) {
        return new Availability(false, reason, remedy);
    }

    /** The reason, then the remedy where there is one, in one line. */
    @Override
    public String toString() {
        return remedy.isEmpty() ? reason : reason + "; " + remedy;
    }
}
