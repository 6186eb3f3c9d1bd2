package dev.hourglass.testkit;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One run of a parity case on one backend: gives it its inputs, the same random numbers on every backend, and takes note of what it writes.
 * Every buffer starts {@code offset} elements into its memory, so that unaligned addresses are met too.
 */
public final class Bench {
    /** How far a result may be from that of the reference. */
    @FunctionalInterface
    public interface Bound {
        /** Returns the largest difference allowed at a flat index where the reference says {@code expected}; 0 asks for the same bits. */
        double allowed(int index, double expected);
    }

    /** The same bits. */
    public static final Bound EQUAL = (index, expected) -> 0;

    /** A result to compare. */
    record Output(String name, int rows, int columns, Buffer buffer, Bound bound) {}

    /** An input, which must be as before when the case is done. */
    private record Input(Buffer buffer, float[] values) {}

    private final Backend backend;
    private final Random random;
    private final int offset;
    private final List<Buffer> allocated = new ArrayList<>();
    private final List<Input> inputs = new ArrayList<>();
    private final List<Output> outputs = new ArrayList<>();

    Bench(Backend backend, long seed, int offset) {
        this.backend = backend;
        this.random = new Random(seed);
        this.offset = offset;
    }

    /** Returns the backend under test. */
    public Backend backend() {
        return backend;
    }

    /** Returns a bound of so many units in the last place of the expected value, and no less than {@code floor}. */
    public static Bound ulps(double count, double floor) {
        return (index, expected) -> Math.max(floor, count * 0x1p-23 * Math.abs(expected));
    }

    /** Returns n standard normal numbers. */
    public float[] normal(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Returns n uniform numbers in [low, high). */
    public float[] uniform(int n, float low, float high) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = low + (high - low) * random.nextFloat();
        }
        return values;
    }

    /** Returns n integers in [0, bound). */
    public int[] integers(int n, int bound) {
        return random.ints(n, 0, bound).toArray();
    }

    /** Returns an input of these values. Not modified by the case: that is checked. */
    public Buffer floats(float... values) {
        Buffer buffer = allocate(ElementType.FLOAT32, values.length);
        backend.write(buffer, values, 0, values.length);
        inputs.add(new Input(buffer, values.clone()));
        return buffer;
    }

    /** Returns an input of these values. */
    public Buffer bytes(byte... values) {
        Buffer buffer = allocate(ElementType.UINT8, values.length);
        backend.write(buffer, values, 0, values.length);
        return buffer;
    }

    /** Returns an input of these values. */
    public Buffer ints(int... values) {
        Buffer buffer = allocate(ElementType.INT32, values.length);
        backend.write(buffer, values, 0, values.length);
        return buffer;
    }

    /** Returns the words of a state at some step of some run; learning rate 0.01, KL weight 0.5, corrections 0.19 and 0.002. */
    public int[] stateWords(int row) {
        int[] words = StepState.words(0x1234_5678_9abc_def0L, 7, 1000, new StepTable(1).set(0, 0.01f, 0.5f, 0.19f, 0.002f));
        words[StepState.ROW] = row;
        return words;
    }

    /** Returns an input holding such a state. */
    public Buffer state(int row) {
        return ints(stateWords(row));
    }

    /** Returns a result [rows, columns] that holds NaN until the case writes it: what is not written is found. */
    public Buffer output(String name, int rows, int columns, Bound bound) {
        float[] poison = new float[rows * columns];
        Arrays.fill(poison, Float.NaN);
        return output(name, rows, columns, poison, bound);
    }

    /** Returns a result [rows, columns] that the case changes or adds to. */
    public Buffer output(String name, int rows, int columns, float[] start, Bound bound) {
        Buffer buffer = allocate(ElementType.FLOAT32, start.length);
        backend.write(buffer, start, 0, start.length);
        outputs.add(new Output(name, rows, columns, buffer, bound));
        return buffer;
    }

    /** Returns a result of n integers, compared bit by bit. */
    public Buffer outputInts(String name, int... start) {
        Buffer buffer = ints(start);
        outputs.add(new Output(name, 1, start.length, buffer, EQUAL));
        return buffer;
    }

    /** Returns a result of n doubles that all start at a value. */
    public Buffer outputDoubles(String name, int n, float start, Bound bound) {
        Buffer buffer = allocate(ElementType.FLOAT64, n);
        backend.fill(buffer, start);
        outputs.add(new Output(name, 1, n, buffer, bound));
        return buffer;
    }

    /** Returns room for what the case computes on the way; not compared. */
    public Buffer scratch(int length) {
        return allocate(ElementType.FLOAT32, length);
    }

    List<Output> outputs() {
        return outputs;
    }

    /** Returns all of a result as doubles. */
    double[] values(Output output) {
        int length = (int) output.buffer.length();
        double[] values = new double[length];
        switch (output.buffer.type()) {
            case FLOAT64 -> backend.read(output.buffer, values, 0);
            case FLOAT32 -> {
                float[] floats = new float[length];
                backend.read(output.buffer, floats, 0);
                for (int i = 0; i < length; i++) {
                    values[i] = floats[i];
                }
            }
            case INT32 -> {
                int[] ints = new int[length];
                backend.read(output.buffer, ints, 0);
                for (int i = 0; i < length; i++) {
                    values[i] = ints[i];
                }
            }
            default -> throw new IllegalArgumentException("results are not of type " + output.buffer.type());
        }
        return values;
    }

    /** Returns whether every input still holds what it was given. */
    boolean inputsUnchanged() {
        for (Input input : inputs) {
            float[] now = new float[input.values.length];
            backend.read(input.buffer, now, 0);
            if (!Arrays.equals(now, input.values)) {
                return false;
            }
        }
        return true;
    }

    void release() {
        allocated.forEach(backend::release);
    }

    private Buffer allocate(ElementType type, int length) {
        Buffer whole = backend.allocate(type, (long) length + offset);
        allocated.add(whole);
        return whole.slice(offset, length);
    }
}
