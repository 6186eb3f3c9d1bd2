package dev.hourglass.backend.cpu.vector;

import dev.hourglass.backend.cpu.Arithmetic;
import dev.hourglass.backend.cpu.Gemm;
import dev.hourglass.backend.cpu.Parallel;

/**
 * {@link Gemm} by packed operands and register tiles (Goto and van de Geijn 2008): blocks of 12 or 8 rows of a left operand against panels of two vectors of
 * columns of a right one. One operand is packed whole, by all threads for all; each task then packs its piece of the other and runs the two against each
 * other. Threads share rows and columns of the result, never k.
 *
 * <p>Turning a matrix around costs a move for each number, so of A B^T the smaller side is turned: either B, or A and C, when the product is computed as
 * C^T = B A^T and its tiles are turned as they are stored. In a network B are the weights, larger than a batch and its result. In all other products both
 * operands lie as the tile reads them.
 */
final class VectorGemm implements Gemm {
    /** Where the right operand starts in its array, so that a vector of a panel is one cache line: as in a buffer, see {@code CpuBuffer}. */
    private static final int RIGHT_START = 12;
    /** Long enough for an object of its own in G1, whatever the heap. */
    private static final int RIGHT_LENGTH = 1 << 21;
    private static final int TILE = Tile.TALL * Tile.COLUMNS;
    /** Most floats of an operand packed whole, unless a single piece has more. */
    private static final int WHOLE = 1 << 21;
    /** Steps of k that a task packs of a right operand; even. */
    private static final int PIECE_STEPS = 128;
    /** Packed floats of the whole operand that a task runs its piece of the other against: they should stay in the second cache. */
    private static final int GROUP = 1 << 18;
    /** Tasks a thread should find at least. */
    private static final int TASKS_PER_THREAD = 4;
    /** Rows of A from which on C is computed turned around; fewer leave too much of a panel empty. */
    private static final int WORTH_TURNING = 16;
    /** Pieces of the whole operand that a task takes at least, however long they are: it packs its own for them. */
    private static final int LEAST_GROUP = 4;
    /** Below this many multiplications handing work over costs more than it brings. */
    private static final long WORTH_SHARING = 1 << 17;

    private final Parallel parallel;
    private final Arithmetic arithmetic;
    private final float[][] pieces;
    private final float[][] tiles;
    private float[] wholeRight = new float[RIGHT_LENGTH];
    private float[] wholeLeft = new float[0];

    VectorGemm(Parallel parallel, Arithmetic arithmetic) {
        this.parallel = parallel;
        this.arithmetic = arithmetic;
        pieces = new float[parallel.threads()][RIGHT_LENGTH];
        tiles = new float[parallel.threads()][2 * TILE];
    }

    @Override
    public void multiply(int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
        boolean turned = b.transposed() && m >= WORTH_TURNING && (long) m * (k + n) < (long) n * k;
        Matrix left = turned ? turned(b) : a;
        Matrix right = turned ? turned(a) : b;
        int rows = turned ? n : m;
        int columns = turned ? m : n;
        boolean shared = (long) m * n * k >= WORTH_SHARING && parallel.threads() > 1;
        Job whole = new Job(0, rows, 0, columns, k, alpha, left, right, beta, c, shared);
        if (turned) {
            int atOnce = Math.max(1, WHOLE / (whole.paddedSteps() * Tile.COLUMNS)) * Tile.COLUMNS;
            for (int column = 0; column < columns; column += atOnce) {
                shareRight(whole.part(0, rows, column, Math.min(atOnce, columns - column)));
            }
        } else {
            int atOnce = Math.max(1, WHOLE / (whole.leftLength(Tile.TALL) * whole.cuts())) * Tile.TALL;
            for (int row = 0; row < rows; row += atOnce) {
                shareLeft(whole.part(row, Math.min(atOnce, rows - row), 0, columns));
            }
        }
    }

    private static Matrix turned(Matrix x) {
        return new Matrix(x.values(), x.offset(), x.stride(), !x.transposed());
    }

    /**
     * Rows {@code [row, row + rows)} and columns {@code [column, column + columns)} of alpha L R; C is its transpose where the product is computed turned around.
     *
     * @param shared whether threads share the work
     */
    private record Job(int row, int rows, int column, int columns, int k, float alpha, Matrix left, Matrix right, float beta, Matrix c,
            boolean shared) {
        Job part(int fromRow, int rowCount, int fromColumn, int columnCount) {
            return new Job(fromRow, rowCount, fromColumn, columnCount, k, alpha, left, right, beta, c, shared);
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
            return Math.max(Tile.STEPS, Packing.steps(ceiling(k, cuts())));
        }

        /** Floats of so many rows of the left operand, packed, of one cut. */
        int leftLength(int count) {
            return count * (left.transposed() ? cutSteps() : Tile.PITCH);
        }

        /** Where a cut of a block of the left operand lies when that is packed whole: a vector apart, for packing a block may write so far beyond its end. */
        int wholeLeft(int cut, int block) {
            return (cut * blocks() + block) * (leftLength(Tile.TALL) + Tile.LANES);
        }

        /** Steps of a cut. */
        int count(int cut) {
            return Math.min(cutSteps(), k - cut * cutSteps());
        }

        /** Where a panel of the right operand lies when that is packed whole. */
        int wholeRight(int panel) {
            return RIGHT_START + panel * Tile.COLUMNS * paddedSteps();
        }
    }

