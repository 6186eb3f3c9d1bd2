package dev.hourglass.evaluate;

/** Is told how far a long computation has come, on the computing thread. */
@FunctionalInterface
public interface ProgressListener {
    /** {@code done} of {@code total} units of work are finished; units are those of the computation, {@code done} never falls. */
    void at(long done, long total);

    /** Returns one that ignores everything. */
    static ProgressListener none() {
        return (done, total) -> {};
    }
}
