package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.StepState;
import dev.hourglass.backend.StepTable;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** A CPU backend with two threads, buffers filled at random, and comparisons with formulas in double. */
final class Fixture implements AutoCloseable {
    final CpuBackend backend = new CpuBackend(2);
    private final Random random;

    Fixture(int seed) {
        random = new Random(seed);
    }

    /** Normal numbers of the given standard deviation, in the middle of a larger allocation. */
    Buffer normal(int length, double deviation) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return of(values);
    }

    /** Uniform numbers in [0, 1). */
    Buffer uniform(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat();
        }
        return of(values);
    }

    Buffer of(float... values) {
        Buffer buffer = empty(values.length);
        backend.write(buffer, values, 0, values.length);
        return buffer;
    }

    Buffer integers(int... values) {
        Buffer buffer = backend.allocate(ElementType.INT32, values.length + 2).slice(1, values.length);
        backend.write(buffer, values, 0, values.length);
        return buffer;
    }

    /** Undefined contents, not at the start of its allocation. */
    Buffer empty(int length) {
        return backend.allocate(ElementType.FLOAT32, length + 5L).slice(3, length);
    }

    Buffer state(long seed, int step) {
        return integers(StepState.words(seed, step, 1000, new StepTable(1).set(0, 0.01f, 1, 0.1f, 0.01f)));
    }

    float[] read(Buffer buffer) {
        float[] values = new float[(int) buffer.length()];
        backend.read(buffer, values, 0);
        return values;
    }

    /** The contents in double. */
    double[] doubles(Buffer buffer) {
        float[] values = read(buffer);
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    void close(String what, double[] expected, Buffer actual, double tolerance) {
        double[] found = doubles(actual);
        assertEquals(expected.length, found.length, what + " length");
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], tolerance * (1 + Math.abs(expected[i])), what + "[" + i + "]");
        }
    }

    /** Central differences of {@code loss} with respect to every element of {@code at}. */
    static double[] gradient(double[] at, ToDoubleFunction<double[]> loss) {
        double[] gradient = new double[at.length];
        double h = 1e-5;
        for (int i = 0; i < at.length; i++) {
            double middle = at[i];
            at[i] = middle + h;
            double up = loss.applyAsDouble(at);
            at[i] = middle - h;
            gradient[i] = (up - loss.applyAsDouble(at)) / (2 * h);
            at[i] = middle;
        }
        return gradient;
    }

    /** base + addition, elementwise. */
    static double[] sum(double[] base, double[] addition) {
        double[] sum = base.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += addition[i];
        }
        return sum;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    @Override
    public void close() {
        backend.close();
    }
}
