package consumer;

/** What a program runs on. */
final class Machine {
    private Machine() {
    }

    /** Returns the JDK and whether the vector module is there, in one line. */
    static String line() {
        boolean vector = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return "JDK " + Runtime.version() + ", " + (vector ? "with" : "without") + " jdk.incubator.vector";
    }
}
