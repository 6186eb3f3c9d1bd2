package dev.hourglass.backend;

import dev.hourglass.testkit.FormulaCheck;
import dev.hourglass.testkit.FormulaCheck.Slot;
import dev.hourglass.testkit.Terms;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Contractive penalties and the steps of a Jacobian against their formulas in double precision, on every enabled backend. */
class JacobianFormulaTest {
    /** A slope rounds a few times (its exponential or error function 4 to 8), a row's terms are added in chains of a few dozen. */
    private static final double SUM = 64;
    private static final double TERM = 40;
    private static final String SHAPES = """
        SIGMOID, 1, 1, true
        TANH, 1, 784, false
        SOFTPLUS, 3, 257, true
        SIGMOID, 33, 33, false
        GELU, 128, 31, true
        ELU, 128, 1, false
        SILU, 33, 32, true
        TANH, 5, 784, true
        RELU, 600, 4, true
        SIGMOID, 300, 132, false
        """;
    private static FormulaCheck check;

    /**
     * A derivative and the size of the parts it is made of.
     *
     * @param value of the derivative
     * @param size what its roundings are relative to
     */
    private record Part(double value, double size) {}

    @BeforeAll
    static void open() {
        check = new FormulaCheck();
    }

    @AfterAll
    static void close() {
        check.close();
    }

    /** Phi by its power series: phi(a) (a + a^3/3 + a^5/15 + ...). */
    private static double distribution(double a) {
        double term = a;
        double sum = 0;
        for (int k = 3; Math.abs(term) > 1e-20; k += 2) {
            sum += term;
            term *= a * a / k;
        }
        return 0.5 + density(a) * sum;
    }

    private static double density(double a) {
        return Math.exp(-0.5 * a * a) / Math.sqrt(2 * Math.PI);
    }

    private static double sigmoid(double a) {
        return 1 / (1 + Math.exp(-a));
    }

    private static float[] saved(FormulaCheck.Case c, Activation activation, int n) {
        float[] values = c.normal(n, 1.5);
        for (int i = 0; i < n; i++) {
            double a = values[i];
            values[i] = (float) switch (activation) {
                case IDENTITY, GELU, SILU -> a;
                case RELU -> Math.max(a, 0);
                case LEAKY_RELU -> a > 0 ? a : Activation.LEAK * a;
                case ELU -> a > 0 ? a : Math.expm1(a);
                case SOFTPLUS -> Math.log1p(Math.exp(a));
                case SIGMOID -> sigmoid(a);
                case TANH -> Math.tanh(a);
            };
        }
        return values;
    }

    /** f' from the saved value. */
    private static Part slope(Activation activation, double v) {
        double s = sigmoid(v);
        return switch (activation) {
            case IDENTITY -> new Part(1, 1);
            case RELU -> new Part(v > 0 ? 1 : 0, 1);
            case LEAKY_RELU -> new Part(v > 0 ? 1 : Activation.LEAK, 1);
            case ELU -> new Part(v > 0 ? 1 : v + 1, 1);
            case GELU -> new Part(distribution(v) + v * density(v), distribution(v) + Math.abs(v) * density(v));
            case SILU -> new Part(s * (1 + v * (1 - s)), s * (1 + Math.abs(v) * (1 - s)));
            case SOFTPLUS -> new Part(-Math.expm1(-v), 1);
            case SIGMOID -> new Part(v * (1 - v), v);
            case TANH -> new Part(1 - v * v, 1);
        };
    }

    /** f'' from the saved value. */
    private static Part curvature(Activation activation, double v) {
        double s = sigmoid(v);
        return switch (activation) {
            case IDENTITY, RELU, LEAKY_RELU -> new Part(0, 0);
            case ELU -> new Part(v > 0 ? 0 : v + 1, 1);
            case GELU -> new Part(density(v) * (2 - v * v), density(v) * (2 + v * v));
            case SILU -> new Part(s * (1 - s) * (2 + v * (1 - 2 * s)), s * (2 + Math.abs(v)));
            case SOFTPLUS -> new Part(-Math.expm1(-v) * Math.exp(-v), 1);
            case SIGMOID -> new Part(v * (1 - v) * (1 - 2 * v), v);
            case TANH -> new Part(-2 * v * (1 - v * v), 2);
        };
    }

    /** Adds factor a b c, with roundings relative to the sizes. */
    private static void add(Terms terms, int index, double factor, Part a, Part b, Part c) {
        terms.add(index, factor * a.value * b.value * c.value).blur(index, factor * a.size * b.size * c.size);
    }

    private static Part minus(Part a, Part b) {
        return new Part(a.value - b.value, a.size + b.size);
    }

