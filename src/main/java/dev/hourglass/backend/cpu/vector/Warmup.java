package dev.hourglass.backend.cpu.vector;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Has vector loops compiled beside the work, those that are wanted, one after the other: C2 should be done with the first, a tile, before it turns to the next.
 * Until then, about a second after the start of the JVM, every vector in it is an object on the heap and its plain form is up to a hundred times faster. Both
 * give the same bits, so it does not matter when the one takes over from the other.
 */
final class Warmup {
    /** Then it is the turn of others: a plain form that is as fast must not keep them waiting. */
    private static final long TURN_NANOS = 2_000_000_000;
    /** Where the compilers are switched off, or busy for so many calls, the plain form stays. */
    private static final int MOST_TRIES = 2000;
    /** Between two tries the compiler and the work get the processor, for a millisecond longer after each {@link #PATIENCE} of them. */
    private static final long PAUSE_MILLIS = 3;
    private static final int PATIENCE = 32;
    private static final BlockingQueue<Gradual<?>> WANTED = new LinkedBlockingQueue<>();

    static {
        Thread thread = new Thread(Warmup::run, "hourglass-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private Warmup() {
    }

    /** Asks for an operation to be warmed up. */
    static void add(Gradual<?> operation) {
        WANTED.add(operation);
    }

    private static void run() {
        try {
            while (true) {
                Gradual<?> operation = WANTED.take();
                turn(operation);
                if (!operation.isReady() && operation.tries() < MOST_TRIES) {
                    WANTED.add(operation);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void turn(Gradual<?> operation) throws InterruptedException {
        long start = System.nanoTime();
        while (!operation.isReady() && System.nanoTime() - start < TURN_NANOS) {
            operation.attempt();
            Thread.sleep(PAUSE_MILLIS + operation.tries() / PATIENCE);
        }
    }
}