    /** Runs the tasks of a product, by all threads where it is large enough. */
    private void run(Job job, int tasks, Parallel.Task body) {
        if (job.shared) {
            parallel.run(tasks, body);
        } else {
            for (int task = 0; task < tasks; task++) {
                body.run(task, 0);
            }
        }
    }

    /** How many of the {@code all} pieces of the whole operand, {@code floats} each, a task takes, when the other operand has {@code pieceCount} pieces. */
    private int group(int all, int floats, int pieceCount) {
        int groups = ceiling(TASKS_PER_THREAD * parallel.threads(), pieceCount);
        return Math.max(1, Math.min(Math.max(LEAST_GROUP, GROUP / Math.max(1, floats)), all / groups));
    }

    private void shareRight(Job job) {
        int panels = job.panels();
        int blocks = job.blocks();
        if (wholeRight.length < job.wholeRight(panels)) {
            wholeRight = new float[job.wholeRight(panels)];
        }
        int pieceCount = Math.max(1, ceiling(job.k, PIECE_STEPS));
        run(job, panels * pieceCount, (task, worker) -> packRight(job, task / pieceCount, task % pieceCount));
        int group = group(panels, job.paddedSteps() * Tile.COLUMNS, blocks);
        run(job, blocks * ceiling(panels, group), (task, worker) -> block(job, task % blocks, task / blocks * group,
                Math.min(panels, (task / blocks + 1) * group), worker));
    }

    private void packRight(Job job, int panel, int piece) {
        int from = piece * PIECE_STEPS;
        Packing.right(job.right, from, job.column + panel * Tile.COLUMNS, job.existColumns(panel), Math.min(PIECE_STEPS, job.k - from),
                wholeRight,
                job.wholeRight(panel) + from * Tile.COLUMNS);
    }

    /** A block of rows against some panels; the cuts of a tile are added up before it is turned. */
    private void block(Job job, int block, int fromPanel, int toPanel, int worker) {
        int length = job.leftLength(Tile.TALL);
        if (pieces[worker].length < job.cuts() * length) {
            pieces[worker] = new float[job.cuts() * length];
        }
        float[] left = pieces[worker];
        float[] tile = tiles[worker];
        for (int cut = 0; cut < job.cuts(); cut++) {
            Packing.left(job.left, job.row + job.first(block), job.exist(block), cut * job.cutSteps(), job.count(cut), job.width(block),
                    left, cut * length);
        }
        for (int panel = fromPanel; panel < toPanel; panel++) {
            for (int cut = 0; cut < job.cuts(); cut++) {
                int part = cut == 0 ? 0 : TILE;
                Tile.multiply(true, job.width(block), Packing.steps(job.count(cut)), left, cut * length, wholeRight,
                        job.wholeRight(panel) + cut * job.cutSteps() * Tile.COLUMNS, job.alpha, tile, part, Tile.COLUMNS);
                if (cut > 0) {
                    arithmetic.scale(1f, tile, part, tile, 0, true, TILE);
                }
            }
            int target = job.c.offset() + (job.column + panel * Tile.COLUMNS) * job.c.stride() + job.row + job.first(block);
            Packing.turn(tile, job.exist(block), job.existColumns(panel), job.beta, job.c.values(), target, job.c.stride());
        }
    }

    private void shareLeft(Job job) {
        int panels = job.panels();
        int blocks = job.blocks();
        if (wholeLeft.length < job.wholeLeft(job.cuts(), 0)) {
            wholeLeft = new float[job.wholeLeft(job.cuts(), 0)];
        }
        run(job, blocks * job.cuts(), (task, worker) -> packLeft(job, task / job.cuts(), task % job.cuts()));
        int group = group(blocks, job.cutSteps() * Tile.TALL, panels);
        run(job, panels * ceiling(blocks, group), (task, worker) -> panel(job, task % panels, task / panels * group,
                Math.min(blocks, (task / panels + 1) * group), worker));
    }

    private void packLeft(Job job, int block, int cut) {
        Packing.left(job.left, job.row + job.first(block), job.exist(block), cut * job.cutSteps(), job.count(cut), job.width(block),
                wholeLeft,
                job.wholeLeft(cut, block));
    }

    /** A panel of columns against some blocks of rows. */
    private void panel(Job job, int panel, int fromBlock, int toBlock, int worker) {
        float[] right = pieces[worker];
        for (int cut = 0; cut < job.cuts(); cut++) {
            Packing.right(job.right, cut * job.cutSteps(), job.column + panel * Tile.COLUMNS, job.existColumns(panel), job.count(cut),
                    right, RIGHT_START);
            for (int block = fromBlock; block < toBlock; block++) {
                tile(job, block, panel, cut, right, worker);
            }
        }
    }

    private void tile(Job job, int block, int panel, int cut, float[] right, int worker) {
        boolean rowMajor = !job.left.transposed();
        int width = job.width(block);
        int steps = Packing.steps(job.count(cut));
        int left = job.wholeLeft(cut, block);
        float[] c = job.c.values();
        int stride = job.c.stride();
        int target = job.c.offset() + (job.row + job.first(block)) * stride + job.column + panel * Tile.COLUMNS;
        int rows = job.exist(block);
        int columns = job.existColumns(panel);
        float beta = cut == 0 ? job.beta : 1f;
        if (rows == width && columns == Tile.COLUMNS && beta == 0f) {
            Tile.multiply(rowMajor, width, steps, wholeLeft, left, right, RIGHT_START, job.alpha, c, target, stride);
            return;
        }
        float[] tile = tiles[worker];
        Tile.multiply(rowMajor, width, steps, wholeLeft, left, right, RIGHT_START, job.alpha, tile, 0, Tile.COLUMNS);
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