    private static Part exact(double value) {
        return new Part(value, Math.abs(value));
    }

    @ParameterizedTest
    @EnumSource
    void everyActivation(Activation activation) {
        contraction(activation, 7, 20, false);
        contractionDifference(activation, 7, 20, false);
        scaleRows(activation, 3, 5, 20, false);
        scaleColumns(activation, 3, 5, 20, false, false);
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void contraction(Activation activation, int rows, int columns, boolean accumulate) {
        FormulaCheck.Case c = check.of("contraction %s [%d, %d]", activation, rows, columns);
        float[] h = saved(c, activation, rows * columns);
        float[] n = c.uniform(columns, 0, 2);
        float[] up = c.normal(rows, 1);
        Terms value = new Terms(rows, 1, SUM);
        Terms dPre = new Terms(rows, columns, TERM);
        Terms dNorms = new Terms(1, columns, TERM + rows / 8.0);
        for (int i = 0; i < h.length; i++) {
            int j = i % columns;
            double u = up[i / columns];
            Part g = slope(activation, h[i]);
            add(value, i / columns, 1, g, g, exact(n[j]));
            add(dPre, i, 2 * u, g, curvature(activation, h[i]), exact(n[j]));
            add(dNorms, j, u, g, g, exact(1));
        }
        Slot code = c.input(h);
        Slot norms = c.input(n);
        Slot upstream = c.input(up);
        Slot alone = c.output("value alone", value);
        Slot v = c.output("value", value);
        Slot dp = c.gradient("dPre", dPre, accumulate);
        Slot dn = c.gradient("dNorms", dNorms, accumulate);
        c.run(b -> {
            b.contraction(rows, columns, activation, code.buffer(), norms.buffer(), null, alone.buffer(), null, false, null, false);
            b.contraction(rows, columns, activation, code.buffer(), norms.buffer(), upstream.buffer(), v.buffer(), dp.buffer(), accumulate,
                    dn.buffer(), accumulate);
        });
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void contractionDifference(Activation activation, int rows, int columns, boolean accumulate) {
        FormulaCheck.Case c = check.of("contraction difference %s [%d, %d]", activation, rows, columns);
        float[] h = saved(c, activation, rows * columns);
        float[] h2 = saved(c, activation, rows * columns);
        float[] n = c.uniform(columns, 0, 2);
        float[] up = c.normal(rows, 1);
        Terms value = new Terms(rows, 1, SUM);
        Terms dPre = new Terms(rows, columns, TERM);
        Terms dNeighbour = new Terms(rows, columns, TERM);
        Terms dNorms = new Terms(1, columns, TERM + rows / 8.0);
        for (int i = 0; i < h.length; i++) {
            int j = i % columns;
            double u = up[i / columns];
            Part d = minus(slope(activation, h[i]), slope(activation, h2[i]));
            add(value, i / columns, 1, d, d, exact(n[j]));
            add(dPre, i, 2 * u, d, curvature(activation, h[i]), exact(n[j]));
            add(dNeighbour, i, -2 * u, d, curvature(activation, h2[i]), exact(n[j]));
            add(dNorms, j, u, d, d, exact(1));
        }
        Slot code = c.input(h);
        Slot neighbour = c.input(h2);
        Slot norms = c.input(n);
        Slot upstream = c.input(up);
        Slot v = c.output("value", value);
        Slot dp = c.gradient("dPre", dPre, accumulate);
        Slot dq = c.gradient("dNeighbourPre", dNeighbour, accumulate);
        Slot dn = c.gradient("dNorms", dNorms, accumulate);
        c.run(b -> b.contractionDifference(rows, columns, activation, code.buffer(), neighbour.buffer(), norms.buffer(), upstream.buffer(),
                v.buffer(), dp.buffer(), accumulate, dq.buffer(), accumulate, dn.buffer(), accumulate));
    }

    @ParameterizedTest
    @CsvSource({"TANH, 1, 1, 1, true", "SIGMOID, 3, 2, 784, false", "SOFTPLUS, 33, 3, 33, true", "GELU, 5, 20, 32, true",
        "SIGMOID, 2, 33, 257, true",
        "TANH, 530, 2, 4, false", "SIGMOID, 3, 4, 33, true"})
    void scaleRows(Activation activation, int rows, int latent, int columns, boolean accumulate) {
        FormulaCheck.Case c = check.of("scale rows %s [%d, %d, %d]", activation, rows, latent, columns);
        float[] h = saved(c, activation, rows * latent);
        float[] w = c.normal(latent * columns, 1);
        float[] u = c.normal(rows * latent * columns, 1);
        Terms out = new Terms(rows * latent, columns, TERM);
        Terms dw = new Terms(latent, columns, TERM + rows / 8.0);
        Terms dPre = new Terms(rows, latent, SUM);
        for (int at = 0; at < u.length; at++) {
            int pair = at / columns;
            int weight = pair % latent * columns + at % columns;
            Part g = slope(activation, h[pair]);
            add(out, at, 1, g, exact(w[weight]), exact(1));
            add(dw, weight, 1, g, exact(u[at]), exact(1));
            add(dPre, pair, 1, curvature(activation, h[pair]), exact(w[weight]), exact(u[at]));
        }
        Slot saved = c.input(h);
        Slot weights = c.input(w);
        Slot dOut = c.input(u);
        Slot o = c.output("out", out);
        Slot gw = c.gradient("dw", dw, accumulate);
        Slot gp = c.gradient("dPre", dPre, accumulate);
        c.run(b -> {
            b.scaleRows(rows, latent, columns, activation, saved.buffer(), weights.buffer(), o.buffer());
            b.scaleRowsBackward(rows, latent, columns, activation, saved.buffer(), weights.buffer(), dOut.buffer(), gw.buffer(), accumulate,
                    gp.buffer(), accumulate);
        });
    }

    /** The last column: dr is the buffer of dOut itself. */
    @ParameterizedTest
    @CsvSource({"TANH, 1, 1, 1, true, false", "SIGMOID, 3, 2, 784, false, true", "SOFTPLUS, 33, 3, 33, true, true",
        "GELU, 5, 20, 32, true, false",
        "SIGMOID, 2, 33, 257, true, true", "TANH, 530, 2, 4, false, false", "SIGMOID, 2200, 9, 3, true, false"})
    void scaleColumns(Activation activation, int rows, int count, int columns, boolean accumulate, boolean inPlace) {
        FormulaCheck.Case c = check.of("scale columns %s [%d, %d, %d] in place=%b", activation, rows, count, columns, inPlace);
        float[] h = saved(c, activation, rows * columns);
        float[] r = c.normal(rows * count * columns, 1);
        float[] u = c.normal(rows * count * columns, 1);
        Terms out = new Terms(rows * count, columns, TERM);
        Terms dr = new Terms(rows * count, columns, TERM);
        Terms dPre = new Terms(rows, columns, TERM + count / 8.0);
        for (int at = 0; at < u.length; at++) {
            int unit = at / columns / count * columns + at % columns;
            Part g = slope(activation, h[unit]);
            add(out, at, 1, g, exact(r[at]), exact(1));
            add(dr, at, 1, g, exact(u[at]), exact(1));
            add(dPre, unit, 1, curvature(activation, h[unit]), exact(r[at]), exact(u[at]));
        }
        Slot saved = c.input(h);
        Slot source = c.input(r);
        Slot o = c.output("out", out);
        Slot gr = inPlace ? c.replaced("dr", u, dr) : c.output("dr", dr);
        Slot dOut = inPlace ? gr : c.input(u);
        Slot gp = c.gradient("dPre", dPre, accumulate);
        c.run(b -> {
            b.scaleColumns(rows, count, columns, activation, saved.buffer(), source.buffer(), o.buffer());
            b.scaleColumnsBackward(rows, count, columns, activation, saved.buffer(), source.buffer(), dOut.buffer(), gr.buffer(),
                    gp.buffer(),
                    accumulate);
        });
        if (!inPlace) {
            constantJacobian(activation, rows, count, columns);
        }
    }

    /** Without dr, and with dPre alone. */
    private static void constantJacobian(Activation activation, int rows, int count, int columns) {
        FormulaCheck.Case c = check.of("scale columns without dr %s [%d, %d, %d]", activation, rows, count, columns);
        float[] h = saved(c, activation, rows * columns);
        float[] r = c.normal(rows * count * columns, 1);
        float[] u = c.normal(rows * count * columns, 1);
        Terms dPre = new Terms(rows, columns, TERM + count / 8.0);
        for (int at = 0; at < u.length; at++) {
            int unit = at / columns / count * columns + at % columns;
            add(dPre, unit, 1, curvature(activation, h[unit]), exact(r[at]), exact(u[at]));
        }
        Slot saved = c.input(h);
        Slot source = c.input(r);
        Slot dOut = c.input(u);
        Slot gp = c.output("dPre", dPre);
        c.run(b -> b.scaleColumnsBackward(rows, count, columns, activation, saved.buffer(), source.buffer(), dOut.buffer(), null,
                gp.buffer(), false));
    }
}
