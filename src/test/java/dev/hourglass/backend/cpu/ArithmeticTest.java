package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.backend.cpu.Arithmetic.AdamStep;
import dev.hourglass.backend.cpu.vector.Forms;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sums and products over ranges: the scalar twin against formulas, the vector twin against the scalar one, bit by bit. */
class ArithmeticTest {
    private static final int[] LENGTHS = {0, 1, 15, 16, 17, 255, 256, 257, 1000};
    private static final Arithmetic SCALAR = new ScalarArithmetic();
    private static final Arithmetic VECTOR = Forms.vectorArithmetic();
    private final Random random = new Random(4);
    private final float[] a = numbers();
    private final float[] b = numbers();
    private final float[] y = numbers();

    private float[] numbers() {
        float[] numbers = new float[1010];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private interface Loop {
        void run(Arithmetic arithmetic, float[] y);
    }

    private interface Element {
        float of(int i);
    }

    private void check(String name, int length, boolean accumulate, Loop loop, Element element) {
        float[] expected = y.clone();
        for (int i = 0; i < length; i++) {
            expected[3 + i] = accumulate ? expected[3 + i] + element.of(i) : element.of(i);
        }
        for (Arithmetic arithmetic : new Arithmetic[] {SCALAR, VECTOR}) {
            float[] actual = y.clone();
            loop.run(arithmetic, actual);
            assertArrayEquals(expected, actual, name + " length=" + length + " accumulate=" + accumulate);
        }
    }

    @Test
    void elementwise() {
        for (int length : LENGTHS) {
            for (boolean add : new boolean[] {false, true}) {
                check("scale", length, add, (on, t) -> on.scale(0.7f, a, 1, t, 3, add, length), i -> 0.7f * a[1 + i]);
                check("multiply", length, add, (on, t) -> on.multiply(a, 1, b, 2, t, 3, add, length), i -> a[1 + i] * b[2 + i]);
                check("difference", length, add, (on, t) -> on.difference(0.7f, a, 1, b, 2, t, 3, add, length),
                        i -> 0.7f * (a[1 + i] - b[2 + i]));
            }
        }
    }

    @Test
    void sums() {
        for (int length : LENGTHS) {
            double dot = 0;
            double size = 0;
            double distance = 0;
            for (int i = 0; i < length; i++) {
                dot += (double) a[1 + i] * b[2 + i];
                size += Math.abs(a[1 + i] * b[2 + i]);
                distance += ((double) a[1 + i] - b[2 + i]) * ((double) a[1 + i] - b[2 + i]);
            }
            for (Arithmetic arithmetic : new Arithmetic[] {SCALAR, VECTOR}) {
                assertEquals(dot, arithmetic.dot(a, 1, b, 2, length), 1e-6 * size, "dot length=" + length);
                assertEquals(distance, arithmetic.squaredDistance(a, 1, b, 2, length), 1e-6 * distance, "distance length=" + length);
            }
        }
    }

    @Test
    void adamHasTheSameBits() {
        AdamStep step = new AdamStep(0.9f, 0.8f, 0.99f, 1e-8f, 0.999f, 0.01f, 1.5f);
        float[][] results = new float[2][];
        for (int twin = 0; twin < 2; twin++) {
            float[] w = y.clone();
            float[] m = a.clone();
            float[] v = new float[1010];
            for (int i = 0; i < v.length; i++) {
                v[i] = b[i] * b[i];
            }
            (twin == 0 ? SCALAR : VECTOR).adam(step, w, 1, b, 2, m, 3, v, 4, 1001);
            results[twin] = w;
            assertEquals(0.8f * a[3] + (1 - 0.8f) * (0.9f * b[2]), m[3], 1e-7, "m");
        }
        assertArrayEquals(results[0], results[1]);
    }
}
