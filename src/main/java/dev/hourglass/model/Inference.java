package dev.hourglass.model;

import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Philox;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.StepState;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.Arrays;
import java.util.function.BiFunction;

/** What a trained model is used for: codes, reconstructions and samples, in the units of the data. Works in batches, so any number of rows will do. */
public final class Inference {
    private static final int BATCH = 512;

    private final Autoencoder model;

    /** Uses a model; the model stays with its owner. */
    public Inference(Autoencoder model) {
        this.model = model;
    }

    /** Returns h, or the mean of q(z|x), of every example: [rows][latent]. The input is not corrupted. */
    public float[][] encode(Examples examples) {
        int latent = model.specification().code().latent();
        return forEach(examples, 0, latent, (tape, work) -> new Ops(tape).columns("mean", model.encode(tape, work.batch.input(),
                work.batch.condition()).get(model.encoder().depth() - 1).output(), 0, latent));
    }

    /** Returns one sample of q(z|x) for every example, the same for the same seed: [rows][latent]; h for a deterministic code. */
    public float[][] encodeSample(Examples examples, long seed) {
        return forEach(examples, seed, model.specification().code().latent(), (tape, work) -> model.pass(tape, work.batch, work.state, 1).code());
    }

    /** Returns the mean of p(x|z) at the mean code of every example: [rows][features]. */
    public float[][] reconstruct(Examples examples) {
        int latent = model.specification().code().latent();
        float[][] rows = forEach(examples, 0, model.domain().features(), (tape, work) -> {
            Tensor head = model.encode(tape, work.batch.input(), work.batch.condition()).get(model.encoder().depth() - 1).output();
            return model.decode(tape, new Ops(tape).columns("mean", head, 0, latent), work.batch.condition());
        });
        return toData(rows);
    }

    /**
     * Returns the mean of p(x|z, c) of every code: [rows][features].
     *
     * @param codes [rows][latent]
     * @param conditions [rows][conditions] on the scale of the data (one-hot for labels), null for an unconditional model
     * @throws IllegalArgumentException when a row has the wrong width
     */
    public float[][] decode(float[][] codes, float[][] conditions) {
        int latent = model.specification().code().latent();
        int width = model.domain().conditions();
        float[][] scaled = checked(conditions, codes.length, width, "condition");
        checked(codes, codes.length, latent, "code");
        float[][] results = new float[codes.length][];
        for (int start = 0; start < codes.length; start += BATCH) {
            int rows = Math.min(BATCH, codes.length - start);
            try (Scope scope = new Scope(model.backend(), "decode")) {
                Tape tape = new Tape(scope);
                Tensor z = scope.tensor("z", rows, latent);
                z.write(flatten(codes, start, rows, latent));
                Tensor c = width == 0 ? null : scope.tensor("c", rows, width);
                if (c != null) {
                    c.write(flatten(scaled, start, rows, width));
                }
                Tensor parameters = model.decode(tape, z, c);
                tape.forward();
                store(parameters.read(), model.domain().features(), results, start);
            }
        }
        return toData(results);
    }

    /**
     * Returns {@code count} draws z ~ p(z) decoded to the mean of p(x|z): [count][features], the same for the same seed.
     *
     * @param conditions [count][conditions] for a conditional model, null otherwise
     * @throws IllegalStateException for a deterministic code, which has no prior to draw from
     */
    public float[][] sample(int count, long seed, float[][] conditions) {
        return decode(priorCodes(count, seed, conditions), conditions);
    }

    /** Returns {@code count} draws from p(z), or p(z|c) of each condition when the prior is learned: [count][latent]. */
    public float[][] priorCodes(int count, long seed, float[][] conditions) {
        Code code = model.specification().code();
        if (!code.isGaussian()) {
            throw new IllegalStateException("sample: a deterministic code has no prior: code=" + Specification.label(code.kind())
                    + ", expected a Gaussian code");
        }
        int latent = code.latent();
        float[][] z = new float[count][latent];
        float[] normals = new float[4];
        for (int i = 0; i < count * latent; i++) {
            if (i % 4 == 0) {
                Philox.normals(seed, i / 4, 0, RandomStream.SAMPLING.ordinal(), normals);
            }
            z[i / latent][i % latent] = normals[i % 4];
        }
        if (model.specification().prior().kind() == Prior.Kind.LEARNED) {
            shift(z, checked(conditions, count, model.domain().conditions(), "condition"));
        }
        return z;
    }

