package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.data.Examples;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.code.FullGaussian;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.loss.Term;
import dev.hourglass.nn.Initialization;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Posteriors on p(x) = N(m, W W' + v I), where everything is known: the posterior is N(M^-1 W'(x - m), v M^-1), M = W'W + v I
 * (Tipping and Bishop 1999). Parameters are set by hand, nothing is trained.
 */
class LinearGaussianFactsTest {
    private static final int FEATURES = 5;
    private static final int LATENT = 3;
    private static final double VARIANCE = 0.3;
    private static final float[] MEAN = {0.5f, -1, 0, 2, 0.25f};

    private final Examples examples = Facts.examples(Facts.normal(40, FEATURES, 7));
    private Backend backend;

    @BeforeEach
    void open() {
        backend = Facts.open();
    }

    @AfterEach
    void close() {
        assertEquals(0, backend.liveBytes(), "leaked bytes");
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3})
    void fullCovarianceReachesTheLogLikelihoodForAnyRotation(long rotation) {
        DMatrixRMaj w = loadings(rotation);
        try (Model model = model(Code.fullGaussian(LATENT), 1, w)) {
            Facts.Estimate loss = Facts.estimate(model, examples, Term.LOSS, 200, 12);
            assertEquals(logLikelihood(w), -loss.mean(), 3.5 * loss.error(), () -> "standard error " + loss.error());
            assertTrue(loss.error() < 0.02, () -> "standard error " + loss.error());
        }
    }

    /** With the exact posterior p(x, z) / q(z|x) = p(x) at every z: no sampling error is left. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3})
    void everyImportanceWeightOfTheExactPosteriorIsTheLikelihood(long rotation) {
        DMatrixRMaj w = loadings(rotation);
        try (Model model = model(Code.fullGaussian(LATENT), 2, w)) {
            for (long seed = 0; seed < 5; seed++) {
                assertEquals(logLikelihood(w), -Facts.terms(model, examples, 2, seed).get(Term.BOUND), 5e-5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3})
    void theBestDiagonalPosteriorStaysBelowByTheKnownGap(long rotation) {
        DMatrixRMaj w = loadings(rotation);
        double gap = gap(w);
        if (rotation == 0) {
            assertEquals(0, gap, 1e-12);
        } else {
            assertTrue(gap > 0.15, () -> "gap " + gap);
        }
        try (Model model = model(Code.diagonalGaussian(LATENT), 1, w)) {
            Facts.Estimate loss = Facts.estimate(model, examples, Term.LOSS, 200, 12);
            assertEquals(logLikelihood(w) - gap, -loss.mean(), 3.5 * loss.error(), () -> "standard error " + loss.error());
            assertTrue(loss.error() < 0.02, () -> "standard error " + loss.error());
        }
    }

    @Test
    void diagonalAndFullAgreeWhenTheFactorIsDiagonal() {
        try (Model diagonal = deep(Code.diagonalGaussian(LATENT)); Model full = deep(Code.fullGaussian(LATENT))) {
            Facts.scatter(diagonal, 0.3, 5);
            diagonal.parameters().all()
                    .forEach(p -> full.parameters().get(p.name()).value().write(asFull(full, p.name(), p.value().read(), 0.5f)));
            Map<Term, Double> expected = Facts.terms(diagonal, examples, 3, 9);
            Map<Term, Double> actual = Facts.terms(full, examples, 3, 9);
            expected.forEach((term, value) -> assertEquals(value, actual.get(term), 2e-6 * Math.abs(value), term.name()));
            Facts.differentiate(diagonal, examples, 9);
            Facts.differentiate(full, examples, 9);
            // s = 2 d, so the derivative by d is twice that by s.
            diagonal.parameters().all().forEach(p -> assertArrayEquals(asFull(full, p.name(), p.gradient().read(), 2),
                    onlyDiagonal(full, p.name()), 2e-5f, p.name()));
        }
    }

    /** z = mu + eps at first, whatever x and however weights start. */
    @ParameterizedTest
    @EnumSource(Initialization.class)
    void aFullCovarianceStartsAsTheIdentity(Initialization initialization) {
        try (Model model = Hourglass.fullCovarianceVae().hidden(4).activation(Activation.TANH).code(Code.fullGaussian(LATENT))
                .initialization(initialization)
                .likelihood(Likelihood.gaussian(1)).scaling("none").create(backend, examples, 1)) {
            for (float[] head : Facts.heads(model, examples)) {
                assertArrayEquals(new float[head.length - LATENT], java.util.Arrays.copyOfRange(head, LATENT, head.length));
                assertTrue(head[0] != 0 && head[LATENT - 1] != 0);
            }
        }
    }

    private Model deep(Code code) {
        return Hourglass.vae().hidden(4).activation(Activation.TANH).code(code).likelihood(Likelihood.gaussian(VARIANCE)).scaling("none")
                .create(backend, examples, 1);
    }

    /** Rows [mu | s] of the encoder's last layer as [mu | factor s | 0]; everything else as it is. */
    private static float[] asFull(Model full, String name, float[] values, float factor) {
        if (!name.startsWith("encoder.1.")) {
            return values;
        }
        float[] wide = new float[full.parameters().get(name).value().size()];
        for (int i = 0; i < values.length; i++) {
            wide[i] = i < values.length / 2 ? values[i] : factor * values[i];
        }
        return wide;
    }

    private static float[] onlyDiagonal(Model full, String name) {
        float[] gradient = full.parameters().get(name).gradient().read();
        if (name.startsWith("encoder.1.")) {
            int width = full.specification().code().headWidth();
            java.util.Arrays.fill(gradient, gradient.length / width * 2 * LATENT, gradient.length, 0);
        }
        return gradient;
    }

    /** Orthogonal columns of lengths 2, 1 and 0.5, turned in latent space unless {@code rotation} is 0: W [features, latent]. */
    private static DMatrixRMaj loadings(long rotation) {
        DMatrixRMaj w = orthogonal(FEATURES, LATENT, 11);
        for (int column = 0; column < LATENT; column++) {
            for (int row = 0; row < FEATURES; row++) {
                w.set(row, column, w.get(row, column) * 2 / (1 << column));
            }
        }
        DMatrixRMaj turned = new DMatrixRMaj(FEATURES, LATENT);
        CommonOps_DDRM.mult(w, rotation == 0 ? CommonOps_DDRM.identity(LATENT) : orthogonal(LATENT, LATENT, rotation), turned);
        return turned;
    }

    private static DMatrixRMaj orthogonal(int rows, int columns, long seed) {
        DMatrixRMaj random = matrix(Facts.normal(rows, columns, seed));
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(rows, columns);
        qr.decompose(random);
        return qr.getQ(null, true);
    }

    private static DMatrixRMaj matrix(float[][] values) {
        DMatrixRMaj matrix = new DMatrixRMaj(values.length, values[0].length);
        for (int r = 0; r < values.length; r++) {
            for (int c = 0; c < values[0].length; c++) {
                matrix.set(r, c, values[r][c]);
            }
        }
        return matrix;
    }

    /** M = W'W + v I. */
    private static DMatrixRMaj precision(DMatrixRMaj w) {
        DMatrixRMaj m = new DMatrixRMaj(LATENT, LATENT);
        CommonOps_DDRM.multTransA(w, w, m);
        CommonOps_DDRM.addEquals(m, VARIANCE, CommonOps_DDRM.identity(LATENT));
        return m;
    }

    /** KL of the best diagonal Gaussian from the posterior: 0.5 (sum_j log M_jj - log|M|), the variances cancel. */
    private static double gap(DMatrixRMaj w) {
        DMatrixRMaj m = precision(w);
        double sum = 0;
        for (int j = 0; j < LATENT; j++) {
            sum += Math.log(m.get(j, j));
        }
        return 0.5 * (sum - Math.log(CommonOps_DDRM.det(m)));
    }

    /** Mean of log N(x; m, W W' + v I) over the examples. */
    private double logLikelihood(DMatrixRMaj w) {
        DMatrixRMaj c = new DMatrixRMaj(FEATURES, FEATURES);
        CommonOps_DDRM.multTransB(w, w, c);
        CommonOps_DDRM.addEquals(c, VARIANCE, CommonOps_DDRM.identity(FEATURES));
        double sum = FEATURES * Math.log(2 * Math.PI) + Math.log(CommonOps_DDRM.det(c));
        CommonOps_DDRM.invert(c);
        double distances = 0;
        for (int row = 0; row < examples.rows(); row++) {
            float[] x = examples.features().row(row);
            for (int i = 0; i < FEATURES; i++) {
                for (int j = 0; j < FEATURES; j++) {
                    distances += (x[i] - MEAN[i]) * c.get(i, j) * (x[j] - MEAN[j]);
                }
            }
        }
        return -0.5 * (sum + distances / examples.rows());
    }

    /** The linear VAE with decoder N(W z + m, v I) and the best posterior of its family. */
    private Model model(Code code, int importanceSamples, DMatrixRMaj w) {
        Model model = Hourglass.vae().hidden().code(code).likelihood(Likelihood.gaussian(VARIANCE)).importanceSamples(importanceSamples)
                .scaling("none").create(backend, examples, 1);
        Facts.set(model, "decoder.0.weight", floats(w));
        Facts.set(model, "decoder.0.bias", MEAN);
        DMatrixRMaj precision = precision(w);
        DMatrixRMaj inverse = new DMatrixRMaj(LATENT, LATENT);
        CommonOps_DDRM.invert(precision, inverse);
        DMatrixRMaj a = new DMatrixRMaj(LATENT, FEATURES);
        CommonOps_DDRM.multTransB(inverse, w, a);
        float[] weight = new float[code.headWidth() * FEATURES];
        float[] bias = new float[code.headWidth()];
        System.arraycopy(floats(a), 0, weight, 0, LATENT * FEATURES);
        for (int i = 0; i < LATENT; i++) {
            for (int j = 0; j < FEATURES; j++) {
                bias[i] -= (float) (a.get(i, j) * MEAN[j]);
            }
        }
        spread(code, precision, inverse, bias);
        Facts.set(model, "encoder.0.weight", weight);
        Facts.set(model, "encoder.0.bias", bias);
        return model;
    }

    private static void spread(Code code, DMatrixRMaj precision, DMatrixRMaj inverse, float[] bias) {
        CommonOps_DDRM.scale(VARIANCE, inverse);
        CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(LATENT, true);
        cholesky.decompose(inverse.copy());
        DMatrixRMaj b = cholesky.getT(null);
        int next = 2 * LATENT;
        for (int i = 0; i < LATENT; i++) {
            boolean full = code instanceof FullGaussian;
            bias[LATENT + i] = (float) (full ? Math.log(b.get(i, i)) : Math.log(VARIANCE / precision.get(i, i)));
            for (int j = 0; full && j < i; j++) {
                bias[next++] = (float) b.get(i, j);
            }
        }
    }

    private static float[] floats(DMatrixRMaj matrix) {
        float[] values = new float[matrix.getNumElements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) matrix.get(i);
        }
        return values;
    }
}
