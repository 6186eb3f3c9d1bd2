package dev.hourglass.inference;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Philox;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.model.Model;
import dev.hourglass.model.Specification;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.FeatureTerms;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What a trained model is used for: codes, reconstructions, samples and scores, in the units of the data, for any number of rows. Columns of the data that
 * floats are too narrow for come out whole as doubles, by the methods named so.
 *
 * <p><b>Threads.</b> On the CPU any number of threads may call at once: the parameters are shared, each call borrows a workspace of one thread, and a call
 * with many rows shares them among several. On a GPU only the thread that opened the device may call. The parameters must not change meanwhile. What a row
 * gets never depends on the rows beside it or on who else is calling.
 */
public final class Inference implements AutoCloseable {
    /** Rows of the programs that are recorded: a call is cut into such blocks, the last one filled up. */
    private static final int[] BLOCKS = {1, 16, 64, 256};

    /** What an array takes beside its numbers: its header and the reference to it. */
    private static final int BYTES_OF_ARRAY = 20;

    /** Rows between two reports of progress. */
    private static final int STRIDE = 1 << 12;

    private final Model model;
    private final boolean shared;
    private final Semaphore free;
    private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /** Uses a model, which stays with its owner and is closed after this; as many workspaces as there are processors. */
    public Inference(Model model) {
        this(model, Runtime.getRuntime().availableProcessors());
    }

    /** The same with so many workspaces at most; a GPU has one. */
    public Inference(Model model, int workspaces) {
        this.model = model;
        this.shared = model.backend() instanceof CpuBackend;
        this.free = new Semaphore(shared ? Math.max(1, workspaces) : 1);
    }

    /** Refuses the use of a closed model. @throws IllegalStateException unless {@code open} */
    public static void requireOpen(boolean open, Specification specification) {
        Require.state(open, "model", "it is closed", "model", specification.preset(), "an open model; load it again");
    }

    /**
     * Refuses more rows than the memory of this Java could hold: of each a code, a condition and a result.
     *
     * @throws IllegalArgumentException naming the most that could
     */
    public void requireRoom(String where, int rows) {
        long numbers = (long) model.specification().code().headWidth() + 2L * model.schema().conditions() + model.schema().features();
        long most = Runtime.getRuntime().maxMemory() / (numbers * Float.BYTES + 4 * BYTES_OF_ARRAY);
        Require.that(rows <= most, where, "more rows than the memory holds", "rows", rows,
                "at most " + most + " at a time, or a Java with more memory (-Xmx)");
    }

    private void borrow(Consumer<Workspace> work) {
        free.acquireUninterruptibly();
        try {
            requireOpen(!closed, model.specification());
            Workspace workspace = idle.pollFirst();
            if (workspace == null) {
                Backend device = shared ? new CpuBackend(1) : model.backend();
                workspace = new Workspace(model, device, shared);
            }
            boolean whole = false;
            try {
                work.accept(workspace);
                whole = true;
            } finally {
                // Only a workspace that came through without an exception is used again.
                if (whole) {
                    idle.addFirst(workspace);
                } else {
                    workspace.close();
                }
            }
        } finally {
            free.release();
        }
    }

    /** What is done with the rows {@code [from, from + count)} in a workspace, by programs for {@code size} rows. */
    private interface Block {
        void run(Workspace workspace, int from, int count, int size);
    }

    /** Cuts rows into blocks and runs them, on several workspaces when there are several blocks. */
    private void blocks(int rows, int most, Block block) {
        int size = blockSize(rows, most);
        int count = (rows + size - 1) / size;
        IntStream all = IntStream.range(0, count);
        (shared && count > 1 ? all.parallel() : all)
                .forEach(i -> borrow(workspace -> block.run(workspace, i * size, Math.min(size, rows - i * size), size)));
    }

    /** A GPU has one size of block for all calls: its matrix products choose their way, and so their last bits, by the number of rows. */
    private int blockSize(int rows, int most) {
        int size = BLOCKS[0];
        for (int candidate : BLOCKS) {
            if (candidate <= most && (!shared || size < rows)) {
                size = candidate;
            }
        }
        return size;
    }

    /** Runs a program over encoded rows; the first {@code width} numbers of each row of the result are kept. */
    private float[][] run(Rows rows, Workspace.Kind kind) {
        float[][] results = new float[rows.count()][];
        blocks(rows.count(), Integer.MAX_VALUE, (workspace, from, count, size) -> {
            Workspace.Recording pass = workspace.pass(kind, size, 1);
            rows.encode(from, count, pass.target, pass.input, pass.condition, pass.keys);
            pass.run(count, 0);
            store(pass, size, count, results, from);
        });
        return results;
    }

    private static void store(Workspace.Recording pass, int size, int count, float[][] results, int from) {
        int width = pass.width();
        float[] flat = new float[size * width];
        pass.read(flat);
        for (int r = 0; r < count; r++) {
            results[from + r] = Arrays.copyOfRange(flat, r * width, (r + 1) * width);
        }
    }

