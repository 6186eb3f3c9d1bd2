package dev.hourglass.backend.cpu;

/**
 * {@code jdk.incubator.vector}, which a JVM has when it was started with {@code --add-modules}, or when a program loaded it. Both give the same speed, but with
 * {@code --add-modules} a program begins with the JVM's line on incubator modules, which no option silences, and starts later: the JVM builds the graph of
 * its modules anew.
 */
public final class VectorModule {
    static final String NAME = "jdk.incubator.vector";

    private VectorModule() {
    }

    /** Returns whether the module is there, loaded or to be loaded when it is used. */
    public static boolean isThere() {
        try {
            Class.forName(NAME + ".Vector", false, null);
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    /**
     * Loads the module where it is missing and that is possible: what loads it is internal to the JDK, and only a jar whose manifest opens that
     * ({@code Add-Exports: java.base/jdk.internal.module}) may call it. Elsewhere nothing happens, and the engine says what it lacks when it is opened.
     */
    public static void load() {
        if (!isThere()) {
            try {
                Class.forName("jdk.internal.module.Modules").getMethod("loadModule", String.class).invoke(null, NAME);
            } catch (ReflectiveOperationException | RuntimeException closed) {
                // The engine tells what is missing.
            }
        }
    }
}
