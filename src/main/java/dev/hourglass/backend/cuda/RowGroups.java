package dev.hourglass.backend.cuda;

/**
 * How rows are dealt to threads by the kernels of rows.cuh: {@code lanes} threads share a row, a power of two up to 32, or the whole block.
 *
 * @param lanes threads of a row
 * @param threads threads of a block
 * @param blocks blocks of the grid
 */
record RowGroups(int lanes, int threads, int blocks) {
    private static final int WARP = 32;
    /** Threads of a block that serves one row; the kernels' registers allow it on every architecture. */
    private static final int MOST_THREADS = 512;
    /** With as many rows there is a warp for every scheduler, and none need wait for the rest of a block. */
    private static final int MANY_ROWS = 4096;
    private static final int MOST_BLOCKS = 1 << 20;

    /** Returns the groups for a matrix [rows, columns], read four columns at a time when its rows are aligned for it. */
    static RowGroups of(int rows, int columns) {
        int visits = columns % 4 == 0 ? columns / 4 : columns;
        if (visits > 2 * WARP && rows < MANY_ROWS || visits > MOST_THREADS * 4) {
            int threads = Math.min(MOST_THREADS, Launches.ceilDiv(visits, WARP) * WARP);
            return new RowGroups(threads, threads, Math.min(rows, MOST_BLOCKS));
        }
        int lanes = Math.min(WARP, Integer.highestOneBit(2 * Math.max(1, visits) - 1));
        int groups = Launches.THREADS / lanes;
        return new RowGroups(lanes, Launches.THREADS, Math.min(Launches.ceilDiv(rows, groups), MOST_BLOCKS));
    }

    /** Begins a launch of these groups, on at most {@code most} blocks. */
    Launch begin(Launches launches, Kernel kernel, int most) {
        return launches.of(kernel).grid(Math.max(1, Math.min(blocks, most))).block(threads);
    }

    /** Begins a launch of these groups. */
    Launch begin(Launches launches, Kernel kernel) {
        return begin(launches, kernel, MOST_BLOCKS);
    }
}