    /** z = m(c) + e^(s(c)/2) eps. */
    private void shift(float[][] z, float[][] conditions) {
        int latent = z[0].length;
        try (Scope scope = new Scope(model.backend(), "prior")) {
            Tape tape = new Tape(scope);
            Tensor c = scope.tensor("c", z.length, conditions[0].length);
            c.write(flatten(conditions, 0, z.length, conditions[0].length));
            Tensor head = model.prior(tape, c).head();
            tape.forward();
            float[] values = head.read();
            for (int r = 0; r < z.length; r++) {
                for (int j = 0; j < latent; j++) {
                    double s = Math.max(Prior.LOG_VARIANCE_FLOOR, values[r * 2 * latent + latent + j]);
                    z[r][j] = (float) (values[r * 2 * latent + j] + Math.exp(s / 2) * z[r][j]);
                }
            }
        }
    }

    private float[][] checked(float[][] rows, int count, int width, String role) {
        if (width == 0) {
            if (rows != null) {
                throw new IllegalArgumentException(role + ": rows=" + rows.length + ", expected none: the model is not conditioned on anything");
            }
            return null;
        }
        if (rows == null || rows.length != count) {
            throw new IllegalArgumentException(role + ": rows=" + (rows == null ? "none" : rows.length) + ", expected " + count);
        }
        for (float[] row : rows) {
            if (row.length != width) {
                throw new IllegalArgumentException(role + ": columns=" + row.length + ", expected " + width);
            }
        }
        float[][] copy = Arrays.stream(rows).map(float[]::clone).toArray(float[][]::new);
        if (role.equals("condition")) {
            for (float[] row : copy) {
                model.domain().conditionScaling().apply(row, 0, row.length, 1);
            }
        }
        return copy;
    }

    private static float[] flatten(float[][] rows, int start, int count, int width) {
        float[] flat = new float[count * width];
        for (int r = 0; r < count; r++) {
            System.arraycopy(rows[start + r], 0, flat, r * width, width);
        }
        return flat;
    }

    private static void store(float[] flat, int width, float[][] results, int start) {
        for (int r = 0; r * width < flat.length; r++) {
            results[start + r] = Arrays.copyOfRange(flat, r * width, (r + 1) * width);
        }
    }

    /** From decoder outputs to the units of the data. */
    private float[][] toData(float[][] rows) {
        boolean logits = model.specification().likelihood().kind() == Likelihood.Kind.BERNOULLI;
        for (float[] row : rows) {
            for (int i = 0; logits && i < row.length; i++) {
                row[i] = (float) (1 / (1 + Math.exp(-row[i])));
            }
            model.domain().scaling().invert(row, 0, row.length, 1);
        }
        return rows;
    }

    private record Work(Batch batch, Buffer state) {
    }

    private float[][] forEach(Examples examples, long seed, int width, BiFunction<Tape, Work, Tensor> build) {
        Backend backend = model.backend();
        int rows = examples.rows();
        float[][] results = new float[rows][];
        int[] order = new int[rows];
        Arrays.setAll(order, i -> i);
        try (Feed feed = new Feed(backend, model.specification(), model.domain(), examples, rows, BATCH)) {
            feed.begin(order, seed, 0, new float[StepState.TABLE_COLUMNS]);
            for (int start = 0; start < rows; ) {
                int count = Math.min(BATCH, rows - start);
                int batches = (rows - start) / count;
                start = run(feed, build, start, count, batches, results, width);
            }
        }
        return results;
    }

    /** Runs {@code batches} batches of {@code count} rows from {@code start}; returns where it stopped. */
    private int run(Feed feed, BiFunction<Tape, Work, Tensor> build, int start, int count, int batches, float[][] results, int width) {
        Backend backend = model.backend();
        try (Scope scope = new Scope(backend, "inference")) {
            Tape tape = new Tape(scope);
            Tensor result = build.apply(tape, new Work(feed.batch(tape, count, false), feed.state()));
            Buffer table = scope.buffer(ElementType.FLOAT32, StepState.TABLE_COLUMNS);
            backend.fill(table, 0);
            tape.append(() -> backend.advance(count, 1, table, feed.state()));
            int position = start;
            for (int i = 0; i < batches; i++) {
                feed.prepare(position, count);
                tape.forward();
                store(result.read(), width, results, position);
                position += count;
            }
            return position;
        }
    }
}
