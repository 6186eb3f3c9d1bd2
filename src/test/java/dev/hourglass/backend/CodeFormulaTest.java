package dev.hourglass.backend;

import dev.hourglass.testkit.FormulaCheck;
import dev.hourglass.testkit.FormulaCheck.Slot;
import dev.hourglass.testkit.Terms;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Samples, KL terms and densities of codes against their formulas in double precision, on every enabled backend. The formulas use the float32
 * normals of {@link Philox}, so a backend that draws others, or another order, is far off.
 */
class CodeFormulaTest {
    /** One term (an exponential is 4 roundings) in chains of a few dozen additions. */
    private static final double SUM = 48;
    private static final double TERM = 16;
    private static final double HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
    /** Examples, samples, latent, whether gradients are added to. */
    private static final String SHAPES = """
        DIAGONAL, 1, 1, 1, false
        DIAGONAL, 33, 1, 2, true
        DIAGONAL, 3, 5, 3, true
        DIAGONAL, 128, 1, 20, false
        DIAGONAL, 7, 5, 20, true
        DIAGONAL, 3, 1, 33, false
        DIAGONAL, 600, 1, 4, true
        FULL, 1, 1, 1, false
        FULL, 33, 1, 2, true
        FULL, 3, 5, 3, true
        FULL, 20, 1, 20, false
        FULL, 7, 5, 20, true
        FULL, 3, 1, 33, true
        FULL, 2, 70, 97, false
        FULL, 2200, 1, 2, false
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

    /** Factor of the random number of column j in row i of the sample: entry B_ij. */
    private static double factor(Posterior posterior, float[] head, int start, int latent, int i, int j) {
        if (i == j) {
            return Math.exp(head[start + latent + i] * (posterior == Posterior.DIAGONAL ? 0.5 : 1));
        }
        return posterior == Posterior.DIAGONAL || j > i ? 0 : head[start + 2 * latent + i * (i - 1) / 2 + j];
    }

    private static double logScale(Posterior posterior) {
        return posterior == Posterior.DIAGONAL ? 0.5 : 1;
    }

    /** Diagonal: the product and the sum each round once and the exponential is good to 2 ulp, whatever the backend. */
    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void sample(Posterior posterior, int examples, int samples, int latent) {
        sample(posterior, examples, samples, latent, false);
        sample(posterior, examples, samples, latent, true);
    }

    private static void sample(Posterior posterior, int examples, int samples, int latent, boolean keyed) {
        FormulaCheck.Case c = check.of("sample %s [%d, %d] samples=%d keyed=%b", posterior, examples, latent, samples, keyed);
        int width = posterior.headWidth(latent);
        float[] h = c.normal(examples * width, 0.7);
        int[] k = keyed ? c.random().ints(2L * examples).toArray() : null;
        float[] eps = keyed ? FormulaCheck.eps(k, samples * latent) : FormulaCheck.eps(examples * samples * latent);
        Terms sample = new Terms(examples * samples, latent, posterior == Posterior.DIAGONAL ? 6 : SUM);
        for (int at = 0; at < examples * samples * latent; at++) {
            int row = at / latent;
            int i = at % latent;
            int start = row / samples * width;
            sample.add(at, h[start + i]);
            for (int j = 0; j <= i; j++) {
                sample.add(at, factor(posterior, h, start, latent, i, j) * eps[row * latent + j]);
            }
        }
        Slot head = c.input(h);
        Slot state = c.state();
        Slot keys = c.integers(k);
        Slot z = c.output("z", sample);
        c.run(b -> b.sample(posterior, examples * samples, samples, latent, head.buffer(), state.buffer(), keys.buffer(), z.buffer()));
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void sampleBackward(Posterior posterior, int examples, int samples, int latent, boolean accumulate) {
        FormulaCheck.Case c = check.of("sample backward %s [%d, %d] samples=%d", posterior, examples, latent, samples);
        int width = posterior.headWidth(latent);
        float[] h = c.normal(examples * width, 0.7);
        float[] u = c.normal(examples * samples * latent, 1);
        float[] eps = FormulaCheck.eps(u.length);
        Terms gradient = new Terms(examples, width, TERM);
        for (int at = 0; at < u.length; at++) {
            int row = at / latent;
            int i = at % latent;
            int start = row / samples * width;
            gradient.add(start + i, u[at]);
            gradient.add(start + latent + i, logScale(posterior) * u[at] * eps[at] * factor(posterior, h, start, latent, i, i));
            for (int j = 0; posterior == Posterior.FULL && j < i; j++) {
                gradient.add(start + 2 * latent + i * (i - 1) / 2 + j, (double) u[at] * eps[row * latent + j]);
            }
        }
        Slot head = c.input(h);
        Slot state = c.state();
        Slot dz = c.input(u);
        Slot dHead = c.gradient("dHead", gradient, accumulate);
        c.run(b -> b.sampleBackward(posterior, examples * samples, samples, latent, head.buffer(), state.buffer(), dz.buffer(),
                dHead.buffer(),
                accumulate));
    }

    /** Three priors: N(0, I), a learned one, a learned one with a gate. The floor is in the middle of the prior's log variances. */
    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void kl(Posterior posterior, int examples, int samples, int latent, boolean accumulate) {
        kl(posterior, examples, latent, false, false, accumulate);
        kl(posterior, examples, latent, true, false, accumulate);
        if (posterior == Posterior.DIAGONAL) {
            kl(posterior, examples, latent, true, true, accumulate);
        }
    }

    /** e^t - 1 - t, the part of the KL that cancels near 0; the series beats double precision there. */
    private static double remainder(double t) {
        return Math.abs(t) < 1e-3 ? t * t * (0.5 + t * (1.0 / 6 + t * (1.0 / 24 + t / 120))) : Math.expm1(t) - t;
    }

    private static void kl(Posterior posterior, int rows, int latent, boolean learned, boolean gated, boolean accumulate) {
        float floor = -0.1f;
        FormulaCheck.Case c = check.of("kl %s [%d, %d] learned=%b gated=%b", posterior, rows, latent, learned, gated);
        int width = posterior.headWidth(latent);
        float[] h = c.normal(rows * width, 0.7);
        for (int r = 0; r < rows; r += 2) {
            h[r * width + latent] *= 1e-3f; // a variance near 1, where e^s - 1 - s cancels
        }
        float[] p = learned ? c.normal(rows * 2 * latent, 0.5) : null;
        float[] g = c.uniform(latent, 0, 1.5);
        float[] up = c.normal(rows, 1);
        Terms value = new Terms(rows, 1, SUM);
        Terms dHead = new Terms(rows, width, SUM);
        Terms dPrior = new Terms(rows, 2 * latent, SUM);
        for (int at = 0; at < rows * latent; at++) {
            int r = at / latent;
            int j = at % latent;
            int start = r * width;
            double raw = learned ? p[r * 2 * latent + latent + j] : 0;
            double s2 = learned ? Math.max(raw, floor) : 0;
            double difference = (double) h[start + j] - (learned ? p[r * 2 * latent + j] : 0);
            double t = h[start + latent + j] * 2 * logScale(posterior) - s2;
            double factor = up[r] * (gated ? g[j] : 1);
            double square = difference * difference * Math.exp(-s2);
            for (int i = 0; posterior == Posterior.FULL && i < j; i++) {
                int b = start + 2 * latent + j * (j - 1) / 2 + i;
                square += h[b] * h[b] * Math.exp(-s2);
                dHead.add(b, factor * h[b] * Math.exp(-s2));
            }
            value.add(r, 0.5 * remainder(t), 0.5 * square);
            dHead.add(start + j, factor * difference * Math.exp(-s2));
            dHead.add(start + latent + j, factor * logScale(posterior) * Math.expm1(t));
            dPrior.add(r * 2 * latent + j, -factor * difference * Math.exp(-s2));
            double open = raw < floor ? 0 : -0.5 * factor;
            dPrior.add(r * 2 * latent + latent + j, open * Math.expm1(t), open * square);
        }
        Slot head = c.input(h);
        Slot prior = c.input(p);
        Slot gate = c.input(gated ? g : null);
        Slot upstream = c.input(up);
        Slot v = c.output("value", value);
        Slot dh = c.gradient("dHead", dHead, accumulate);
        Slot dp = learned ? c.gradient("dPrior", dPrior, accumulate) : c.output("dPrior", dPrior, false);
        c.run(b -> b.kl(posterior, rows, latent, head.buffer(), prior.buffer(), floor, gate.buffer(), upstream.buffer(), v.buffer(),
                dh.buffer(),
                accumulate, dp.buffer(), accumulate));
    }

    /** Close to the prior the KL is about s^2 / 4: expm1(s) - s keeps the digits that e^s - 1 - s would lose. */
    @ParameterizedTest
    @EnumSource
    void klCloseToThePrior(Posterior posterior) {
        FormulaCheck.Case c = check.of("kl close to the prior %s", posterior);
        int width = posterior.headWidth(3);
        float[] h = new float[20 * width];
        Terms value = new Terms(20, 1, TERM);
        for (int r = 0; r < 20; r++) {
            for (int j = 0; j < 3; j++) {
                h[r * width + 3 + j] = c.uniform(1, -1, 1)[0] * (float) Math.pow(10, -r / 4);
                double t = h[r * width + 3 + j] * 2 * logScale(posterior);
                value.add(r, 0.5 * remainder(t)).blur(r, 0.1 * t); // expm1(t) rounds
            }
        }
        Slot head = c.input(h);
        Slot v = c.output("value", value);
        c.run(b -> b.kl(posterior, 20, 3, head.buffer(), null, 0, null, null, v.buffer(), null, false, null, false));
    }

    /** A head of zeros is the prior itself: everything is 0, exactly. */
    @ParameterizedTest
    @CsvSource({"DIAGONAL, true, false", "DIAGONAL, false, true", "FULL, true, false", "FULL, false, true"})
    void klValueOrGradientAlone(Posterior posterior, boolean wantsValue, boolean wantsGradient) {
        FormulaCheck.Case c = check.of("kl alone %s value=%b", posterior, wantsValue);
        int width = posterior.headWidth(3);
        Terms value = new Terms(5, 1, 0);
        Terms gradient = new Terms(5, width, 0);
        Slot head = c.input(new float[5 * width]);
        Slot upstream = c.input(wantsGradient ? new float[] {1, 1, 1, 1, 1} : null);
        Slot v = c.output("value", value, wantsValue);
        Slot d = c.output("dHead", gradient, wantsGradient);
        c.run(b -> b.kl(posterior, 5, 3, head.buffer(), null, 0, null, upstream.buffer(), v.buffer(), d.buffer(), false, null, false));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, false", "3, 2, true", "128, 20, false", "33, 33, true", "1100, 3, true", "600, 132, false"})
    void klPerDimension(int rows, int latent, boolean learned) {
        FormulaCheck.Case c = check.of("kl per dimension [%d, %d] learned=%b", rows, latent, learned);
        float floor = -0.1f;
        float[] h = c.normal(rows * 2 * latent, 0.7);
        float[] p = learned ? c.normal(rows * 2 * latent, 0.5) : null;
        Terms expected = new Terms(1, latent, TERM + rows / 8.0);
        for (int at = 0; at < rows * latent; at++) {
            int j = at % latent;
            int mu = at / latent * 2 * latent + j;
            double s2 = learned ? Math.max(p[mu + latent], floor) : 0;
            double difference = (double) h[mu] - (learned ? p[mu] : 0);
            expected.add(j, 0.5 * remainder(h[mu + latent] - s2) / rows, 0.5 * difference * difference * Math.exp(-s2) / rows);
        }
        Slot head = c.input(h);
        Slot prior = c.input(p);
        Slot mean = c.output("mean", expected);
        c.run(b -> b.klPerDimension(rows, latent, head.buffer(), prior.buffer(), floor, mean.buffer()));
    }

    @ParameterizedTest
    @CsvSource({"1", "20", "33", "300"})
    void freeBits(int latent) {
        FormulaCheck.Case c = check.of("free bits [%d]", latent);
        float[] m = c.uniform(latent, 0, 1);
        m[0] = 0.25f;
        Terms gate = new Terms(1, latent, 0);
        Terms value = new Terms(1, 1, TERM);
        for (int j = 0; j < latent; j++) {
            gate.add(j, m[j] > 0.25f ? 1 : 0);
            value.add(0, Math.max(0.25, m[j]));
        }
        Slot mean = c.input(m);
        Slot g = c.output("gate", gate);
        Slot v = c.output("value", value);
        c.run(b -> b.freeBits(latent, 0.25f, mean.buffer(), g.buffer(), v.buffer()));
    }

    @ParameterizedTest
    @CsvSource(textBlock = SHAPES)
    void sampledKl(Posterior posterior, int examples, int samples, int latent, boolean accumulate) {
        sampledKl(posterior, examples, samples, latent, false, false, accumulate);
        sampledKl(posterior, examples, samples, latent, true, false, accumulate);
        sampledKl(posterior, examples, samples, latent, true, true, accumulate);
    }

    private static void sampledKl(Posterior posterior, int examples, int samples, int latent, boolean learned, boolean keyed,
            boolean accumulate) {
        FormulaCheck.Case c = check.of("sampled kl %s [%d, %d] samples=%d learned=%b keyed=%b", posterior, examples, latent, samples,
                learned, keyed);
        float floor = -0.1f;
        int rows = examples * samples;
        int width = posterior.headWidth(latent);
        float[] h = c.normal(examples * width, 0.7);
        float[] p = learned ? c.normal(examples * 2 * latent, 0.5) : null;
        float[] at = c.normal(rows * latent, 1);
        float[] up = c.normal(rows, 1);
        int[] k = keyed ? c.random().ints(2L * examples).toArray() : null;
        float[] eps = keyed ? FormulaCheck.eps(k, samples * latent) : FormulaCheck.eps(rows * latent);
        Terms value = new Terms(rows, 1, SUM);
        Terms dz = new Terms(rows, latent, TERM);
        Terms dHead = new Terms(examples, width, TERM);
        Terms dPrior = new Terms(examples, 2 * latent, TERM);
        for (int e = 0; e < rows * latent; e++) {
            int r = e / latent;
            int j = e % latent;
            int start = r / samples * width;
            int m2 = r / samples * 2 * latent + j;
            double raw = learned ? p[m2 + latent] : 0;
            double s2 = learned ? Math.max(raw, floor) : 0;
            double difference = at[e] - (learned ? p[m2] : 0.0);
            double scaled = difference * Math.exp(-s2);
            value.add(r, -0.5 * eps[e] * eps[e], -logScale(posterior) * h[start + latent + j], 0.5 * s2, 0.5 * difference * scaled);
            dz.add(e, up[r] * scaled);
            dHead.add(start + latent + j, -logScale(posterior) * up[r]);
            dPrior.add(m2, -up[r] * scaled);
            dPrior.add(m2 + latent, raw < floor ? 0 : 0.5 * up[r], raw < floor ? 0 : -0.5 * up[r] * difference * scaled);
        }
        Slot head = c.input(h);
        Slot prior = c.input(p);
        Slot state = c.state();
        Slot keys = c.integers(k);
        Slot z = c.input(at);
        Slot upstream = c.input(up);
        Slot v = c.output("value", value);
        Slot gz = c.gradient("dz", dz, accumulate);
        Slot gh = c.gradient("dHead", dHead, accumulate);
        Slot gp = learned ? c.gradient("dPrior", dPrior, accumulate) : c.output("dPrior", dPrior, false);
        c.run(b -> {
            b.sampledKl(posterior, rows, samples, latent, head.buffer(), prior.buffer(), floor, state.buffer(), keys.buffer(), z.buffer(),
                    v.buffer());
            b.sampledKlBackward(posterior, rows, samples, latent, head.buffer(), prior.buffer(), floor, z.buffer(), upstream.buffer(),
                    gz.buffer(), accumulate, gh.buffer(), accumulate, gp.buffer(), accumulate);
        });
    }

    /** Log weights from -1000 to 0: without the running maximum the exponentials would vanish. */
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "33, 5, 1", "3, 50, 300", "2, 33, 1000", "5, 4, 300", "2, 1000, 10"})
    void importanceWeights(int rows, int samples, double spread) {
        FormulaCheck.Case c = check.of("importance weights [%d, %d]", rows, samples);
        float[] a = c.uniform(rows * samples, 0, spread);
        float[] k = c.uniform(rows * samples, 0, 1);
        Terms value = new Terms(rows, 1, SUM);
        Terms weights = new Terms(rows, samples, SUM);
        for (int b = 0; b < rows; b++) {
            double most = Double.NEGATIVE_INFINITY;
            double sum = 0;
            for (int j = b * samples; j < (b + 1) * samples; j++) {
                most = Math.max(most, -((double) a[j] + k[j]));
            }
            for (int j = b * samples; j < (b + 1) * samples; j++) {
                sum += Math.exp(-((double) a[j] + k[j]) - most);
            }
            value.add(b, -most, -Math.log(sum), Math.log(samples)).blur(b, 1);
            for (int j = b * samples; j < (b + 1) * samples; j++) {
                double weight = 0.5 * Math.exp(-((double) a[j] + k[j]) - most) / sum;
                // nll + cost rounds once, and the exponential magnifies that by its argument.
                weights.add(j, weight).blur(j, weight * (a[j] + k[j]) / 8);
            }
        }
        Slot nll = c.input(a);
        Slot cost = c.input(k);
        Slot v = c.output("value", value);
        Slot w = c.output("weights", weights);
        c.run(b -> b.importanceWeights(rows, samples, nll.buffer(), cost.buffer(), 0.5f, v.buffer(), w.buffer()));
    }

    @ParameterizedTest
    @CsvSource({"DIAGONAL, 1, 1, 1", "DIAGONAL, 130, 33, 2", "DIAGONAL, 33, 100, 20", "DIAGONAL, 3, 70, 33", "DIAGONAL, 2, 5, 70",
        "FULL, 1, 1, 1", "FULL, 130, 33, 2", "FULL, 33, 40, 20", "FULL, 3, 70, 33", "FULL, 2, 3, 130"})
    void aggregateLogDensity(Posterior posterior, int count, int points, int latent) {
        FormulaCheck.Case c = check.of("aggregate %s z=%d points=%d latent=%d", posterior, count, points, latent);
        int width = posterior.headWidth(latent);
        float[] h = c.normal(points * width, 0.7);
        for (int n = 0; posterior == Posterior.FULL && n < points; n++) { // off-diagonals that keep the solution of a wide triangle in range
            for (int i = 2 * latent; i < width; i++) {
                h[n * width + i] /= latent;
            }
        }
        float[] at = c.normal(count * latent, 1);
        Terms expected = new Terms(count, 1, SUM);
        double[] density = new double[points];
        double[] magnitude = new double[points];
        for (int i = 0; i < count; i++) {
            double most = Double.NEGATIVE_INFINITY;
            for (int n = 0; n < points; n++) {
                logDensity(posterior, h, n, at, i, latent, density, magnitude);
                most = Math.max(most, density[n]);
            }
            double sum = 0;
            double rounding = 1;
            for (int n = 0; n < points; n++) {
                double weight = Math.exp(density[n] - most);
                sum += weight;
                rounding = Math.max(rounding, weight * magnitude[n]);
            }
            expected.add(i, most + Math.log(sum)).blur(i, rounding);
        }
        Slot z = c.input(at);
        Slot head = c.input(h);
        Slot logSum = c.output("log sum", expected);
        c.run(b -> b.aggregateLogDensity(posterior, count, points, latent, z.buffer(), head.buffer(), logSum.buffer()));
    }

    /** log q(z_i | x_n), and the sum of the magnitudes it is made of. */
    private static void logDensity(Posterior posterior, float[] h, int n, float[] z, int i, int latent, double[] density,
            double[] magnitude) {
        int start = n * posterior.headWidth(latent);
        double[] y = new double[latent];
        double sum = 0;
        double size = 0;
        for (int j = 0; j < latent; j++) {
            double rest = (double) z[i * latent + j] - h[start + j];
            double parts = Math.abs(z[i * latent + j]) + Math.abs(h[start + j]);
            for (int k = 0; k < j; k++) {
                double part = factor(posterior, h, start, latent, j, k) * y[k];
                rest -= part;
                parts += Math.abs(part);
            }
            double diagonal = factor(posterior, h, start, latent, j, j);
            y[j] = rest / diagonal;
            sum -= 0.5 * y[j] * y[j] + Math.log(diagonal) + HALF_LOG_TWO_PI;
            size += Math.abs(y[j]) * parts / diagonal + Math.abs(Math.log(diagonal)) + HALF_LOG_TWO_PI;
        }
        density[n] = sum;
        magnitude[n] = size;
    }
}
