package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.PointwiseLoss;
import dev.hourglass.testkit.PointwiseReference;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CpuLikelihoodsTest {
    private static final int ROWS = 6;
    private static final int COLUMNS = 37;
    private static final int SAMPLES = 3;
    private final Fixture on = new Fixture(14);
    private final CpuBackend backend = on.backend;
    private final Buffer parameters = on.normal(ROWS * COLUMNS, 2);
    private final Buffer target = on.uniform(ROWS / SAMPLES * COLUMNS);
    private final Buffer upstream = on.normal(ROWS, 1);
    private final double[] u = on.doubles(upstream);

    @AfterEach
    void close() {
        on.close();
    }

    private interface Element {
        double nll(double parameter, double x, int column);
    }

    private static double[] rows(double[] p, double[] x, Element element) {
        double[] values = new double[ROWS];
        for (int i = 0; i < p.length; i++) {
            values[i / COLUMNS] += element.nll(p[i], target(x, i), i % COLUMNS);
        }
        return values;
    }

    private static double target(double[] x, int i) {
        return x[i / COLUMNS / SAMPLES * COLUMNS + i % COLUMNS];
    }

    /** Central differences, element by element: the sum over a row may be too large to see the smallest of them. */
    private double[] gradient(double[] p, double[] x, Element element) {
        double[] gradient = new double[p.length];
        double h = 1e-5;
        for (int i = 0; i < p.length; i++) {
            double above = element.nll(p[i] + h, target(x, i), i % COLUMNS);
            gradient[i] = u[i / COLUMNS] * (above - element.nll(p[i] - h, target(x, i), i % COLUMNS)) / (2 * h);
        }
        return gradient;
    }

    private interface Loss {
        void run(Buffer value, Buffer gradient, boolean accumulate);
    }

    private void check(String name, double[] x, Element element, Loss loss) {
        double[] p = on.doubles(parameters);
        double[] values = rows(p, x, element);
        double[] gradient = gradient(p, x, element);
        Buffer value = on.empty(ROWS);
        loss.run(value, null, false);
        on.close(name, values, value, 1e-6);
        Buffer d = on.empty(ROWS * COLUMNS);
        backend.fill(value, Float.NaN);
        loss.run(value, d, false);
        on.close(name + " beside its gradient", values, value, 1e-6);
        on.close(name + " gradient", gradient, d, 1e-5);
        Buffer added = on.normal(ROWS * COLUMNS, 1);
        double[] before = on.doubles(added);
        loss.run(null, added, true);
        on.close(name + " gradient added", Fixture.sum(before, gradient), added, 1e-5);
    }

    @ParameterizedTest
    @EnumSource
    void pointwiseLosses(PointwiseLoss loss) {
        PointwiseReference reference = PointwiseReference.of(loss);
        Buffer targets = on.of(reference.targets(new Random(3), ROWS / SAMPLES * COLUMNS));
        check(loss.label(), on.doubles(targets), (p, t, c) -> reference.value(p, t),
                (value, d, accumulate) -> backend.pointwiseLoss(loss, ROWS,
                        COLUMNS, SAMPLES, parameters, targets, d == null ? null : upstream, value, d, accumulate));
    }

    @Test
    void bernoulliOfExtremeLogits() {
        Buffer value = on.empty(2);
        backend.pointwiseLoss(PointwiseLoss.BERNOULLI, 2, 1, 1, on.of(-1000, 1000), on.of(0, 0), null, value, null, false);
        assertEquals(0, on.read(value)[0]);
        assertEquals(1000, on.read(value)[1]);
    }

    private static double gaussian(double m, double t, double s) {
        return 0.5 * (Math.log(2 * Math.PI) + s + (t - m) * (t - m) * Math.exp(-s));
    }

    @Test
    void gaussianWithOneVarianceAndWithOneEach() {
        for (int variances : new int[] {1, COLUMNS}) {
            Buffer logVariance = on.normal(variances, 1.5);
            double floor = -1;
            double[] s = on.doubles(logVariance);
            check("gaussian mean", on.doubles(target), (m, t, c) -> gaussian(m, t, Math.max(s[c % variances], floor)),
                    (value, d, accumulate) -> backend.gaussian(ROWS, COLUMNS, SAMPLES, parameters, logVariance, (float) floor, target,
                            d == null ? null : upstream, value, d, accumulate, null, false));
            double[] gradient = Fixture.gradient(s, at -> Fixture.dot(u,
                    rows(on.doubles(parameters), on.doubles(target), (m, t, c) -> gaussian(m, t, Math.max(at[c % variances], floor)))));
            Buffer d = on.normal(variances, 1);
            double[] before = on.doubles(d);
            backend.gaussian(ROWS, COLUMNS, SAMPLES, parameters, logVariance, (float) floor, target, upstream, null, null, false, d, true);
            on.close("log variance gradient added", Fixture.sum(before, gradient), d, 2e-5);
            backend.gaussian(ROWS, COLUMNS, SAMPLES, parameters, logVariance, (float) floor, target, upstream, null, null, false, d, false);
            on.close("log variance gradient", gradient, d, 2e-5);
        }
    }
}