    /** Returns h, or the mean of q(z|x), of every example: [rows][latent]. The input is not corrupted. */
    public float[][] encode(Examples examples) {
        return run(new Rows(model, examples, 0, null), Workspace.Kind.ENCODE);
    }

    /** Returns one sample of q(z|x) for every example, the same for the same seed and row: [rows][latent]; h for a deterministic code. */
    public float[][] encodeSample(Examples examples, long seed) {
        return run(new Rows(model, examples, seed, null), Workspace.Kind.SAMPLE);
    }

    /** Returns the mean of p(x|z) at the mean code of every example: [rows][features]. */
    public float[][] reconstruct(Examples examples) {
        return floats(reconstructDouble(examples));
    }

    /** Returns the same with the digits that wide columns need. */
    public double[][] reconstructDouble(Examples examples) {
        return toData(run(new Rows(model, examples, 0, null), Workspace.Kind.RECONSTRUCT));
    }

    /**
     * Returns the mean of p(x|z, c) of every code: [rows][features].
     *
     * @param codes [rows][latent]
     * @param conditions [rows][conditions] on the scale of the data (one-hot for labels), null for an unconditional model
     * @throws IllegalArgumentException when a row has the wrong width
     */
    public float[][] decode(float[][] codes, float[][] conditions) {
        return floats(decodeDouble(codes, doubles(conditions)));
    }

    /** Returns the same with the digits that wide columns need. */
    public double[][] decodeDouble(float[][] codes, double[][] conditions) {
        int latent = model.specification().code().latent();
        requireRoom("decode", codes.length);
        float[][] scaled = conditions(conditions, codes.length);
        requireRows(doubles(codes), latent, "code");
        float[][] results = new float[codes.length][];
        blocks(codes.length, Integer.MAX_VALUE, (workspace, from, count, size) -> {
            Workspace.Recording pass = workspace.pass(Workspace.Kind.DECODE, size, 1);
            put(codes, from, count, pass.target);
            put(scaled, from, count, pass.condition);
            pass.run(count, 0);
            store(pass, size, count, results, from);
        });
        return toData(results);
    }

    private static void put(float[][] rows, int from, int count, float[] flat) {
        for (int r = 0; rows != null && r < count; r++) {
            System.arraycopy(rows[from + r], 0, flat, r * rows[from].length, rows[from].length);
        }
    }

    /**
     * Returns {@code count} draws z ~ p(z) decoded to the mean of p(x|z): [count][features], the same for the same seed.
     *
     * @param conditions [count][conditions] for a conditional model, null otherwise
     * @throws IllegalStateException for a deterministic code, which has no prior to draw from
     */
    public float[][] sample(int count, long seed, float[][] conditions) {
        return floats(sampleDouble(count, seed, doubles(conditions)));
    }

    /** Returns the same with the digits that wide columns need. */
    public double[][] sampleDouble(int count, long seed, double[][] conditions) {
        return decodeDouble(priorCodes(count, seed, conditions), conditions);
    }

    /** Returns {@code count} draws from p(z), or p(z|c) of each condition when the prior is learned: [count][latent]. */
    public float[][] priorCodes(int count, long seed, double[][] conditions) {
        Code code = model.specification().code();
        Require.state(code.isSampled(), "sample", "a deterministic code has no prior", "code", Label.of(code.getClass()),
                "a Gaussian code");
        requireRoom("sample", count);
        int latent = code.latent();
        float[][] z = new float[count][latent];
        float[] normals = new float[4];
        for (long i = 0; i < (long) count * latent; i++) {
            if (i % 4 == 0) {
                Philox.normals(seed, (int) (i / 4), 0, RandomStream.SAMPLING.ordinal(), normals);
            }
            z[(int) (i / latent)][(int) (i % latent)] = normals[(int) (i % 4)];
        }
        float[][] heads = model.hasPriorNetwork() ? priorHeads(conditions(conditions, count)) : new float[count][];
        for (int r = 0; r < count; r++) {
            model.specification().prior().draw(z[r], heads[r]);
        }
        return z;
    }

    private float[][] priorHeads(float[][] scaled) {
        float[][] heads = new float[scaled.length][];
        blocks(scaled.length, Integer.MAX_VALUE, (workspace, from, count, size) -> {
            Workspace.Recording pass = workspace.pass(Workspace.Kind.PRIOR, size, 1);
            put(scaled, from, count, pass.condition);
            pass.run(count, 0);
            store(pass, size, count, heads, from);
        });
        return heads;
    }

