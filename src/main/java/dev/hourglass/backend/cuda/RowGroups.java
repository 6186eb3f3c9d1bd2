package dev.hourglass.backend.cuda;

/**
 * How rows are dealt to threads by the kernels of rows.cuh: {@code lanes} threads share a row, a power of two up to 32, or the whole block.
 *
 * @param lanes threads of a row
 * @param threads threads of a block
 * @param blocks blocks that would serve every row at once; kernels stride over what a smaller grid leaves
 */
record RowGroups(int lanes, int threads, int blocks) {
    private static final int WARP = 32;
    /** Threads of a block that serves one row; the kernels' registers allow it on every architecture. */
    private static final int MOST_THREADS = 512;
    /** With as many rows there is a warp for every scheduler, and none need wait for the rest of a block. */
    private static final int MANY_ROWS = 4096;

    /** Returns the groups for a matrix [rows, columns], read four columns at a time when its rows are aligned for it. */
    static RowGroups of(int rows, int columns) {
        int visits = columns % 4 == 0 ? columns / 4 : columns;
        if (visits > 2 * WARP && rows < MANY_ROWS || visits > MOST_THREADS * 4) {
            int threads = Math.min(MOST_THREADS, Launches.ceilDiv(visits, WARP) * WARP);
            return new RowGroups(threads, threads, rows);
        }
        int lanes = Math.min(WARP, Integer.highestOneBit(2 * Math.max(1, visits) - 1));
        int groups = Launches.THREADS / lanes;
        return new RowGroups(lanes, Launches.THREADS, Launches.ceilDiv(rows, groups));
    }

    /** Begins a launch of these groups, or on a grid that fills the device. */
    Launch begin(Launches launches, Kernel kernel) {
        return launches.of(kernel).grid(Math.min(Math.max(1, blocks), launches.mostBlocks())).block(threads);
    }
}
