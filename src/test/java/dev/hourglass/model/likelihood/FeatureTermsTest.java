package dev.hourglass.model.likelihood;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a feature costs, and the mean of p(x|z), on the host in 64 bits: the textbook's formulas. */
class FeatureTermsTest {
    private static FeatureTerms host(Likelihood likelihood) {
        return likelihood.onHost(null, 3);
    }

    /** -log(p^x (1 - p)^(1 - x)), p = 1 / (1 + e^-l). */
    @ParameterizedTest
    @ValueSource(doubles = {-4, -0.5, 0, 0.5, 4})
    void bernoulli(double logit) {
        FeatureTerms terms = host(Likelihood.bernoulli());
        double p = 1 / (1 + Math.exp(-logit));
        assertEquals(-Math.log(p), terms.loss(0, logit, 1), 1e-12);
        assertEquals(-Math.log(1 - p), terms.loss(1, logit, 0), 1e-12);
        assertEquals(-0.3 * Math.log(p) - 0.7 * Math.log(1 - p), terms.loss(2, logit, 0.3), 1e-12);
        assertEquals(p, terms.mean(0, logit), 1e-15);
    }

    @Test
    void extremeLogitsCostTheirDistance() {
        assertEquals(800, host(Likelihood.bernoulli()).loss(0, 800, 0), 0);
        assertEquals(0, host(Likelihood.bernoulli()).loss(0, 800, 1), 0);
        assertEquals(800, host(Likelihood.bernoulli()).loss(0, -800, 1), 0);
    }

    /** r - x log r + log x!, the factorial as a sum of logarithms; Stirling's series takes over at 20. */
    @ParameterizedTest
    @CsvSource({"0, 0.5", "1, -2", "2, 1", "7, 2", "19, 3", "20, 3", "21, 2.9", "150, 5", "4000, 8"})
    void poisson(int count, double logRate) {
        double factorial = 0;
        for (int i = 2; i <= count; i++) {
            factorial += Math.log(i);
        }
        FeatureTerms terms = host(Likelihood.poisson());
        double expected = Math.exp(logRate) - count * logRate + factorial;
        assertEquals(expected, terms.loss(0, logRate, count), 1e-10 * Math.max(1, factorial));
        assertEquals(Math.exp(logRate), terms.mean(0, logRate), 1e-12 * Math.exp(logRate));
    }

    @Test
    void ratesOfCountsEndAtTheHighest() {
        FeatureTerms terms = host(Likelihood.poisson());
        assertEquals(Math.exp(30), terms.mean(0, 31), 0);
        assertEquals(Math.exp(30) - 60 + Math.log(2), terms.loss(0, 31, 2), 1e-3);
    }

    @Test
    void gaussianOfAFixedVariance() {
        FeatureTerms terms = host(Likelihood.gaussian(0.25));
        assertEquals(0.5 * Math.log(2 * Math.PI * 0.25) + 0.6 * 0.6 / (2 * 0.25), terms.loss(0, 1.1, 0.5), 1e-7);
        assertEquals(1.1, terms.mean(0, 1.1), 0);
        assertEquals(0.25, variance(terms, 0), 1e-7);
    }

    /** One variance for all or one each, none below its floor. */
    @Test
    void gaussianOfLearnedVariances() {
        Gaussian shared = new Gaussian(Variance.LEARNED, 2, -3);
        Gaussian each = new Gaussian(Variance.PER_FEATURE, 2, -3);
        try (Backend backend = new CpuBackend(1); Scope scope = new Scope(backend, "test")) {
            Parameters one = parameters(shared, scope);
            assertEquals(2, variance(shared.onHost(one, 3), 2), 1e-6);
            logVariance(one).write(new float[] {0.5f});
            assertEquals(Math.exp(0.5), variance(shared.onHost(one, 3), 2), 1e-12);
            Parameters three = parameters(each, scope);
            logVariance(three).write(new float[] {-1, 0.5f, -5});
            FeatureTerms terms = each.onHost(three, 3);
            double[] logs = {-1, 0.5, -3};
            for (int j = 0; j < 3; j++) {
                assertEquals(Math.exp(logs[j]), variance(terms, j), 1e-12);
                assertEquals(0.5 * (Math.log(2 * Math.PI) + logs[j] + 4 / Math.exp(logs[j])), terms.loss(j, 3, 1), 1e-12);
            }
        }
    }

    private static Parameters parameters(Likelihood likelihood, Scope scope) {
        Parameters parameters = new Parameters();
        parameters.declare("decoder.0.weight", 3, 1, () -> new float[3]);
        likelihood.declare(parameters, 3);
        parameters.seal(scope);
        return parameters;
    }

    private static Tensor logVariance(Parameters parameters) {
        return parameters.all().stream().reduce((first, last) -> last).orElseThrow().value();
    }

    @Test
    void squaredErrorIsNoDensity() {
        FeatureTerms terms = host(Likelihood.squaredError());
        assertEquals(0.36, terms.loss(0, 1.1, 0.5), 1e-12);
        assertEquals(1.1, terms.mean(0, 1.1), 0);
    }

    /** Of a Gaussian, by what its mean costs: 0.5 (log 2 pi + log variance). */
    private static double variance(FeatureTerms terms, int feature) {
        return Math.exp(2 * terms.loss(feature, 0, 0) - Math.log(2 * Math.PI));
    }
}
