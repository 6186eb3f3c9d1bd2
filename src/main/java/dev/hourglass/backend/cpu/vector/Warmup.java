package dev.hourglass.backend.cpu.vector;

/**
 * Has the vector tiles compiled beside the work. Until C2 is done with one, about a second after the start of the JVM, every vector in it is an object on the
 * heap and {@link PlainTile} is a hundred times faster. Both give the same bits, so it does not matter when the one takes over from the other.
 */
final class Warmup {
    /** Calls that have the small loop of the plain tile compiled. */
    private static final int PLAIN_CALLS = 200;
    private static final int CALLS = 10;
    /** Short calls of a vector tile that end its stay in the interpreter. */
    private static final int FIRST_CALLS = 300;
    /** Afterwards loops are as in real calls, so that C2 learns what to optimise, yet too short to be replaced while they run: that takes C2 far longer. */
    private static final int STEPS = 64;
    /** How long to call before the compiler gets the processor. */
    private static final long BURST_NANOS = 2_000_000;
    /** Where the compilers are switched off, or busy for so long, plain tiles stay. */
    private static final long LIMIT_NANOS = 60_000_000_000L;

    /** The tiles, in the order in which a training step needs them. */
    enum Kind {
        ROW_MAJOR_TALL(true, Tile.TALL), ROW_MAJOR_SHORT(true, Tile.SHORT), STEP_MAJOR_TALL(false, Tile.TALL), STEP_MAJOR_SHORT(false, Tile.SHORT);

        private final boolean rowMajor;
        private final int rows;
        private volatile boolean ready;

        Kind(boolean rowMajor, int rows) {
            this.rowMajor = rowMajor;
            this.rows = rows;
        }

        static Kind of(boolean rowMajor, int rows) {
            if (rowMajor) {
                return rows == Tile.TALL ? ROW_MAJOR_TALL : ROW_MAJOR_SHORT;
            }
            return rows == Tile.TALL ? STEP_MAJOR_TALL : STEP_MAJOR_SHORT;
        }

        /** Whether the vector tile has been seen faster than the plain one. */
        boolean isReady() {
            return ready;
        }
    }

    private final long deadline = System.nanoTime() + LIMIT_NANOS;
    private final float[] left = new float[Tile.TALL * Tile.PITCH];
    private final float[] right = new float[STEPS * Tile.COLUMNS];
    private final float[] target = new float[Tile.TALL * Tile.COLUMNS];

    private Warmup() {
    }

    /** Starts a thread that ends when all tiles are ready. */
    static void start() {
        Thread thread = new Thread(() -> new Warmup().run(), "hourglass-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        bestPlain(Kind.ROW_MAJOR_TALL, PLAIN_CALLS);
        for (Kind kind : Kind.values()) {
            for (int i = 0; i < FIRST_CALLS; i++) {
                vectorNanos(kind, Tile.STEPS);
            }
            long plain = Long.MAX_VALUE;
            while (!kind.ready && System.nanoTime() - deadline < 0) {
                plain = Math.min(plain, bestPlain(kind, CALLS));
                kind.ready = bestOfBurst(kind) < plain;
                pause();
            }
        }
    }

    /** The best of several calls: a single one may have lost its processor. */
    private long bestPlain(Kind kind, int calls) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < calls; i++) {
            best = Math.min(best, plainNanos(kind));
        }
        return best;
    }

    private long bestOfBurst(Kind kind) {
        long best = Long.MAX_VALUE;
        long start = System.nanoTime();
        while (System.nanoTime() - start < BURST_NANOS) {
            best = Math.min(best, vectorNanos(kind, STEPS));
        }
        return best;
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long vectorNanos(Kind kind, int steps) {
        long start = System.nanoTime();
        Tile.withVectors(kind.rowMajor, kind.rows, steps, left, 0, right, 0, 1f, target, 0, Tile.COLUMNS);
        return System.nanoTime() - start;
    }

    private long plainNanos(Kind kind) {
        long start = System.nanoTime();
        Tile.plain(kind.rowMajor, kind.rows, STEPS, left, 0, right, 0, 1f, target, 0, Tile.COLUMNS);
        return System.nanoTime() - start;
    }
}
