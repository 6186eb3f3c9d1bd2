package dev.hourglass.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Philox;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Runs primitives on every enabled backend and compares what they write with a double-precision formula written in the test. On the emulated
 * driver each case runs in three orders of threads and blocks; on all backends also from addresses that are not aligned. Results start as NaN,
 * so what is not written is found, and inputs must stay as they were.
 */
public final class FormulaCheck implements AutoCloseable {
    private static final long SEED = 0x1234_5678_9abc_def0L;
    private static final int STEP = 7;

    private final Map<Backends.Kind, Backend> backends = new EnumMap<>(Backends.Kind.class);

    /** Opens every enabled backend. */
    public FormulaCheck() {
        for (Backends.Kind kind : Backends.enabled()) {
            backends.put(kind, Backends.open(kind));
        }
    }

    /** Begins a case; its random numbers follow from its name. */
    public Case of(String name, Object... arguments) {
        return new Case(String.format(Locale.ROOT, name, arguments));
    }

    /** Returns the normals of stream SAMPLING at elements 0 to count - 1 under the state of {@link Case#state}. */
    public static float[] eps(int count) {
        return eps(SEED, count);
    }

    /** Returns the normals of so many elements for each example under its key, example after example. */
    public static float[] eps(int[] keys, int count) {
        float[] values = new float[keys.length / 2 * count];
        for (int b = 0; b < keys.length / 2; b++) {
            System.arraycopy(eps((keys[2 * b] & 0xFFFFFFFFL) | (long) keys[2 * b + 1] << 32, count), 0, values, b * count, count);
        }
        return values;
    }

    private static float[] eps(long key, int count) {
        float[] values = new float[(count + 3) / 4 * 4];
        float[] four = new float[4];
        for (int block = 0; 4 * block < count; block++) {
            Philox.normals(key, block, STEP, RandomStream.SAMPLING.ordinal(), four);
            System.arraycopy(four, 0, values, 4 * block, 4);
        }
        return values;
    }

    /** Closes the backends; a buffer that is still live fails. */
    @Override
    public void close() {
        if (backends.containsKey(Backends.Kind.CUDA_EMULATED)) {
            EmulatedDriver.setOrder(EmulatedDriver.Order.FORWARD, 0);
        }
        backends.forEach((kind, backend) -> {
            assertEquals(0, backend.liveBytes(), "live bytes of " + kind.label());
            backend.close();
        });
    }

    /** A buffer of a case, a different one on each backend. */
    public static final class Slot {
        private final String name;
        private final float[] start;
        private final int[] words;
        private final Terms expected;
        private Buffer whole;
        private Buffer buffer;

        private Slot(String name, float[] start, int[] words, Terms expected) {
            this.name = name;
            this.start = start;
            this.words = words;
            this.expected = expected;
        }

        /** Returns the buffer on the backend that runs now. */
        public Buffer buffer() {
            return buffer;
        }

        private void open(Backend backend, int offset) {
            int length = words != null ? words.length : start.length;
            whole = backend.allocate(words != null ? ElementType.INT32 : ElementType.FLOAT32, length + offset);
            buffer = whole.slice(offset, length);
            if (words != null) {
                backend.write(buffer, words, 0, length);
            } else {
                backend.write(buffer, start, 0, length);
            }
        }
    }

    /** One primitive with its inputs and expected results. */
    public final class Case {
        private final String name;
        private final Random random;
        private final List<Slot> slots = new ArrayList<>();

        private Case(String name) {
            this.name = name;
            random = new Random(name.hashCode());
        }

        /** Returns the random numbers of this case. */
        public Random random() {
            return random;
        }

        /** Returns n normal numbers of this deviation. */
        public float[] normal(int n, double deviation) {
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                values[i] = (float) (deviation * random.nextGaussian());
            }
            return values;
        }

