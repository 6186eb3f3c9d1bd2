package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.Gemm;
import dev.hourglass.backend.cpu.Parallel;

/**
 * {@link Gemm} by packed panels and register tiles (Goto and van de Geijn 2008). op(A) is packed once for everybody, in blocks of 12 or 8 rows; each task
 * takes a panel of columns, packs it for itself and runs it against a group of row blocks. Threads share rows and columns, never k.
 */
final class VectorGemm implements Gemm {
    /** Most steps of k between two visits to C: a panel of so many should stay in the second cache. */
    private static final int MOST_STEPS = 1024;
    /**
     * Where a panel starts in its array. An array this long is a humongous object of its own, whose first element lies 16 bytes past a cache line and stays there:
     * twelve floats on, every vector of the panel is one line instead of two halves.
     */
    private static final int PANEL_START = 12;
    private static final int PANEL_LENGTH = 1 << 21;
    /** Rows of A packed at a time: bounds the memory. */
    private static final int ROWS_AT_ONCE = 2048;
    /** Row blocks a task runs one panel against: their packed rows should stay in the second cache. */
    private static final int GROUP_BLOCKS = 24;
    private static final int PACKED_BLOCKS_PER_TASK = 2;
    /** Below this many multiplications handing work over costs more than it brings. */
    private static final long WORTH_SHARING = 1 << 17;

    private final Parallel parallel;
    private final VectorArithmetic arithmetic = new VectorArithmetic();
    private final float[][] panels;
    private final float[][] tiles;
    private float[] packedRows = new float[0];

    VectorGemm(Parallel parallel) {
        this.parallel = parallel;
        panels = new float[parallel.threads()][PANEL_LENGTH];
        tiles = new float[parallel.threads()][Tile.TALL * Tile.COLUMNS];
    }

    /** Rows {@code [row, row + rows)} of a product in blocks: {@code tall} blocks of 12, the rest in blocks of 8. */
    private record Job(int row, int rows, int tall, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c, float[] left) {
        int blocks() {
            return tall + ceiling(Math.max(0, rows - tall * Tile.TALL), Tile.SHORT);
        }

        /** The first row of a block, counted from {@link #row}. */
        int first(int block) {
            return Math.min(block, tall) * Tile.TALL + Math.max(0, block - tall) * Tile.SHORT;
        }

        int width(int block) {
            return block < tall ? Tile.TALL : Tile.SHORT;
        }

        /** How many rows of a block exist. */
        int exist(int block) {
            return Math.min(width(block), rows - first(block));
        }

        /** Where the packed rows of a block start. */
        int packed(int block) {
            return first(block) * Packing.steps(k);
        }

        /** Steps of k between two visits to C. */
        int steps() {
            return Packing.steps(ceiling(k, Math.max(1, ceiling(k, MOST_STEPS))));
        }
    }

    /** Blocks of 12 among so many rows: as many as leave the fewest rows of the last block empty when blocks of 8 make up the rest. */
    private static int tall(int rows) {
        int whole = rows / Tile.TALL;
        int rest = rows % Tile.TALL;
        if (rest > Tile.SHORT) {
            return whole + 1;
        }
        return rest > 0 && rest <= 2 * Tile.SHORT - Tile.TALL && whole > 0 ? whole - 1 : whole;
    }

    @Override
    public void multiply(int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
        for (int row = 0; row < m; row += ROWS_AT_ONCE) {
            int rows = Math.min(ROWS_AT_ONCE, m - row);
            multiply(new Job(row, rows, tall(rows), n, k, alpha, a, b, beta, c, room((rows + Tile.TALL) * Packing.steps(k))));
        }
    }

    private void multiply(Job job) {
        int blocks = job.blocks();
        int panelCount = ceiling(job.n, Tile.COLUMNS);
        if ((long) job.rows * job.n * job.k >= WORTH_SHARING && parallel.threads() > 1) {
            parallel.run(ceiling(blocks, PACKED_BLOCKS_PER_TASK),
                    (task, worker) -> pack(job, task * PACKED_BLOCKS_PER_TASK, Math.min(blocks, (task + 1) * PACKED_BLOCKS_PER_TASK)));
            int group = groupSize(blocks, panelCount);
            parallel.run(panelCount * ceiling(blocks, group), (task, worker) -> panel(job, task / panelCount * group,
                    Math.min(blocks, (task / panelCount + 1) * group), task % panelCount, worker));
        } else {
            pack(job, 0, blocks);
            for (int block = 0; block < blocks; block += GROUP_BLOCKS) {
                for (int panel = 0; panel < panelCount; panel++) {
                    panel(job, block, Math.min(blocks, block + GROUP_BLOCKS), panel, 0);
                }
            }
        }
    }

    /** Row blocks per task: few enough that every thread finds several tasks. */
    private int groupSize(int blocks, int panelCount) {
        int groupsWanted = ceiling(4 * parallel.threads(), panelCount);
        return Math.max(1, Math.min(GROUP_BLOCKS, blocks / groupsWanted));
    }

    private float[] room(int length) {
        if (packedRows.length < length) {
            packedRows = new float[length];
        }
        return packedRows;
    }

    private static void pack(Job job, int fromBlock, int toBlock) {
        for (int block = fromBlock; block < toBlock; block++) {
            Packing.left(job.a, job.row + job.first(block), job.exist(block), job.width(block), job.k, job.left, job.packed(block));
        }
    }

    private void panel(Job job, int fromBlock, int toBlock, int panel, int worker) {
        int column = panel * Tile.COLUMNS;
        int columns = Math.min(Tile.COLUMNS, job.n - column);
        int steps = job.steps();
        int from = 0;
        do {
            int count = Math.min(steps, job.k - from);
            Packing.right(job.b, from, column, columns, count, panels[worker], PANEL_START);
            for (int block = fromBlock; block < toBlock; block++) {
                tile(job, block, from, Packing.steps(count), column, columns, from == 0 ? job.beta : 1f, worker);
            }
            from += steps;
        } while (from < job.k);
    }

    private void tile(Job job, int block, int from, int steps, int column, int columns, float beta, int worker) {
        float[] c = job.c.values();
        int stride = job.c.stride();
        int target = job.c.offset() + (job.row + job.first(block)) * stride + column;
        int width = job.width(block);
        int rows = job.exist(block);
        int left = job.packed(block) + from * width;
        if (rows == width && columns == Tile.COLUMNS && beta == 0f) {
            Tile.multiply(width, steps, job.left, left, panels[worker], PANEL_START, job.alpha, c, target, stride);
            return;
        }
        float[] tile = tiles[worker];
        Tile.multiply(width, steps, job.left, left, panels[worker], PANEL_START, job.alpha, tile, 0, Tile.COLUMNS);
        for (int i = 0; i < rows; i++) {
            merge(tile, i * Tile.COLUMNS, c, target + i * stride, columns, beta);
        }
    }

    private void merge(float[] tile, int source, float[] c, int target, int columns, float beta) {
        if (beta != 0f && beta != 1f) {
            arithmetic.scale(beta, c, target, tile, source, true, columns);
        }
        arithmetic.scale(1f, tile, source, c, target, beta == 1f, columns);
    }

    private static int ceiling(int amount, int piece) {
        return (amount + piece - 1) / piece;
    }
}
