package dev.hourglass.backend;

import dev.hourglass.testkit.FormulaCheck;
import dev.hourglass.testkit.FormulaCheck.Slot;
import dev.hourglass.testkit.Terms;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Likelihoods against their formulas in double precision, on every enabled backend. */
class LikelihoodFormulaTest {
    /** A row's terms are each good to about 8 roundings and are added in chains of at most 40: 32 lanes, then a tree. */
    private static final double ROW = 48;
    /** One term: an exponential (2 ulp = 4 roundings), a logarithm or quotient, a few products. */
    private static final double TERM = 16;
    private static final String SHAPES = """
        1, 1, 1, true
        1, 784, 1, false
        3, 257, 1, true
        33, 33, 1, false
        128, 31, 1, true
        128, 1, 1, false
        33, 32, 1, false
        15, 32, 5, true
        10, 784, 5, false
        600, 4, 1, true
        2150, 65, 1, true
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

    /** Logits up to +-100: where e^-|l| vanishes the value stays exact. Grey targets, and zeros and ones. */
    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void bernoulli(int rows, int columns, int samples, boolean accumulate) {
        FormulaCheck.Case c = check.of("bernoulli [%d, %d] samples=%d accumulate=%b", rows, columns, samples, accumulate);
        float[] l = c.normal(rows * columns, 3);
        for (int i = 0; i < l.length; i += 7) {
            l[i] *= 30;
        }
        float[] x = c.uniform(rows / samples * columns, 0, 1);
        for (int i = 0; i < x.length; i += 3) {
            x[i] = Math.round(x[i]);
        }
        float[] up = c.normal(rows, 1);
        Terms value = new Terms(rows, 1, ROW);
        Terms gradient = new Terms(rows, columns, TERM);
        for (int i = 0; i < l.length; i++) {
            int r = i / columns;
            double t = x[r / samples * columns + i % columns];
            value.add(r, Math.max(l[i], 0), -l[i] * t, Math.log1p(Math.exp(-Math.abs(l[i]))));
            gradient.add(i, up[r] / (1 + Math.exp(-l[i])), -up[r] * t);
        }
        Slot logits = c.input(l);
        Slot target = c.input(x);
        Slot upstream = c.input(up);
        Slot v = c.output("value", value);
        Slot d = c.gradient("dLogits", gradient, accumulate);
        c.run(b -> b.bernoulli(rows, columns, samples, logits.buffer(), target.buffer(), upstream.buffer(), v.buffer(), d.buffer(), accumulate));
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void squaredError(int rows, int columns, int samples, boolean accumulate) {
        FormulaCheck.Case c = check.of("squared error [%d, %d] samples=%d accumulate=%b", rows, columns, samples, accumulate);
        float[] m = c.normal(rows * columns, 2);
        float[] x = c.normal(rows / samples * columns, 1);
        float[] up = c.normal(rows, 1);
        Terms value = new Terms(rows, 1, ROW);
        Terms gradient = new Terms(rows, columns, TERM);
        for (int i = 0; i < m.length; i++) {
            int r = i / columns;
            double difference = (double) m[i] - x[r / samples * columns + i % columns];
            value.add(r, difference * difference);
            gradient.add(i, up[r] * 2 * difference);
        }
        Slot mean = c.input(m);
        Slot target = c.input(x);
        Slot upstream = c.input(up);
        Slot v = c.output("value", value);
        Slot d = c.gradient("dMean", gradient, accumulate);
        c.run(b -> b.squaredError(rows, columns, samples, mean.buffer(), target.buffer(), upstream.buffer(), v.buffer(), d.buffer(), accumulate));
    }

    /** Only what is asked for is written, and nothing else is needed. */
    @ParameterizedTest
    @CsvSource({"true, false", "false, true"})
    void valueOrGradientAlone(boolean wantsValue, boolean wantsGradient) {
        FormulaCheck.Case c = check.of("bernoulli alone value=%b", wantsValue);
        float[] l = c.normal(3 * 33, 1);
        float[] x = c.uniform(3 * 33, 0, 1);
        Terms value = new Terms(3, 1, ROW);
        Terms gradient = new Terms(3, 33, TERM);
        for (int i = 0; i < l.length; i++) {
            value.add(i / 33, Math.max(l[i], 0), -l[i] * x[i], Math.log1p(Math.exp(-Math.abs(l[i]))));
            gradient.add(i, 1 / (1 + Math.exp(-l[i])), -x[i]);
        }
        Slot logits = c.input(l);
        Slot target = c.input(x);
        Slot upstream = c.input(wantsGradient ? new float[] {1, 1, 1} : null);
        Slot v = c.output("value", value, wantsValue);
        Slot d = c.output("dLogits", gradient, wantsGradient);
        c.run(b -> b.bernoulli(3, 33, 1, logits.buffer(), target.buffer(), upstream.buffer(), v.buffer(), d.buffer(), false));
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void gaussianSharedVariance(int rows, int columns, int samples, boolean accumulate) {
        gaussian(rows, columns, samples, 1, -6, accumulate);
    }

    /** The floor is in the middle of the log variances: about half of them get no gradient. */
    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void gaussianVariancePerFeature(int rows, int columns, int samples, boolean accumulate) {
        gaussian(rows, columns, samples, columns, -0.25f, accumulate);
    }

    private static void gaussian(int rows, int columns, int samples, int variances, float floor, boolean accumulate) {
        FormulaCheck.Case c = check.of("gaussian [%d, %d] samples=%d variances=%d accumulate=%b", rows, columns, samples, variances, accumulate);
        float[] m = c.normal(rows * columns, 1);
        float[] v = c.normal(variances, 1);
        float[] x = c.normal(rows / samples * columns, 1);
        float[] up = c.normal(rows, 1);
        Terms value = new Terms(rows, 1, ROW);
        Terms dMean = new Terms(rows, columns, TERM);
        // A thread adds few terms of a shared variance, and an eighth of the rows of a column or of a part of them.
        Terms dVariance = new Terms(1, variances, 40 + rows / 8.0);
        for (int i = 0; i < m.length; i++) {
            int r = i / columns;
            int k = variances == 1 ? 0 : i % columns;
            double s = Math.max(v[k], floor);
            double difference = (double) m[i] - x[r / samples * columns + i % columns];
            double square = difference * difference * Math.exp(-s);
            value.add(r, 0.5 * Math.log(2 * Math.PI), 0.5 * s, 0.5 * square);
            dMean.add(i, up[r] * difference * Math.exp(-s));
            dVariance.add(k, v[k] < floor ? 0 : up[r] * 0.5, v[k] < floor ? 0 : -up[r] * 0.5 * square);
        }
        Slot mean = c.input(m);
        Slot logVariance = c.input(v);
        Slot target = c.input(x);
        Slot upstream = c.input(up);
        Slot a = c.output("value", value);
        Slot b = c.gradient("dMean", dMean, accumulate);
        Slot d = c.gradient("dLogVariance", dVariance, accumulate);
        c.run(backend -> backend.gaussian(rows, columns, samples, mean.buffer(), logVariance.buffer(), floor, target.buffer(), upstream.buffer(),
            a.buffer(), b.buffer(), accumulate, d.buffer(), accumulate));
    }
}
