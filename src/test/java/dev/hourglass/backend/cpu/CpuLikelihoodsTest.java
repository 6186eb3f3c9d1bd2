package dev.hourglass.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.backend.Buffer;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuLikelihoodsTest {
    private static final int ROWS = 6;
    private static final int COLUMNS = 37;
    private static final int SAMPLES = 3;
    private final Fixture on = new Fixture(14);
    private final CpuBackend backend = on.backend;
    private final Buffer parameters = on.normal(ROWS * COLUMNS, 2);
    private final Buffer target = on.uniform(ROWS / SAMPLES * COLUMNS);
    private final Buffer upstream = on.normal(ROWS, 1);
    private final double[] x = on.doubles(target);
    private final double[] u = on.doubles(upstream);

    @AfterEach
    void close() {
        on.close();
    }

    private interface Element {
        double nll(double parameter, double x, int column);
    }

    private double[] rows(double[] p, Element element) {
        double[] values = new double[ROWS];
        for (int i = 0; i < p.length; i++) {
            values[i / COLUMNS] += element.nll(p[i], x[i / COLUMNS / SAMPLES * COLUMNS + i % COLUMNS], i % COLUMNS);
        }
        return values;
    }

    private interface Loss {
        void run(Buffer value, Buffer gradient, boolean accumulate);
    }

    private void check(String name, Element element, Loss loss) {
        double[] p = on.doubles(parameters);
        double[] values = rows(p, element);
        ToDoubleFunction<double[]> weighted = at -> Fixture.dot(u, rows(at, element));
        double[] gradient = Fixture.gradient(p, weighted);
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

    @Test
    void bernoulli() {
        check("bernoulli", (l, t, c) -> Math.max(l, 0) - l * t + Math.log1p(Math.exp(-Math.abs(l))),
                (value, d, accumulate) -> backend.bernoulli(ROWS, COLUMNS, SAMPLES, parameters, target, d == null ? null : upstream, value, d,
                        accumulate));
        Buffer value = on.empty(2);
        backend.bernoulli(2, 1, 1, on.of(-1000, 1000), on.of(0, 0), null, value, null, false);
        assertEquals(0, on.read(value)[0]);
        assertEquals(1000, on.read(value)[1]);
    }

    @Test
    void squaredError() {
        check("squared error", (m, t, c) -> (m - t) * (m - t), (value, d, accumulate) -> backend.squaredError(ROWS, COLUMNS, SAMPLES, parameters,
                target, d == null ? null : upstream, value, d, accumulate));
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
            check("gaussian mean", (m, t, c) -> gaussian(m, t, Math.max(s[c % variances], floor)), (value, d, accumulate) -> backend.gaussian(
                    ROWS, COLUMNS, SAMPLES, parameters, logVariance, (float) floor, target, d == null ? null : upstream, value, d, accumulate,
                    null, false));
            double[] gradient = Fixture.gradient(s, at -> Fixture.dot(u,
                    rows(on.doubles(parameters), (m, t, c) -> gaussian(m, t, Math.max(at[c % variances], floor)))));
            Buffer d = on.normal(variances, 1);
            double[] before = on.doubles(d);
            backend.gaussian(ROWS, COLUMNS, SAMPLES, parameters, logVariance, (float) floor, target, upstream, null, null, false, d, true);
            on.close("log variance gradient added", Fixture.sum(before, gradient), d, 2e-5);
            backend.gaussian(ROWS, COLUMNS, SAMPLES, parameters, logVariance, (float) floor, target, upstream, null, null, false, d, false);
            on.close("log variance gradient", gradient, d, 2e-5);
        }
    }
}
