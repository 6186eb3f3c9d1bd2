package dev.hourglass.backend.cuda;

/**
 * Whether a native facility can be used here, and if not, why and what to do about it.
 *
 * @param usable whether it can be used
 * @param broken whether it is there and fails, which is worth repair; one that is absent is not broken
 * @param reason what was found, in one line; for a usable one, what was chosen
 * @param remedy what would make it usable, in one line; empty when it is
 */
public record Availability(boolean usable, boolean broken, String reason, String remedy) {

    static Availability yes(String reason) {
        return new Availability(true, false, reason, "");
    }

    /** There is none. */
    static Availability absent(String reason, String remedy) {
        return new Availability(false, false, reason, remedy);
    }

    /** There is one, and it fails. */
    static Availability broken(String reason, String remedy) {
        return new Availability(false, true, reason, remedy);
    }

    /** The reason, then the remedy where there is one, in one line. */
    @Override
    public String toString() {
        return remedy.isEmpty() ? reason : reason + "; " + remedy;
    }
}
