package dev.hourglass.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.testkit.Backends;
import dev.hourglass.testkit.FormulaCheck;
import dev.hourglass.testkit.FormulaCheck.Slot;
import dev.hourglass.testkit.PointwiseReference;
import dev.hourglass.testkit.Terms;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void pointwiseLosses(int rows, int columns, int samples, boolean accumulate) {
        for (PointwiseLoss loss : PointwiseLoss.values()) {
            pointwise(loss, rows, columns, samples, true, true, accumulate);
        }
    }

    /** Only what is asked for is written, and nothing else is needed. */
    @ParameterizedTest
    @EnumSource
    void valueOrGradientAlone(PointwiseLoss loss) {
        pointwise(loss, 3, 33, 1, true, false, false);
        pointwise(loss, 3, 33, 1, false, true, false);
    }

    /** A Poisson of what is no count says so. */
    @Test
    void aCountThatIsNotNaturalGivesNaN() {
        for (Backends.Kind kind : Backends.enabled()) {
            try (Backend backend = Backends.open(kind)) {
                float[] counts = {0, 3, 20, 2.5f, -1, 20.5f, Float.NaN};
                Buffer rates = backend.allocate(ElementType.FLOAT32, counts.length);
                Buffer target = backend.allocate(ElementType.FLOAT32, counts.length);
                backend.fill(rates, 1);
                backend.write(target, counts, 0, counts.length);
                backend.pointwiseLoss(PointwiseLoss.POISSON, counts.length, 1, 1, rates, target, null, rates, null, false);
                float[] values = new float[counts.length];
                backend.read(rates, values, 0);
                for (int i = 0; i < counts.length; i++) {
                    assertEquals(i > 2, Float.isNaN(values[i]), kind.label() + ": value of count " + counts[i] + " is " + values[i]);
                }
                backend.release(rates);
                backend.release(target);
            }
        }
    }

    private static void pointwise(PointwiseLoss loss, int rows, int columns, int samples, boolean valued, boolean derived,
            boolean accumulate) {
        FormulaCheck.Case c = check.of("%s [%d, %d] samples=%d value=%b gradient=%b accumulate=%b", loss, rows, columns, samples, valued,
                derived, accumulate);
        PointwiseReference reference = PointwiseReference.of(loss);
        float[] x = reference.targets(c.random(), rows / samples * columns);
        float[] p = reference.parameters(c.random(), columns, samples, x);
        float[] up = c.normal(rows, 1);
        Terms value = new Terms(rows, 1, ROW);
        Terms gradient = new Terms(rows, columns, TERM);
        for (int i = 0; i < p.length; i++) {
            int r = i / columns;
            double target = x[r / samples * columns + i % columns];
            reference.value(value, r, p[i], target);
            reference.gradient(gradient, i, up[r], p[i], target);
        }
        Slot parameters = c.input(p);
        Slot target = c.input(x);
        Slot upstream = c.input(derived ? up : null);
        Slot v = c.output("value", value, valued);
        Slot d = derived ? c.gradient("gradient", gradient, accumulate) : c.output("gradient", gradient, false);
        c.run(b -> b.pointwiseLoss(loss, rows, columns, samples, parameters.buffer(), target.buffer(), upstream.buffer(), v.buffer(),
                d.buffer(),
                accumulate));
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
        FormulaCheck.Case c = check.of("gaussian [%d, %d] samples=%d variances=%d accumulate=%b", rows, columns, samples, variances,
                accumulate);
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
        c.run(backend -> backend.gaussian(rows, columns, samples, mean.buffer(), logVariance.buffer(), floor, target.buffer(),
                upstream.buffer(),
                a.buffer(), b.buffer(), accumulate, d.buffer(), accumulate));
    }
}
