package dev.hourglass.backend;

import dev.hourglass.testkit.FormulaCheck;
import dev.hourglass.testkit.FormulaCheck.Slot;
import dev.hourglass.testkit.Terms;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Penalties against their formulas in double precision, on every enabled backend. */
class PenaltyFormulaTest {
    /** A row's terms round a few times and are added in chains of a few dozen. */
    private static final double SUM = 48;
    private static final double TERM = 8;
    private static final String SHAPES = """
        1, 1, true
        1, 784, false
        3, 257, true
        33, 33, false
        128, 31, true
        128, 1, false
        33, 32, true
        5, 784, true
        2, 2501, false
        600, 4, true
        """;
    private static FormulaCheck check;

    @BeforeAll
    static void open() {
        check = new FormulaCheck();
    }

    @AfterAll
    static void close() {
        check.close();
    }

    /** Plain and running means of sigmoid and of tanh codes; the first column is off in every row and clamps, the second one is on. */
    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void sparsity(int rows, int columns, boolean accumulate) {
        sparsity(rows, columns, false, false, accumulate);
        sparsity(rows, columns, true, true, accumulate);
    }

    private static void sparsity(int rows, int columns, boolean signed, boolean moving, boolean accumulate) {
        FormulaCheck.Case c = check.of("sparsity [%d, %d] signed=%b moving=%b", rows, columns, signed, moving);
        double rho = 0.05f;
        double momentum = moving ? 0.9f : 0;
        float[] h = c.uniform(rows * columns, signed ? -1 : 0, 1);
        float[] before = c.uniform(columns, signed ? -1 : 0, 1);
        for (int i = 0; i < h.length; i++) {
            if (columns > 1 && i % columns < 2) {
                h[i] = i % columns == 0 ? (signed ? -1 : 0) : 1;
                before[i % columns] = h[i];
            }
        }
        double chain = TERM + rows / 8.0;
        Terms mean = new Terms(1, columns, chain);
        Terms running = new Terms(1, columns, chain);
        Terms value = new Terms(1, 1, chain + columns / 32.0);
        Terms dh = new Terms(rows, columns, chain);
        for (int i = 0; i < h.length; i++) {
            mean.add(i % columns, (double) h[i] / rows);
        }
        for (int j = 0; j < columns; j++) {
            running.add(j, momentum * before[j], (1 - momentum) * mean.sum(j));
            double raw = signed ? 0.5 * (1 + running.sum(j)) : running.sum(j);
            double r = Math.min(Math.max(raw, 1e-6f), 1 - 1e-6f);
            double slope = -rho / r + (1 - rho) / (1 - r);
            value.add(0, rho * Math.log(rho / r), (1 - rho) * Math.log((1 - rho) / (1 - r))).blur(0, slope * (1 + running.magnitude(j)));
            double factor = 0.5 * (1 - momentum) * (signed ? 0.5 : 1) / rows;
            double curvature = rho / (r * r) + (1 - rho) / ((1 - r) * (1 - r));
            for (int i = j; i < h.length; i += columns) {
                if (raw == r) {
                    dh.add(i, factor * slope).blur(i, factor * curvature * (1 + running.magnitude(j)));
                }
            }
        }
        Slot codes = c.input(h);
        Slot m = c.output("mean", mean);
        Slot average = moving ? c.replaced("running", before, running) : c.output("running", running, false);
        Slot v = c.output("value", value);
        Slot d = c.gradient("dh", dh, accumulate);
        c.run(b -> b.sparsity(rows, columns, codes.buffer(), signed, (float) rho, 0.5f, m.buffer(), average.buffer(), (float) momentum,
                v.buffer(),
                d.buffer(), accumulate));
    }

