package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.Gemm;
import dev.hourglass.backend.cpu.Parallel;

/**
 * {@link Gemm} by packed operands and register tiles (Goto and van de Geijn 2008): blocks of 12 or 8 rows of a left operand against panels of two vectors of
 * columns of a right one. One operand is packed whole, by all threads for all; each task then packs its piece of the other and runs the two against each
 * other. Threads share rows and columns of the result, never k.
 *
 * <p>Turning a matrix around costs a move for each number, so the larger one is never turned. With op(B) = B^T the product is computed as C^T = B op(A)^T, and
 * the tiles are turned when they are stored: a batch and its result are turned, never the weights. Which piece of C a task has follows the use in a network: a thread has the
 * same features, columns of C, in every product of a batch with weights, and the same rows of C in every product A^T B, the gradient of weights; it then finds
 * in its caches what it wrote last.
 */
final class VectorGemm implements Gemm {
    /** Where the right operand starts in its array, so that a vector of a panel is one cache line: as in a buffer, see {@code CpuBuffer}. */
    private static final int RIGHT_START = 12;
    /** Long enough for an object of its own in G1, whatever the heap. */
    private static final int RIGHT_LENGTH = 1 << 21;
    /** Most floats of an operand packed whole, unless a single piece has more. */
    private static final int WHOLE = 1 << 21;
    /** Steps of k that a packing task takes. A piece between two visits to C has a multiple of these. */
    private static final int PIECE_STEPS = 128;
    /** Packed floats of the shared operand that a task runs its piece against: they should stay in the second cache. */
    private static final int GROUP = 1 << 17;
    /** Tasks a thread should find at least. */
    private static final int TASKS_PER_THREAD = 4;
    /** Below this many multiplications handing work over costs more than it brings. */
    private static final long WORTH_SHARING = 1 << 17;

    private final Parallel parallel;
    private final VectorArithmetic arithmetic = new VectorArithmetic();
    private final float[][] pieces;
    private final float[][] tiles;
    private float[] wholeRight = new float[RIGHT_LENGTH];
    private float[] wholeLeft = new float[0];

    VectorGemm(Parallel parallel) {
        this.parallel = parallel;
        pieces = new float[parallel.threads()][RIGHT_LENGTH];
        tiles = new float[parallel.threads()][Tile.TALL * Tile.COLUMNS];
    }

    @Override
    public void multiply(int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
        boolean turned = b.transposed();
        Matrix left = turned ? turned(b) : a;
        Matrix right = turned ? turned(a) : b;
        int rows = turned ? n : m;
        int columns = turned ? m : n;
        boolean shared = (long) m * n * k >= WORTH_SHARING && parallel.threads() > 1;
        Job whole = new Job(0, rows, 0, columns, k, alpha, left, right, beta, c, turned, shared);
        if (turned || a.transposed()) {
            int atOnce = Math.max(1, WHOLE / (whole.paddedSteps() * Tile.COLUMNS)) * Tile.COLUMNS;
            for (int column = 0; column < columns; column += atOnce) {
                shareRight(whole.part(0, rows, column, Math.min(atOnce, columns - column)));
            }
        } else {
            int atOnce = Math.max(1, WHOLE / (whole.cuts() * Tile.PITCH * Tile.TALL)) * Tile.TALL;
            for (int row = 0; row < rows; row += atOnce) {
                shareLeft(whole.part(row, Math.min(atOnce, rows - row), 0, columns));
            }
        }
    }

    private static Matrix turned(Matrix x) {
        return new Matrix(x.values(), x.offset(), x.stride(), !x.transposed());
    }

    /**
     * Rows {@code [row, row + rows)} and columns {@code [column, column + columns)} of alpha L R, or of its transpose when {@code turned}.
     *
     * @param shared whether threads share the work
     */
    private record Job(int row, int rows, int column, int columns, int k, float alpha, Matrix left, Matrix right, float beta, Matrix c, boolean turned,
                       boolean shared) {
        Job part(int fromRow, int rowCount, int fromColumn, int columnCount) {
            return new Job(fromRow, rowCount, fromColumn, columnCount, k, alpha, left, right, beta, c, turned, shared);
        }

        /** Blocks of 12 rows: as many as leave the fewest rows of the last block empty when blocks of 8 make up the rest. */
        int tall() {
            int whole = rows / Tile.TALL;
            int rest = rows % Tile.TALL;
            if (rest > Tile.SHORT) {
                return whole + 1;
            }
            return rest > 0 && rest <= 2 * Tile.SHORT - Tile.TALL && whole > 0 ? whole - 1 : whole;
        }

        int blocks() {
            return tall() + ceiling(Math.max(0, rows - tall() * Tile.TALL), Tile.SHORT);
        }

        /** The first row of a block, counted from {@link #row}. */
        int first(int block) {
            return Math.min(block, tall()) * Tile.TALL + Math.max(0, block - tall()) * Tile.SHORT;
        }

        int width(int block) {
            return block < tall() ? Tile.TALL : Tile.SHORT;
        }

        /** How many rows of a block exist. */
        int exist(int block) {
            return Math.min(width(block), rows - first(block));
        }

        int panels() {
            return ceiling(columns, Tile.COLUMNS);
        }

        /** How many columns of a panel exist. */
        int existColumns(int panel) {
            return Math.min(Tile.COLUMNS, columns - panel * Tile.COLUMNS);
        }

        int paddedSteps() {
            return Packing.steps(k);
        }

        int cuts() {
            return Math.max(1, ceiling(k, Tile.MOST_STEPS));
        }

        /** Steps of k between two visits to C. */
        int cutSteps() {
            return cuts() == 1 ? paddedSteps() : ceiling(ceiling(k, cuts()), PIECE_STEPS) * PIECE_STEPS;
        }

        /** Where a block of the left operand lies when that is packed whole. */
        int wholeLeft(int cut, int block) {
            return (cut * (rows + Tile.TALL) + first(block)) * Tile.PITCH;
        }

        /** Where a panel of the right operand lies when that is packed whole. */
        int wholeRight(int panel) {
            return RIGHT_START + panel * Tile.COLUMNS * paddedSteps();
        }
    }

