package dev.hourglass.model;

import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.StepState;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Scaling;
import dev.hourglass.model.Specification.ConditionKind;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;

/**
 * Examples on a device in their own element type, and the step state that says which of them a batch takes. A set within {@link #RESIDENT_BYTES}
 * is copied once; a larger one passes through a window of rows that is refilled, in the order of the epoch, whenever a batch leaves it.
 */
public final class Feed implements AutoCloseable {
    /** Sets up to this size stay on the device. */
    public static final long RESIDENT_BYTES = 2L << 30;

    private final Scope scope;
    private final Examples examples;
    private final Specification specification;
    private final int window;
    private final boolean resident;
    private final Buffer data;
    private final Buffer conditionData;
    private final Buffer orderBuffer;
    private final Buffer state;
    private final Scaled featureScaling;
    private final Scaled conditionScaling;
    private final int conditionWidth;
    private int[] order = new int[0];
    private int windowStart = -1;

    private record Scaled(Buffer shift, Buffer scale) {
        static Scaled of(Scope scope, Scaling scaling) {
            return new Scaled(upload(scope, scaling.shift()), upload(scope, scaling.scale()));
        }

        private static Buffer upload(Scope scope, float[] values) {
            Buffer buffer = scope.buffer(ElementType.FLOAT32, values.length);
            scope.backend().write(buffer, values, 0, values.length);
            return buffer;
        }
    }

    /**
     * Puts examples on a device for a model.
     *
     * @param longestOrder rows visited at most between two calls of {@link #begin}
     * @param batch the usual batch size: a window holds a multiple of it
     */
    public Feed(Backend backend, Specification specification, Domain domain, Examples examples, int longestOrder, int batch) {
        this(backend, specification, domain, examples, longestOrder, batch, RESIDENT_BYTES);
    }

    /** The same with another limit for what stays on the device; {@code residentBytes} is also the size of the window, at least one batch. */
    public Feed(Backend backend, Specification specification, Domain domain, Examples examples, int longestOrder, int batch, long residentBytes) {
        this.examples = examples.fitted(specification.condition(), domain);
        this.scope = new Scope(backend, "data");
        this.specification = specification;
        Dataset features = examples.features();
        long rowBytes = (long) features.columns() * type(features).bytes();
        this.resident = rowBytes * features.rows() <= residentBytes;
        this.window = resident ? features.rows() : batch * (int) Math.max(1, Math.min(Integer.MAX_VALUE, residentBytes / rowBytes) / batch);
        this.data = scope.buffer(type(features), (long) window * features.columns());
        this.conditionWidth = domain.conditions();
        this.conditionData = allocateConditions();
        this.orderBuffer = scope.buffer(ElementType.INT32, longestOrder);
        this.state = scope.buffer(ElementType.INT32, StepState.WORDS);
        this.featureScaling = Scaled.of(scope, domain.scaling());
        this.conditionScaling = Scaled.of(scope, domain.conditionScaling());
        if (resident) {
            fill(null, 0, features.rows());
        }
    }

    private Buffer allocateConditions() {
        return switch (specification.condition()) {
            case NONE -> null;
            case LABELS -> scope.buffer(ElementType.INT32, window);
            case VALUES -> scope.buffer(type(examples.conditions()), (long) window * conditionWidth);
        };
    }

    private static ElementType type(Dataset data) {
        return data.element() == Dataset.Element.UINT8 ? ElementType.UINT8 : ElementType.FLOAT32;
    }

    /** Returns the step state, INT32[16]. */
    public Buffer state() {
        return state;
    }

    /** Returns the rows of the window: a batch may not be larger. */
    public int window() {
        return window;
    }

    /** Starts an epoch: which rows in which order, the seed of its draws, steps done before it, and the schedule (rows of {@link StepState#TABLE_COLUMNS}). */
    public void begin(int[] newOrder, long seed, int step, float[] table) {
        this.order = newOrder;
        this.windowStart = -1;
        int[] positions = newOrder;
        if (!resident) {
            positions = new int[newOrder.length];
            for (int i = 0; i < positions.length; i++) {
                positions[i] = i % window;
            }
        }
        scope.backend().write(orderBuffer, positions, 0, positions.length);
        scope.backend().write(state, StepState.words(seed, step, newOrder.length, table), 0, StepState.WORDS);
    }

