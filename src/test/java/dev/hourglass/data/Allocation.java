package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures what a reader orders of memory, garbage included, so that a file cannot order much more than it holds. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {
    }

    /** Does the work on this thread and fails if it ordered more bytes; done again if so, because the first time may load classes. */
    public static void assertAtMost(long most, Runnable work) {
        long ordered = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 3 && ordered > most; attempt++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            work.run();
            ordered = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        assertTrue(ordered <= most, "ordered " + ordered + " bytes, expected at most " + most);
    }
}