    /** One task of a product; worker as in {@link Parallel.Task}. */
    private void run(Job job, int tasks, Parallel.Task body) {
        if (job.shared) {
            parallel.run(tasks, body);
        } else {
            for (int task = 0; task < tasks; task++) {
                body.run(task, 0);
            }
        }
    }

    /** Of {@code all} pieces of a packed operand with {@code floats} each, how many one task runs the piece of its own against. */
    private int group(int all, int floats, int others) {
        int groups = ceiling(TASKS_PER_THREAD * parallel.threads(), others);
        return Math.max(1, Math.min(GROUP / Math.max(1, floats), all / groups));
    }

    private void shareRight(Job job) {
        int panels = job.panels();
        int blocks = job.blocks();
        if (wholeRight.length < job.wholeRight(panels)) {
            wholeRight = new float[job.wholeRight(panels)];
        }
        int pieceCount = Math.max(1, ceiling(job.k, PIECE_STEPS));
        run(job, panels * pieceCount, (task, worker) -> packRight(job, task % panels, task / panels));
        int group = group(panels, job.paddedSteps() * Tile.COLUMNS, blocks);
        run(job, blocks * ceiling(panels, group), (task, worker) -> block(job, task % blocks, task / blocks * group,
                Math.min(panels, (task / blocks + 1) * group), worker));
    }

    private void packRight(Job job, int panel, int piece) {
        int from = piece * PIECE_STEPS;
        Packing.right(job.right, from, job.column + panel * Tile.COLUMNS, job.existColumns(panel), Math.min(PIECE_STEPS, job.k - from), wholeRight,
                job.wholeRight(panel) + from * Tile.COLUMNS);
    }

    /** A block of rows against some panels. */
    private void block(Job job, int block, int fromPanel, int toPanel, int worker) {
        float[] left = pieces[worker];
        int width = job.width(block);
        int steps = job.cutSteps();
        int from = 0;
        do {
            int count = Math.min(steps, job.k - from);
            Packing.left(job.left, job.row + job.first(block), job.exist(block), from, count, width, left, 0);
            for (int panel = fromPanel; panel < toPanel; panel++) {
                tile(job, block, panel, from, count, left, 0, wholeRight, job.wholeRight(panel) + from * Tile.COLUMNS, worker);
            }
            from += steps;
        } while (from < job.k);
    }

    private void shareLeft(Job job) {
        int panels = job.panels();
        int blocks = job.blocks();
        if (wholeLeft.length < job.wholeLeft(job.cuts(), 0)) {
            wholeLeft = new float[job.wholeLeft(job.cuts(), 0)];
        }
        int pieceCount = Math.max(1, ceiling(job.k, PIECE_STEPS));
        run(job, blocks * pieceCount, (task, worker) -> packLeft(job, task % blocks, task / blocks));
        int group = group(blocks, Math.min(job.k, Tile.PITCH) * Tile.TALL, panels);
        run(job, panels * ceiling(blocks, group), (task, worker) -> panel(job, task % panels, task / panels * group,
                Math.min(blocks, (task / panels + 1) * group), worker));
    }

    private void packLeft(Job job, int block, int piece) {
        int from = piece * PIECE_STEPS;
        int cut = from / Math.max(1, job.cutSteps());
        Packing.left(job.left, job.row + job.first(block), job.exist(block), from, Math.min(PIECE_STEPS, job.k - from), job.width(block), wholeLeft,
                job.wholeLeft(cut, block) + from - cut * job.cutSteps());
    }

    /** A panel of columns against some blocks of rows. */
    private void panel(Job job, int panel, int fromBlock, int toBlock, int worker) {
        float[] right = pieces[worker];
        int steps = job.cutSteps();
        int from = 0;
        do {
            int count = Math.min(steps, job.k - from);
            Packing.right(job.right, from, job.column + panel * Tile.COLUMNS, job.existColumns(panel), count, right, RIGHT_START);
            for (int block = fromBlock; block < toBlock; block++) {
                tile(job, block, panel, from, count, wholeLeft, job.wholeLeft(from / Math.max(1, steps), block), right, RIGHT_START, worker);
            }
            from += steps;
        } while (from < job.k);
    }

    private void tile(Job job, int block, int panel, int from, int count, float[] left, int leftOffset, float[] right, int rightOffset, int worker) {
        float[] c = job.c.values();
        int stride = job.c.stride();
        int row = job.row + job.first(block);
        int column = job.column + panel * Tile.COLUMNS;
        int rows = job.exist(block);
        int columns = job.existColumns(panel);
        float beta = from == 0 ? job.beta : 1f;
        boolean rowMajor = !job.left.transposed();
        int width = job.width(block);
        int target = job.c.offset() + (job.turned ? column * stride + row : row * stride + column);
        if (!job.turned && rows == width && columns == Tile.COLUMNS && beta == 0f) {
            Tile.multiply(rowMajor, width, Packing.steps(count), left, leftOffset, right, rightOffset, job.alpha, c, target, stride);
            return;
        }
        float[] tile = tiles[worker];
        Tile.multiply(rowMajor, width, Packing.steps(count), left, leftOffset, right, rightOffset, job.alpha, tile, 0, Tile.COLUMNS);
        if (job.turned) {
            Packing.turn(tile, rows, columns, beta, c, target, stride);
            return;
        }
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
