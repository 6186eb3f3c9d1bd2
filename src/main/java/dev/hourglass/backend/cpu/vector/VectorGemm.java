package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.Gemm;
import dev.hourglass.backend.cpu.Parallel;

/**
 * {@link Gemm} by packed panels and register tiles (Goto and van de Geijn 2008). op(A) is packed once for everybody, in blocks of 8 rows; each task
 * takes a panel of columns, packs it for itself a few hundred steps of k at a time, so that it stays in the first cache, and runs it against a group
 * of row blocks. Threads share rows and columns, never k.
 */
final class VectorGemm implements Gemm {
    /** Most steps of k between two visits to C. */
    private static final int MOST_STEPS = 264;
    /**
     * Where a panel starts in its array. An array this long is a humongous object of its own, whose first element lies 16 bytes past a cache line and stays there:
     * twelve floats on, every vector of the panel is one line instead of two halves.
     */
    private static final int PANEL_START = 12;
    private static final int PANEL_LENGTH = 1 << 21;
    /** Rows of A packed at a time: bounds the memory. */
    private static final int ROWS_AT_ONCE = 2048;
    /** Row blocks a task runs one panel against: their packed rows should stay in the second cache. */
    private static final int GROUP_BLOCKS = 32;
    private static final int PACKED_BLOCKS_PER_TASK = 2;
    /** Below this many multiplications handing work over costs more than it brings. */
    private static final long WORTH_SHARING = 1 << 17;

    private static final float[] ZEROS = new float[Tile.COLUMNS];

    private final Parallel parallel;
    private final VectorArithmetic arithmetic = new VectorArithmetic();
    private final float[][] panels;
    private final float[][] tiles;
    private float[] packedRows = new float[0];

    VectorGemm(Parallel parallel) {
        this.parallel = parallel;
        panels = new float[parallel.threads()][PANEL_LENGTH];
        tiles = new float[parallel.threads()][Tile.ROWS * Tile.COLUMNS];
    }

    /** One product with its cuts. */
    private record Job(int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
        int steps() {
            int cuts = Math.max(1, ceiling(k, MOST_STEPS));
            return Math.max(1, ceiling(k, cuts));
        }
    }

    @Override
    public void multiply(int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
        Job job = new Job(m, n, k, alpha, a, b, beta, c);
        for (int row = 0; row < m; row += ROWS_AT_ONCE) {
            rows(job, row, Math.min(ROWS_AT_ONCE, m - row));
        }
    }

    private void rows(Job job, int row, int rows) {
        int blocks = ceiling(rows, Tile.ROWS);
        int panelCount = ceiling(job.n, Tile.COLUMNS);
        boolean shared = (long) rows * job.n * job.k >= WORTH_SHARING && parallel.threads() > 1;
        float[] left = room(blocks * Tile.ROWS * job.k);
        if (shared) {
            parallel.run(ceiling(blocks, PACKED_BLOCKS_PER_TASK), (task, worker) -> pack(job, row, rows, task * PACKED_BLOCKS_PER_TASK,
                    Math.min(blocks, (task + 1) * PACKED_BLOCKS_PER_TASK), left));
            int group = groupSize(blocks, panelCount);
            parallel.run(panelCount * ceiling(blocks, group), (task, worker) -> panel(job, row, rows, task / panelCount * group,
                    Math.min(blocks, (task / panelCount + 1) * group), task % panelCount, left, worker));
        } else {
            pack(job, row, rows, 0, blocks, left);
            for (int block = 0; block < blocks; block += GROUP_BLOCKS) {
                for (int panel = 0; panel < panelCount; panel++) {
                    panel(job, row, rows, block, Math.min(blocks, block + GROUP_BLOCKS), panel, left, 0);
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

    private static void pack(Job job, int row, int rows, int fromBlock, int toBlock, float[] left) {
        for (int block = fromBlock; block < toBlock; block++) {
            int first = block * Tile.ROWS;
            Packing.left(job.a, row + first, Math.min(Tile.ROWS, rows - first), job.k, left, first * job.k);
        }
    }

    private void panel(Job job, int row, int rows, int fromBlock, int toBlock, int panel, float[] left, int worker) {
        int column = panel * Tile.COLUMNS;
        int columns = Math.min(Tile.COLUMNS, job.n - column);
        int steps = job.steps();
        int from = 0;
        do {
            int count = Math.min(steps, job.k - from);
            Packing.right(job.b, from, column, columns, count, panels[worker], PANEL_START);
            for (int block = fromBlock; block < toBlock; block++) {
                int first = block * Tile.ROWS;
                int target = job.c.offset() + (row + first) * job.c.stride() + column;
                tile(job, count, left, (first * job.k) + from * Tile.ROWS, worker, target, Math.min(Tile.ROWS, rows - first), columns,
                        from == 0 ? job.beta : 1f);
            }
            from += steps;
        } while (from < job.k);
    }

    private void tile(Job job, int steps, float[] left, int leftOffset, int worker, int target, int rows, int columns, float beta) {
        float[] c = job.c.values();
        int stride = job.c.stride();
        float[] panel = panels[worker];
        if (rows == Tile.ROWS && columns == Tile.COLUMNS && beta == 0f) {
            Tile.multiply(steps, left, leftOffset, panel, PANEL_START, job.alpha, ZEROS, 0, 0, c, target, stride);
        } else if (rows == Tile.ROWS && columns == Tile.COLUMNS && beta == 1f) {
            Tile.multiply(steps, left, leftOffset, panel, PANEL_START, job.alpha, c, target, stride, c, target, stride);
        } else {
            float[] tile = tiles[worker];
            Tile.multiply(steps, left, leftOffset, panel, PANEL_START, job.alpha, ZEROS, 0, 0, tile, 0, Tile.COLUMNS);
            for (int i = 0; i < rows; i++) {
                merge(tile, i * Tile.COLUMNS, c, target + i * stride, columns, beta);
            }
        }
    }

    private void merge(float[] tile, int source, float[] c, int target, int columns, float beta) {
        if (beta != 0f) {
            arithmetic.scale(beta, c, target, tile, source, true, columns);
        }
        arithmetic.scale(1f, tile, source, c, target, false, columns);
    }

    private static int ceiling(int amount, int piece) {
        return (amount + piece - 1) / piece;
    }
}