    /** Makes sure that the rows of the batch starting at {@code position} of the order are on the device. */
    public void prepare(int position, int rows) {
        int start = position - position % window;
        if (resident || start == windowStart && position + rows <= start + window) {
            return;
        }
        if (position + rows > start + window) {
            throw new IllegalArgumentException("feed: batch crosses the window: position=" + position + " rows=" + rows + " window=" + window
                    + ", expected a batch size that divides the window");
        }
        fill(order, start, Math.min(window, order.length - start));
        windowStart = start;
    }

    /** Copies {@code count} rows, those at {@code start} on of the order (or of the set itself), to the front of the window. */
    private void fill(int[] rowOrder, int start, int count) {
        Backend backend = scope.backend();
        int chunk = Math.max(1, Math.min(count, (16 << 20) / examples.features().columns()));
        for (int done = 0; done < count; done += chunk) {
            int rows = Math.min(chunk, count - done);
            copy(backend, examples.features(), rowOrder, start + done, rows, data, done);
            if (specification.condition() == ConditionKind.VALUES) {
                copy(backend, examples.conditions(), rowOrder, start + done, rows, conditionData, done);
            }
        }
        if (specification.condition() == ConditionKind.LABELS) {
            int[] labels = new int[count];
            for (int i = 0; i < count; i++) {
                labels[i] = examples.features().label(rowOrder == null ? i : rowOrder[start + i]);
            }
            backend.write(conditionData, labels, 0, count);
        }
    }

    private static void copy(Backend backend, Dataset source, int[] rowOrder, int start, int rows, Buffer target, int targetRow) {
        int columns = source.columns();
        Buffer part = target.slice((long) targetRow * columns, (long) rows * columns);
        if (source.element() == Dataset.Element.UINT8) {
            byte[] values = new byte[rows * columns];
            if (rowOrder == null) {
                source.copyRows(start, rows, values, 0);
            }
            for (int i = 0; rowOrder != null && i < rows; i++) {
                source.copyRows(rowOrder[start + i], 1, values, i * columns);
            }
            backend.write(part, values, 0, values.length);
        } else {
            float[] values = new float[rows * columns];
            if (rowOrder == null) {
                source.copyRows(start, rows, values, 0);
            }
            for (int i = 0; rowOrder != null && i < rows; i++) {
                source.copyRows(rowOrder[start + i], 1, values, i * columns);
            }
            backend.write(part, values, 0, values.length);
        }
    }

    /** Records the gathering of a batch: clean target, corrupted input (when {@code corrupt}) and condition. */
    public Batch batch(Tape tape, int rows, boolean corrupt) {
        Backend backend = scope.backend();
        int features = examples.features().columns();
        Noise noise = corrupt ? specification.corruption().noise() : Noise.NONE;
        Binarization binarization = specification.binarization();
        Tensor target = tape.scope().tensor("x", rows, features);
        Tensor input = noise.kind() == Noise.Kind.NONE ? target : tape.scope().tensor("corrupted x", rows, features);
        tape.append(() -> backend.gather(rows, features, data, orderBuffer, state, featureScaling.shift(), featureScaling.scale(),
                binarization, noise, target.buffer(), input == target ? null : input.buffer()));
        if (specification.condition() == ConditionKind.NONE) {
            return new Batch(target, input, null);
        }
        Tensor condition = tape.scope().tensor("c", rows, conditionWidth);
        if (specification.condition() == ConditionKind.LABELS) {
            tape.append(() -> backend.gatherOneHot(rows, conditionWidth, conditionData, orderBuffer, state, condition.buffer()));
        } else {
            tape.append(() -> backend.gather(rows, conditionWidth, conditionData, orderBuffer, state, conditionScaling.shift(),
                    conditionScaling.scale(), Binarization.NONE, Noise.NONE, condition.buffer(), null));
        }
        return new Batch(target, input, condition);
    }

    @Override
    public void close() {
        scope.close();
    }
}