        /** Returns n uniform numbers in [low, high). */
        public float[] uniform(int n, double low, double high) {
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                values[i] = (float) (low + (high - low) * random.nextDouble());
            }
            return values;
        }

        /** An input of these values, or no buffer for null. */
        public Slot input(float[] values) {
            return slot(new Slot("input", values, null, null), values == null);
        }

        /** A step state. */
        public Slot state() {
            return integers(StepState.words(SEED, STEP, 1, new StepTable(1)));
        }

        /** An input of these integers, or no buffer for null. */
        public Slot integers(int[] values) {
            return slot(new Slot("integers", null, values, null), values == null);
        }

        /** A result that is set, or no buffer when it is not wanted. */
        public Slot output(String what, Terms expected, boolean wanted) {
            float[] poison = new float[expected.rows() * expected.columns()];
            Arrays.fill(poison, Float.NaN);
            return slot(new Slot(what, poison, null, expected), !wanted);
        }

        /** A result that is set. */
        public Slot output(String what, Terms expected) {
            return output(what, expected, true);
        }

        /** A gradient that is set, or added to what stands there. */
        public Slot gradient(String what, Terms expected, boolean accumulate) {
            if (!accumulate) {
                return output(what, expected);
            }
            float[] start = normal(expected.rows() * expected.columns(), 1);
            return changed(what, start, expected);
        }

        /** A result that starts as these values, which count as terms. */
        public Slot changed(String what, float[] start, Terms expected) {
            for (int i = 0; i < start.length; i++) {
                expected.add(i, start[i]);
            }
            return slot(new Slot(what, start, null, expected), false);
        }

        /** A result that starts as these values, which it replaces. */
        public Slot replaced(String what, float[] start, Terms expected) {
            return slot(new Slot(what, start, null, expected), false);
        }

        /** Runs it everywhere. */
        public void run(Consumer<Backend> call) {
            backends.forEach((kind, backend) -> {
                boolean emulated = kind == Backends.Kind.CUDA_EMULATED;
                for (EmulatedDriver.Order order : EmulatedDriver.Order.values()) {
                    if (emulated) {
                        EmulatedDriver.setOrder(order, 5);
                    } else if (order != EmulatedDriver.Order.FORWARD) {
                        continue;
                    }
                    run(backend, call, kind.label() + (emulated ? " " + order : ""), 0);
                }
                if (emulated) {
                    EmulatedDriver.setOrder(EmulatedDriver.Order.FORWARD, 0);
                }
                run(backend, call, kind.label() + " unaligned", 1);
            });
        }

        private Slot slot(Slot slot, boolean absent) {
            if (!absent) {
                slots.add(slot);
            }
            return slot;
        }

        private void run(Backend backend, Consumer<Backend> call, String where, int offset) {
            slots.forEach(slot -> slot.open(backend, offset));
            try {
                call.accept(backend);
                slots.forEach(slot -> check(backend, slot, where));
            } finally {
                slots.forEach(slot -> backend.release(slot.whole));
            }
        }

        private void check(Backend backend, Slot slot, String where) {
            if (slot.words != null) {
                int[] now = new int[slot.words.length];
                backend.read(slot.buffer, now, 0);
                assertArrayEquals(slot.words, now, name + ": an input of integers was modified");
                return;
            }
            float[] actual = new float[slot.start.length];
            backend.read(slot.buffer, actual, 0);
            if (slot.expected == null) {
                assertArrayEquals(slot.start, actual, name + ": an input was modified");
            } else {
                compare(slot, actual, where);
            }
        }

        private void compare(Slot slot, float[] actual, String where) {
            Terms expected = slot.expected;
            int wrong = 0;
            int worst = 0;
            double most = 0;
            for (int i = 0; i < actual.length; i++) {
                double excess = Math.abs(actual[i] - expected.sum(i)) / expected.allowed(i);
                wrong += excess <= 1 ? 0 : 1;
                if (!(excess <= most)) {
                    most = Double.isNaN(excess) ? Double.POSITIVE_INFINITY : excess;
                    worst = i;
                }
            }
            if (wrong > 0) {
                fail(String.format(Locale.ROOT,
                        "%s %s [%d, %d]: %d of %d differ, worst at (%d, %d): formula=%.9g %s=%.9g |d|=%.2g allowed=%.2g",
                        name, slot.name, expected.rows(), expected.columns(), wrong, actual.length, worst / expected.columns(),
                        worst % expected.columns(), expected.sum(worst), where, actual[worst],
                        Math.abs(actual[worst] - expected.sum(worst)),
                        expected.allowed(worst)));
            }
        }
    }
}
