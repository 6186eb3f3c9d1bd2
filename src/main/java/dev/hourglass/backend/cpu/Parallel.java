package dev.hourglass.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed crew of threads for loops of a few microseconds: the caller and {@code threads - 1} daemon workers. Workers spin for a moment after each loop,
 * because the next one usually follows within microseconds and waking a parked thread costs tens of them; then they park.
 *
 * <p>A loop is a number of tasks. Every worker starts in a stretch of its own, the same for loops of the same shape, so that it finds in its caches what it left
 * there and seldom writes beside another; who is done early helps the others. Results must not depend on who ran what, so a caller cuts its work by shape,
 * never by {@link #threads()}, wherever a sum is involved. One loop at a time: a task may not start another.
 */
public final class Parallel implements AutoCloseable {
    /** Elements in a piece of an elementwise loop: some microseconds of work. */
    static final int ELEMENTS_PER_PIECE = 8192;
    private static final long SPIN_NANOS = 100_000;
    private static final int SPINS_PER_CLOCK_READ = 64;
    /** Integers between two counters. */
    private static final int LINE = 32;
    /** Then the worker that is not done probably lost its processor. */
    private static final int SPINS_BEFORE_YIELD = 2000;

    /** One task of a loop. {@code worker} is in [0, threads()): the index of scratch memory that nobody else uses meanwhile. */
    @FunctionalInterface
    public interface Task {
        /** Runs the task of that index. */
        void run(int task, int worker);
    }

    /** A piece {@code [from, to)} of a range. */
    @FunctionalInterface
    public interface Range {
        /** Runs the piece. */
        void run(int from, int to, int worker);
    }

    /** A piece {@code [from, to)} of a range, reduced to one number. */
    @FunctionalInterface
    public interface RangeSum {
        /** Returns the number of the piece. */
        double run(int from, int to);
    }

    private static final class Loop {
        final Task body;
        final int tasks;
        /** The next task of every stretch, each on a cache line of its own. */
        final AtomicIntegerArray next;
        final int stretches;
        final AtomicInteger finished = new AtomicInteger();
        volatile Throwable failure;

        Loop(int tasks, int stretches, Task body) {
            this.tasks = tasks;
            this.stretches = stretches;
            this.body = body;
            next = new AtomicIntegerArray(stretches * LINE);
            for (int stretch = 0; stretch < stretches; stretch++) {
                next.setPlain(stretch * LINE, start(stretch));
            }
        }

        private int start(int stretch) {
            return (int) ((long) tasks * stretch / stretches);
        }

        /** Works through the stretch of this worker, then helps with the others. */
        void work(int worker) {
            for (int i = 0; i < stretches; i++) {
                int stretch = (worker + i) % stretches;
                int end = start(stretch + 1);
                int done = 0;
                for (int task = claim(stretch, end); task < end; task = claim(stretch, end)) {
                    try {
                        if (failure == null) {
                            body.run(task, worker);
                        }
                    } catch (Throwable e) {
                        failure = e;
                    }
                    done++;
                }
                if (done > 0) {
                    finished.addAndGet(done);
                }
            }
        }

        /** The next task of a stretch, or {@code end}: found by reading, so that looking into finished stretches takes no line from anybody. */
        private int claim(int stretch, int end) {
            return next.get(stretch * LINE) < end ? next.getAndIncrement(stretch * LINE) : end;
        }
    }

    private final Worker[] workers;
    private volatile Loop current;
    private volatile boolean closed;
    private boolean running;

    /**
     * @param threads number of threads that work on a loop, the caller included; at least 1
     */
    public Parallel(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("parallel: threads=" + threads + ", expected at least 1");
        }
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(this, i + 1);
            workers[i].start();
        }
    }

    /** The number of threads that work on a loop, the caller included. */
    public int threads() {
        return workers.length + 1;
    }

    /**
     * Runs {@code body} for every task in [0, tasks) and returns when all are done.
     *
     * @throws IllegalStateException when called from inside a task
     */
    public void run(int tasks, Task body) {
        if (running) {
            throw new IllegalStateException("parallel: a loop is already running: loops cannot be nested");
        }
        running = true;
        try {
            if (tasks <= 1 || workers.length == 0) {
                for (int task = 0; task < tasks; task++) {
                    body.run(task, 0);
                }
            } else {
                share(new Loop(tasks, Math.min(tasks, threads()), body));
            }
        } finally {
            running = false;
        }
    }

    private void share(Loop loop) {
        current = loop;
        int wanted = Math.min(workers.length, loop.tasks - 1);
        for (int i = 0; i < wanted; i++) {
            if (workers[i].parked) {
                LockSupport.unpark(workers[i]);
            }
        }
        loop.work(0);
        for (int spins = 0; loop.finished.get() < loop.tasks; spins++) {
            if (spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        rethrow(loop.failure);
    }

    private static void rethrow(Throwable failure) {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }

    /** Cuts {@code [0, length)} into pieces of {@code piece} elements (the last may be shorter) and runs them. */
    public void pieces(int length, int piece, Range body) {
        if (length <= piece) {
            body.run(0, length, 0);
            return;
        }
        run(count(length, piece), (task, worker) -> body.run(task * piece, end(task, length, piece), worker));
    }

    /** Cuts the rows of a matrix into pieces of about {@value #ELEMENTS_PER_PIECE} elements and runs them. */
    public void rows(int rows, int columns, Range body) {
        pieces(rows, rowsPerPiece(columns), body);
    }

    /** Rows of the given length in a piece of {@link #rows}. */
    static int rowsPerPiece(int columns) {
        return Math.max(1, ELEMENTS_PER_PIECE / Math.max(1, columns));
    }

    /** Like {@link #pieces}, and adds the numbers the pieces return, in the order of the pieces: the same bits for any number of threads. */
    public double sum(int length, int piece, RangeSum body) {
        if (length <= piece) {
            return body.run(0, length);
        }
        double[] sums = new double[count(length, piece)];
        run(sums.length, (task, worker) -> sums[task] = body.run(task * piece, end(task, length, piece)));
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        return total;
    }

    static int count(int length, int piece) {
        return (int) (((long) length + piece - 1) / piece);
    }

    private static int end(int task, int length, int piece) {
        return (int) Math.min(length, (task + 1L) * piece);
    }

    /** Ends the workers. */
    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private static final class Worker extends Thread {
        private final Parallel crew;
        private final int index;
        private volatile boolean parked;

        Worker(Parallel crew, int index) {
            super("hourglass-cpu-" + index);
            this.crew = crew;
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            Loop done = null;
            while (!crew.closed) {
                Loop loop = crew.current;
                if (loop == done) {
                    loop = await(done);
                }
                if (loop != done) {
                    loop.work(index);
                    done = loop;
                }
            }
        }

        /** Spins, then parks, until another loop than {@code done} is there or something else woke this thread. */
        private Loop await(Loop done) {
            long deadline = System.nanoTime() + SPIN_NANOS;
            do {
                for (int spin = 0; spin < SPINS_PER_CLOCK_READ; spin++) {
                    Loop loop = crew.current;
                    if (loop != done) {
                        return loop;
                    }
                    Thread.onSpinWait();
                }
            } while (System.nanoTime() < deadline && !crew.closed);
            parked = true;
            if (crew.current == done && !crew.closed) {
                LockSupport.park(crew);
            }
            parked = false;
            return crew.current;
        }
    }
}