    @ParameterizedTest
    @CsvSource({"20, 33"})
    void sparsityWithoutGradient(int rows, int columns) {
        FormulaCheck.Case c = check.of("sparsity value alone");
        Terms mean = new Terms(1, columns, 0);
        Terms value = new Terms(1, 1, SUM);
        for (int j = 0; j < columns; j++) {
            mean.add(j, 0.5);
            value.add(0, 0.25 * Math.log(0.5), 0.75 * Math.log(1.5));
        }
        Slot h = c.input(c.uniform(rows * columns, 0.5, 0.5));
        Slot m = c.output("mean", mean);
        Slot v = c.output("value", value);
        c.run(b -> b.sparsity(rows, columns, h.buffer(), false, 0.25f, 1, m.buffer(), null, 0, v.buffer(), null, false));
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void l1(int rows, int columns, boolean accumulate) {
        FormulaCheck.Case c = check.of("l1 [%d, %d]", rows, columns);
        float[] h = c.normal(rows * columns, 1);
        float[] up = c.normal(rows, 1);
        Terms value = new Terms(rows, 1, SUM);
        Terms dh = new Terms(rows, columns, TERM);
        for (int i = 0; i < h.length; i++) {
            h[i] = i % 5 == 3 ? 0 : h[i];
            value.add(i / columns, Math.abs(h[i]));
            dh.add(i, up[i / columns] * Math.signum(h[i]));
        }
        Slot code = c.input(h);
        Slot upstream = c.input(up);
        Slot v = c.output("value", value);
        Slot d = c.gradient("dh", dh, accumulate);
        Slot alone = c.output("value alone", value);
        c.run(b -> {
            b.l1(rows, columns, code.buffer(), upstream.buffer(), v.buffer(), d.buffer(), accumulate);
            b.l1(rows, columns, code.buffer(), null, alone.buffer(), null, false);
        });
    }

    @ParameterizedTest
    @CsvSource({"1, true, true", "31, false, true", "257, true, false", "784, false, true", "20000, true, true", "33, false, false"})
    void weightDecay(int count, boolean accumulate, boolean wantsValue) {
        FormulaCheck.Case c = check.of("weight decay [%d]", count);
        float[] w = c.normal(count, 1);
        Terms value = new Terms(1, 1, SUM);
        Terms dw = new Terms(1, count, TERM);
        for (int i = 0; i < count; i++) {
            value.add(0, 0.5 * w[i] * w[i]);
            dw.add(i, 0.01f * w[i]);
        }
        Slot weights = c.input(w);
        Slot v = c.output("value", value, wantsValue);
        Slot d = c.gradient("dw", dw, accumulate);
        c.run(b -> b.weightDecay(weights.buffer(), 0.01f, v.buffer(), d.buffer(), accumulate));
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void squaredNorm(int rows, int columns, boolean accumulate) {
        FormulaCheck.Case c = check.of("squared norms [%d, %d]", rows, columns);
        float[] x = c.normal(rows * columns, 1);
        float[] up = c.normal(rows, 1);
        Terms norm = new Terms(rows, 1, SUM);
        Terms scaled = new Terms(rows, 1, SUM);
        Terms dx = new Terms(rows, columns, TERM);
        Terms dw = new Terms(rows, columns, TERM);
        for (int i = 0; i < x.length; i++) {
            norm.add(i / columns, (double) x[i] * x[i]);
            scaled.add(i / columns, 0.25 * x[i] * x[i]);
            dx.add(i, 0.5 * up[i / columns] * x[i]);
            dw.add(i, 2.0 * up[i / columns] * x[i]);
        }
        Slot r = c.input(x);
        Slot upstream = c.input(up);
        Slot norms = c.output("norms", norm);
        Slot value = c.output("value", scaled);
        Slot dr = c.output("dr", dx);
        Slot alone = c.output("value alone", scaled);
        Slot d = c.gradient("dw", dw, accumulate);
        c.run(b -> {
            b.rowSquaredNorms(rows, columns, r.buffer(), norms.buffer());
            b.rowSquaredNormsBackward(rows, columns, r.buffer(), upstream.buffer(), d.buffer(), accumulate);
            b.squaredNorm(rows, columns, 0.25f, r.buffer(), upstream.buffer(), value.buffer(), dr.buffer());
            b.squaredNorm(rows, columns, 0.25f, r.buffer(), null, alone.buffer(), null);
        });
    }
}
