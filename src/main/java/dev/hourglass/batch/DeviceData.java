package dev.hourglass.batch;

import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.message.Require;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;

/**
 * Examples on a device in their own element type, and the step state that says which of them a batch takes. A set within {@link #RESIDENT_BYTES}
 * is copied once; a larger one passes through a window of rows that is refilled, in the order of the epoch, whenever a batch leaves it.
 */
public final class DeviceData implements AutoCloseable {
    /** Sets up to this size stay on the device. */
    public static final long RESIDENT_BYTES = 2L << 30;
    /** Elements copied at a time. */
    private static final int CHUNK = 16 << 20;

    private final Scope scope;
    private final Examples examples;
    private final BatchEncoding encoding;
    private final int window;
    private final boolean resident;
    private final ScaledRows target;
    private final ScaledRows input;
    private final ScaledRows conditions;
    private final Buffer labels;
    private final Buffer orderBuffer;
    private final Buffer state;
    private int[] order = new int[0];
    private int windowStart = -1;

    /**
     * Puts examples on a device.
     *
     * @param examples that suit the model: checked, complete, labels numbered as in training
     * @param longestOrder rows visited at most between two calls of {@link #begin}
     * @param batch the usual batch size: a window holds a multiple of it
     */
    public DeviceData(Backend backend, BatchEncoding encoding, Examples examples, int longestOrder, int batch) {
        this(backend, encoding, examples, longestOrder, batch, RESIDENT_BYTES);
    }

    /** The same with another limit for what stays on the device; {@code residentBytes} is also the size of the window, at least one batch. */
    public DeviceData(Backend backend, BatchEncoding encoding, Examples examples, int longestOrder, int batch, long residentBytes) {
        this.examples = examples;
        this.encoding = encoding;
        this.scope = new Scope(backend, "data");
        Dataset features = examples.features();
        long rowBytes = (long) features.columns() * ScaledRows.type(features, encoding.target()).bytes();
        this.resident = rowBytes * features.rows() <= residentBytes;
        this.window = resident ? features.rows() : batch * (int) Math.max(1, Math.min(Integer.MAX_VALUE, residentBytes / rowBytes) / batch);
        this.target = new ScaledRows(scope, features, encoding.target(), window);
        this.input = encoding.isSplit() ? new ScaledRows(scope, features, encoding.input(), window) : target;
        this.conditions = encoding.condition() == ConditionKind.VALUES
                ? new ScaledRows(scope, examples.conditions(), encoding.conditionScaling(), window) : null;
        this.labels = encoding.condition() == ConditionKind.LABELS ? scope.buffer(ElementType.INT32, window) : null;
        this.orderBuffer = scope.buffer(ElementType.INT32, longestOrder);
        this.state = scope.buffer(ElementType.INT32, StepState.WORDS);
        if (resident) {
            fill(null, 0, features.rows());
        }
    }

    /** Returns the device. */
    public Backend backend() {
        return scope.backend();
    }

    /** Returns the step state, INT32[16]. */
    public Buffer state() {
        return state;
    }

    /** Returns the rows of the window: a batch may not be larger. */
    public int window() {
        return window;
    }

    /** Returns 0, 1, ... rows - 1. */
    public static int[] inOrder(int rows) {
        int[] order = new int[rows];
        java.util.Arrays.setAll(order, i -> i);
        return order;
    }

    /** Starts an epoch: which rows in which order, the seed of its draws, steps done before it, and what its first step is told. */
    public void begin(int[] newOrder, long seed, int step, StepTable table) {
        this.order = newOrder;
        this.windowStart = -1;
        int[] positions = newOrder;
        if (!resident) {
            positions = new int[newOrder.length];
            for (int i = 0; i < positions.length; i++) {
                positions[i] = i % window;
            }
        }
        backend().write(orderBuffer, positions, 0, positions.length);
        backend().write(state, StepState.words(seed, step, newOrder.length, table), 0, StepState.WORDS);
    }

    /** Makes sure that the rows of the batch starting at {@code position} of the order are on the device. */
    public void prepare(int position, int rows) {
        int start = position - position % window;
        if (resident || start == windowStart && position + rows <= start + window) {
            return;
        }
        Require.that(position + rows <= start + window, "batches", "batch crosses the window", "position",
                position + " rows=" + rows + " window=" + window,
                "a batch size that divides the window");
        fill(order, start, Math.min(window, order.length - start));
        windowStart = start;
    }

    /** Copies {@code count} rows, those at {@code start} on of the order (or of the set itself), to the front of the window. */
    private void fill(int[] rowOrder, int start, int count) {
        int chunk = Math.max(1, Math.min(count, CHUNK / examples.features().columns()));
        for (int done = 0; done < count; done += chunk) {
            int rows = Math.min(chunk, count - done);
            target.copy(rowOrder, start + done, rows, done);
            if (input != target) {
                input.copy(rowOrder, start + done, rows, done);
            }
            if (conditions != null) {
                conditions.copy(rowOrder, start + done, rows, done);
            }
        }
        if (labels != null) {
            int[] codes = new int[count];
            for (int i = 0; i < count; i++) {
                codes[i] = examples.features().label(rowOrder == null ? i : rowOrder[start + i]);
            }
            backend().write(labels, codes, 0, count);
        }
    }

    /** Records the gathering of a batch: clean target, corrupted input (when {@code corrupt}) and condition. */
    public Batch batch(Tape tape, int rows, boolean corrupt) {
        Noise noise = corrupt ? encoding.noise() : Noise.NONE;
        boolean noisy = noise.kind() != Noise.Kind.NONE;
        Tensor x = tape.scope().tensor("x", rows, examples.features().columns());
        if (!encoding.isSplit()) {
            Tensor corrupted = noisy ? tape.scope().tensor("corrupted x", rows, x.columns()) : null;
            gather(tape, target, encoding.binarization(), noise, x, corrupted);
            return new Batch(x, noisy ? corrupted : x, condition(tape, rows));
        }
        gather(tape, target, encoding.binarization(), Noise.NONE, x, null);
        Tensor seen = tape.scope().tensor("input x", rows, x.columns());
        Tensor corrupted = noisy ? tape.scope().tensor("corrupted x", rows, x.columns()) : null;
        gather(tape, input, Binarization.NONE, noise, seen, corrupted);
        return new Batch(x, noisy ? corrupted : seen, condition(tape, rows));
    }

    private Tensor condition(Tape tape, int rows) {
        if (encoding.condition() == ConditionKind.NONE) {
            return null;
        }
        Tensor condition = tape.scope().tensor("c", rows, encoding.conditionWidth());
        if (labels != null) {
            tape.append(() -> tape.backend().gatherOneHot(rows, encoding.conditionWidth(), labels, orderBuffer, state, condition.buffer()));
        } else {
            gather(tape, conditions, Binarization.NONE, Noise.NONE, condition, null);
        }
        return condition;
    }

    private void gather(Tape tape, ScaledRows rows, Binarization binarization, Noise noise, Tensor clean, Tensor corrupted) {
        tape.append(() -> tape.backend().gather(clean.rows(), clean.columns(), rows.values(), orderBuffer, state, rows.shift(),
                rows.scale(), binarization,
                noise, clean.buffer(), corrupted == null ? null : corrupted.buffer()));
    }

    @Override
    public void close() {
        scope.close();
    }

    /** Returns the examples and how they are kept, in one line. */
    @Override
    public String toString() {
        return "DeviceData[" + examples.features() + (resident ? ", on the device]" : ", in windows of " + window + " rows]");
    }
}
