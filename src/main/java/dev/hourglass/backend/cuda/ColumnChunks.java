package dev.hourglass.backend.cuda;

/**
 * How a sum over the rows of a matrix is cut for the kernels of columns.cuh: tiles of columns side by side, and chunks of rows when the tiles
 * alone would leave the device idle.
 *
 * @param chunks parts of the rows; their sums meet in {@link Launches#partials}
 * @param blocks tiles times chunks; kernels stride over what a smaller grid leaves
 */
record ColumnChunks(int chunks, int blocks) {
    private static final int LANES = 32;
    /** A matrix as wide is visited four columns at a time, as packs_columns in columns.cuh says. */
    private static final int PACKED_COLUMNS = 128;
    /** Rows below which another chunk costs more than it saves. */
    private static final int ROWS_OF_A_CHUNK = 256;
    private static final int BLOCKS_PER_PROCESSOR = 8;

    /** Returns the chunks of a matrix [rows, columns]. */
    static ColumnChunks of(Launches launches, int rows, int columns) {
        int tiles = tiles(columns);
        int wanted = Math.min(Launches.ceilDiv(rows, ROWS_OF_A_CHUNK),
                Launches.ceilDiv(BLOCKS_PER_PROCESSOR * launches.processors(), tiles));
        int room = Launches.ceilDiv(columns, LANES) <= Launches.COUNTERS ? Launches.PARTIALS / columns : 1;
        int chunks = Math.max(1, Math.min(wanted, room));
        return new ColumnChunks(chunks, Math.multiplyExact(tiles, chunks));
    }

    /** Returns the tiles of {@code rows} independent sums over a few rows each, one chunk a sum. */
    static ColumnChunks each(int rows, int columns) {
        return new ColumnChunks(rows, Math.multiplyExact(tiles(columns), rows));
    }

    /** Begins a launch on these blocks, or on a grid that fills the device. */
    Launch begin(Launches launches, Kernel kernel) {
        return launches.of(kernel).grid(Math.min(blocks, launches.mostBlocks()));
    }

    private static int tiles(int columns) {
        return Launches.ceilDiv(columns, columns >= PACKED_COLUMNS && columns % 4 == 0 ? 4 * LANES : LANES);
    }
}
