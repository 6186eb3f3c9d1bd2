package dev.hourglass.backend.cpu.vector;

/**
 * An operation of the engine in two forms with the same bits: plain loops, which the JVM runs well from the start, serve until {@link Warmup} has seen the vector
 * loops faster. It begins to call them when the operation is first wanted.
 *
 * @param <T> the interface that both forms implement
 */
final class Gradual<T> {
    /** A typical call. */
    @FunctionalInterface
    interface Trial<T> {
        /**
         * Calls a form, on memory of its own.
         *
         * @param offset where in that memory, at most {@link #OFFSET}: a variable, for loops over ranges that C2 knows are faster than those of real calls
         * @param size vectors or pairs of steps, at most {@link #SIZE}
         */
        void run(T form, int offset, int size);
    }

    /** Loops as long as in real calls, so that C2 learns what to optimise, yet too short to be replaced while they run: that takes C2 far longer. */
    static final int SIZE = 32;
    static final int OFFSET = 12;
    /** First calls: they have the plain form compiled, and end the stay of the other in the interpreter. */
    private static final int PLAIN_CALLS = 200;
    private static final int BRIEF_CALLS = 300;
    /** The best of several calls counts: a single one may have lost its processor. */
    private static final int CALLS = 10;
    /** How long to call before the compiler and the work get the processor. */
    private static final long BURST_NANOS = 2_000_000;

    private final T plain;
    private final T vector;
    private final Trial<T> trial;
    private volatile T best;
    private boolean wanted;
    private long plainNanos = Long.MAX_VALUE;
    private int tries;
    private int offset;

    Gradual(T plain, T vector, Trial<T> trial) {
        this.plain = plain;
        this.vector = vector;
        this.trial = trial;
        this.best = plain;
    }

    /** The form to call now. */
    T best() {
        T now = best;
        if (now == plain) {
            want();
        }
        return now;
    }

    private synchronized void want() {
        if (!wanted) {
            wanted = true;
            Warmup.add(this);
        }
    }

    /** Whether vectors serve. */
    boolean isReady() {
        return best == vector;
    }

    /** How often {@link #attempt} was called. */
    int tries() {
        return tries;
    }

    /** Calls both forms for a while and has vectors take over when they were faster; by the one thread of {@link Warmup}. */
    void attempt() {
        if (tries++ == 0) {
            bestOf(PLAIN_CALLS, plain, SIZE);
            bestOf(BRIEF_CALLS, vector, 1);
        }
        plainNanos = Math.min(plainNanos, bestOf(CALLS, plain, SIZE));
        if (bestOfBurst() < plainNanos) {
            best = vector;
        }
    }

    private long bestOf(int calls, T form, int size) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < calls; i++) {
            least = Math.min(least, nanos(form, size));
        }
        return least;
    }

    private long bestOfBurst() {
        long least = Long.MAX_VALUE;
        long start = System.nanoTime();
        while (System.nanoTime() - start < BURST_NANOS) {
            least = Math.min(least, nanos(vector, SIZE));
        }
        return least;
    }

    private long nanos(T form, int size) {
        offset = (offset + 1) % OFFSET;
        long start = System.nanoTime();
        trial.run(form, offset, size);
        return System.nanoTime() - start;
    }
}
