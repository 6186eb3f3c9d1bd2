package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.backend.cpu.Gemm.Matrix;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Products of both engines against a sum in double, with the bound k 2^-24 sum |a||b| on rounding. */
class GemmTest {
    private static final int[] SIZES = {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100, 257};
    private static final int PAD = 3;

    private record Case(int m, int n, int k, boolean transposeA, boolean transposeB, float alpha, float beta) {
        Matrix a(Random random) {
            return matrix(transposeA ? k : m, transposeA ? m : k, transposeA, random);
        }

        Matrix b(Random random) {
            return matrix(transposeB ? n : k, transposeB ? k : n, transposeB, random);
        }
    }

    private static Matrix matrix(int rows, int columns, boolean transposed, Random random) {
        int stride = columns + random.nextInt(PAD);
        int offset = random.nextInt(PAD);
        float[] values = new float[offset + rows * stride + PAD];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return new Matrix(values, offset, stride, transposed);
    }

    private static double at(Matrix matrix, int row, int column) {
        return matrix.transposed() ? matrix.values()[matrix.offset() + column * matrix.stride() + row]
                : matrix.values()[matrix.offset() + row * matrix.stride() + column];
    }

    @Test
    void everyRaggedSizeAndTranspose() {
        Random random = new Random(1);
        Engine[] engines = {Engine.best(new Parallel(1)), Engine.best(new Parallel(2)), Engine.scalar(new Parallel(2))};
        for (int m : SIZES) {
            for (int n : SIZES) {
                for (int i = 0; i < 4; i++) {
                    int k = SIZES[random.nextInt(SIZES.length)];
                    float beta = random.nextInt(3) * 0.5f;
                    check(new Case(m, n, k, (i & 1) == 1, (i & 2) == 2, random.nextBoolean() ? 1f : -0.7f, beta), random, engines);
                }
            }
        }
    }

    @Test
    void longSumsAreCutAndManyRowsComeInBlocks() {
        Random random = new Random(2);
        Engine[] engines = {Engine.best(new Parallel(2)), Engine.scalar(new Parallel(1))};
        check(new Case(17, 33, 1500, false, true, 1f, 0f), random, engines);
        check(new Case(17, 33, 1500, true, false, 2f, 1f), random, engines);
        check(new Case(29, 40, 2051, false, false, 1f, 0f), random, engines);
        check(new Case(40, 300, 2051, false, true, 1f, 0.5f), random, engines);
        check(new Case(64, 512, 2049, true, true, -1f, 1f), random, engines);
        check(new Case(2100, 19, 5, false, true, 1f, 0f), random, engines);
        check(new Case(2100, 65, 40, true, true, 1f, 1f), random, engines);
    }

    @Test
    void anEmptySumIsZero() {
        Random random = new Random(5);
        Engine[] engines = {Engine.best(new Parallel(2)), Engine.scalar(new Parallel(1))};
        for (int i = 0; i < 4; i++) {
            check(new Case(20, 33, 0, (i & 1) == 1, (i & 2) == 2, 1f, i == 0 ? 0f : 0.5f), random, engines);
        }
    }

    @Test
    void everyNumberOfRowsFallsIntoBlocks() {
        Random random = new Random(4);
        Engine[] engines = {Engine.best(new Parallel(2))};
        for (int m = 1; m <= 50; m++) {
            check(new Case(m, 32, 7 + m % 2, (m & 2) == 0, (m & 4) == 0, 1f, 0f), random, engines);
        }
    }

    private static void check(Case shape, Random random, Engine... engines) {
        Matrix a = shape.a(random);
        Matrix b = shape.b(random);
        Matrix c = matrix(shape.m, shape.n, false, random);
        if (shape.beta == 0) {
            Arrays.fill(c.values(), Float.NaN);
        }
        float[] before = c.values().clone();
        double[] expected = new double[shape.m * shape.n];
        double[] allowed = new double[shape.m * shape.n];
        for (int i = 0; i < shape.m; i++) {
            for (int j = 0; j < shape.n; j++) {
                reference(shape, a, b, i, j, shape.beta == 0 ? 0 : shape.beta * at(c, i, j), expected, allowed);
            }
        }
        for (Engine engine : engines) {
            System.arraycopy(before, 0, c.values(), 0, before.length);
            engine.gemm().multiply(shape.m, shape.n, shape.k, shape.alpha, a, b, shape.beta, c);
            for (int i = 0; i < shape.m; i++) {
                for (int j = 0; j < shape.n; j++) {
                    int index = i * shape.n + j;
                    assertEquals(expected[index], at(c, i, j), allowed[index], engine.name() + " " + shape + " at (" + i + ", " + j + ")");
                    c.values()[c.offset() + i * c.stride() + j] = before[c.offset() + i * c.stride() + j];
                }
            }
            assertArrayEquals(before, c.values(), engine.name() + " " + shape + " wrote outside C");
        }
    }

    private static void reference(Case shape, Matrix a, Matrix b, int i, int j, double before, double[] expected, double[] allowed) {
        double sum = 0;
        double size = 0;
        for (int p = 0; p < shape.k; p++) {
            double product = at(a, i, p) * at(b, p, j);
            sum += product;
            size += Math.abs(product);
        }
        int index = i * shape.n + j;
        expected[index] = shape.alpha * sum + before;
        allowed[index] = (shape.k + 2) * 0x1p-24 * (Math.abs(shape.alpha) * size + Math.abs(before));
    }

    @Test
    void threadsDoNotChangeABit() {
        Random random = new Random(3);
        for (Case shape : new Case[] {new Case(128, 100, 784, false, true, 1f, 0f), new Case(257, 321, 128, true, false, 1f, 1f),
            new Case(1, 300, 900, false, false, 1f, 0f), new Case(2500, 40, 33, false, true, 1f, 0f)}) {
            Matrix a = shape.a(random);
            Matrix b = shape.b(random);
            Matrix c = matrix(shape.m, shape.n, false, random);
            float[] before = c.values().clone();
            float[] first = null;
            for (int threads = 1; threads <= 3; threads++) {
                System.arraycopy(before, 0, c.values(), 0, before.length);
                try (Parallel parallel = new Parallel(threads)) {
                    Engine.best(parallel).gemm().multiply(shape.m, shape.n, shape.k, shape.alpha, a, b, shape.beta, c);
                }
                first = first == null ? c.values().clone() : first;
                assertArrayEquals(first, c.values(), shape + " with " + threads + " threads");
            }
        }
    }

    @Test
    void theVectorEngineIsTheOneUnderTest() {
        assertTrue(Engine.best(new Parallel(1)).name().endsWith("-bit vectors"), "tests must run with --add-modules jdk.incubator.vector");
    }
}
