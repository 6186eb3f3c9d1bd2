package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Products through buffers, bias and activation, and their gradients by central differences. */
class CpuDenseTest {
    private final Fixture on = new Fixture(12);
    private final CpuBackend backend = on.backend;

    @AfterEach
    void close() {
        on.close();
    }

    @Test
    void products() {
        Buffer a = on.of(1, 2, 3, 4, 5, 6);
        Buffer b = on.of(1, 0, 2, 0, 1, 1);
        Buffer c = on.empty(4);
        backend.gemm(false, true, 2, 2, 3, 1, a, b, 0, c);
        assertArrayEquals(new float[] {7, 5, 16, 11}, on.read(c));
        backend.gemm(false, false, 2, 2, 3, 2, a, b, 1, c);
        assertArrayEquals(new float[] {7 + 2 * 8, 5 + 2 * 3, 16 + 2 * 20, 11 + 2 * 6}, on.read(c));
        Buffer d = on.empty(9);
        backend.gemm(true, false, 3, 3, 2, 1, a, b, 0, d);
        assertArrayEquals(new float[] {1, 4, 6, 2, 5, 9, 3, 6, 12}, on.read(d));
    }

    @Test
    void biasAndActivation() {
        int rows = 37;
        int columns = 67;
        for (Activation activation : Activation.values()) {
            Buffer product = on.normal(rows * columns, 1);
            Buffer bias = on.normal(columns, 1);
            double[] a = on.doubles(product);
            double[] b = on.doubles(bias);
            double[] y = new double[a.length];
            for (int i = 0; i < a.length; i++) {
                a[i] += b[i % columns];
                y[i] = LanesTest.exact(activation, a[i]);
            }
            Buffer output = activation.savesInput() ? on.empty(rows * columns) : product;
            backend.biasActivation(rows, columns, activation, product, bias, output);
            on.close(activation + " output", y, output, 1e-6);
            if (activation.savesInput()) {
                on.close(activation + " pre-activation", a, product, 1e-6);
            }
            backwards(activation, rows, columns, a, activation.savesInput() ? product : output);
        }
    }

    private void backwards(Activation activation, int rows, int columns, double[] a, Buffer saved) {
        Buffer dOutput = on.normal(rows * columns, 1);
        Buffer dPre = on.normal(rows * columns, 1);
        Buffer dBias = on.normal(columns, 1);
        double[] u = on.doubles(dOutput);
        double[] before = on.doubles(dPre);
        double[] expected = new double[a.length];
        double[] sums = new double[columns];
        double[] sumsBefore = on.doubles(dBias);
        for (int i = 0; i < a.length; i++) {
            double slope = (LanesTest.exact(activation, a[i] + 1e-6) - LanesTest.exact(activation, a[i] - 1e-6)) / 2e-6;
            expected[i] = before[i] + u[i] * slope;
            sums[i % columns] += u[i] * slope;
        }
        backend.biasActivationBackward(rows, columns, activation, saved, dOutput, dPre, true, null, false);
        on.close(activation + " dPre added", expected, dPre, 1e-5);
        backend.biasActivationBackward(rows, columns, activation, saved, dOutput, dOutput, false, dBias, true);
        on.close(activation + " dPre in place", Fixture.sum(expected, negated(before)), dOutput, 1e-5);
        on.close(activation + " dBias", Fixture.sum(sumsBefore, sums), dBias, 2e-5);
        backend.biasActivationBackward(rows, columns, activation, saved, null, dOutput, true, dBias, false);
        on.close(activation + " dBias of dPre alone", sums, dBias, 2e-5);
    }

    private static double[] negated(double[] values) {
        double[] negated = values.clone();
        for (int i = 0; i < negated.length; i++) {
            negated[i] = -negated[i];
        }
        return negated;
    }
}