    /** Checks conditions on the scale of the data and returns them on that of the model; null for an unconditional model. */
    private float[][] conditions(double[][] rows, int count) {
        int width = model.schema().conditions();
        if (width == 0) {
            Require.that(rows == null, "condition", "the model is not conditioned on anything", "rows", rows == null ? 0 : rows.length,
                    "none");
            return null;
        }
        Require.that(rows != null && rows.length == count, "condition", "not one for each row", "rows", rows == null ? "none" : rows.length,
                "" + count);
        requireRows(rows, width, "condition");
        double[][] accepted = accepted(rows);
        float[][] scaled = new float[count][];
        for (int row = 0; row < count; row++) {
            scaled[row] = model.schema().conditionScaling().encode(accepted[row]);
        }
        return scaled;
    }

    /** Real-valued conditions as the schema accepts them. */
    private double[][] accepted(double[][] rows) {
        if (rows.length == 0 || model.specification().condition() == ConditionKind.LABELS) {
            return rows;
        }
        Dataset values = model.schema().acceptConditions(Dataset.of(rows).withSource("condition"));
        return IntStream.range(0, rows.length).mapToObj(values::numbers).toArray(double[][]::new);
    }

    /** Refuses rows of another width and numbers that are not finite; rows and columns count from 1, as they do for data. */
    private static void requireRows(double[][] rows, int width, String role) {
        for (int r = 0; r < rows.length; r++) {
            if (rows[r] == null || rows[r].length != width) {
                throw new IllegalArgumentException(role + ": row " + (r + 1) + " has another width: columns="
                        + (rows[r] == null ? "null" : rows[r].length) + ", expected " + width);
            }
            for (int j = 0; j < width; j++) {
                if (!Double.isFinite(rows[r][j])) {
                    throw new IllegalArgumentException(role + ": row " + (r + 1) + ", column " + (j + 1) + " is not finite: value="
                            + rows[r][j] + ", expected a finite number");
                }
            }
        }
    }

    /** From decoder outputs, which are overwritten, to the units of the data. */
    private double[][] toData(float[][] rows) {
        int features = model.schema().features();
        FeatureTerms terms = model.specification().likelihood().onHost(model.parameters(), features);
        double[][] decoded = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < features; j++) {
                rows[i][j] = (float) terms.mean(j, rows[i][j]);
            }
            decoded[i] = model.schema().scaling().decode(rows[i]);
            rows[i] = null;
        }
        return decoded;
    }

    private static float[][] floats(double[][] rows) {
        float[][] floats = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            floats[i] = new float[rows[i].length];
            for (int j = 0; j < rows[i].length; j++) {
                floats[i][j] = (float) rows[i][j];
            }
            rows[i] = null;
        }
        return floats;
    }

    private static double[][] doubles(float[][] rows) {
        return rows == null ? null : Arrays.stream(rows)
                .map(row -> row == null ? null : IntStream.range(0, row.length).mapToDouble(j -> row[j]).toArray())
                .toArray(double[][]::new);
    }

    /**
     * Scores rows; what a row draws is keyed by the seed and what it holds, so its score is the same in any order, batch, thread or partition.
     *
     * @throws IllegalArgumentException when the model has no such score
     */
    public double[] score(Examples examples, ScoreSettings settings) {
        return score(examples, settings, null, false, (row, score, parts) -> {}, done -> {});
    }

    /**
     * Scores rows and hands them on in order, with what each feature contributes when asked.
     *
     * @param ids what keys the draws of a row in place of what it holds, one a row; null for what it holds
     * @param progress is told how many rows are done
     * @return all scores
     */
    public double[] score(Examples examples, ScoreSettings settings, String[] ids, boolean explained, ScoreReceiver receiver,
            Consumer<Integer> progress) {
        Rows rows = new Rows(model, examples, settings.seed(), ids);
        RowScores scorer = new RowScores(model, settings, explained);
        double[] scores = new double[rows.count()];
        double[][] contributions = explained ? new double[scores.length][] : null;
        int most = RowScores.mostRows(model, settings);
        for (int start = 0; start < scores.length; start += STRIDE) {
            int first = start;
            int count = Math.min(STRIDE, scores.length - start);
            blocks(count, most,
                    (workspace, from, number, size) -> scorer.score(workspace, rows, first + from, number, size, scores, contributions));
            for (int row = first; row < first + count; row++) {
                receiver.score(row, scores[row], explained ? contributions[row] : new double[0]);
                if (explained) {
                    contributions[row] = null;
                }
            }
            progress.accept(first + count);
        }
        return scores;
    }

    /** Gives the workspaces back. Calls that are running end first; later ones are refused. */
    @Override
    public void close() {
        closed = true;
        for (Workspace workspace = idle.pollFirst(); workspace != null; workspace = idle.pollFirst()) {
            workspace.close();
        }
    }

    /** Returns the model and whether it may still be used, in one line. */
    @Override
    public String toString() {
        return "Inference[" + model.specification().preset() + (closed ? ", closed]" : "]");
    }
}
