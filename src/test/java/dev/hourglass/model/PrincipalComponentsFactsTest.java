package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.spec.DataSpec;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.model.loss.Term;
import dev.hourglass.testkit.SmallDigits;
import dev.hourglass.train.TrainingSettings;
import java.nio.file.Path;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Training reaches what is known: the linear autoencoder the error of principal components (Baldi and Hornik 1989), the linear VAE with a learned
 * variance the log-likelihood of probabilistic PCA (Lucas et al. 2019; Tipping and Bishop 1999).
 */
class PrincipalComponentsFactsTest {
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

    /** Eigenvalues of the covariance (divided by N), greatest first. */
    private static double[] spectrum(Dataset data, double scale) {
        int columns = data.columns();
        double[] mean = new double[columns];
        DMatrixRMaj c = new DMatrixRMaj(columns, columns);
        for (int r = 0; r < data.rows(); r++) {
            float[] x = data.row(r);
            for (int i = 0; i < columns; i++) {
                mean[i] += scale * x[i] / data.rows();
                for (int j = 0; j < columns; j++) {
                    c.add(i, j, scale * x[i] * scale * x[j] / data.rows());
                }
            }
        }
        for (int i = 0; i < columns; i++) {
            for (int j = 0; j < columns; j++) {
                c.add(i, j, -mean[i] * mean[j]);
            }
        }
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(columns, false, true);
        eigen.decompose(c);
        double[] values = new double[columns];
        for (int i = 0; i < columns; i++) {
            values[i] = -eigen.getEigenvalue(i).getReal();
        }
        Arrays.sort(values);
        return Arrays.stream(values).map(v -> -v).toArray();
    }

    /** Squared error of the best projection: the eigenvalues left out. */
    private static double leastError(double[] spectrum, int latent) {
        return Arrays.stream(spectrum).skip(latent).sum();
    }

    /** log-likelihood of probabilistic PCA: -0.5 (d log 2 pi + sum_k log l_k + (d - K) log v + d), v the mean of the eigenvalues left out. */
    private static double logLikelihood(double[] spectrum, int latent) {
        int d = spectrum.length;
        double v = leastError(spectrum, latent) / (d - latent);
        double logs = Arrays.stream(spectrum).limit(latent).map(Math::log).sum() + (d - latent) * Math.log(v);
        return -0.5 * (d * Math.log(2 * Math.PI) + logs + d);
    }

    private static ModelBuilder autoencoder(int latent) {
        return Hourglass.undercomplete().hidden().code(Code.deterministic(latent, Activation.IDENTITY));
    }

    private static ModelBuilder variational(int latent) {
        return Hourglass.vae().hidden().latent(latent).likelihood(Likelihood.gaussian(Variance.LEARNED));
    }

    private double after(ModelBuilder builder, String scaling, Examples examples, TrainingSettings plan, int samples, Term term) {
        try (Model model = Facts.trained(builder.scaling(scaling).create(backend, examples, 1), examples, plan)) {
            return Facts.estimate(model, examples, term, samples, samples == 1 ? 2 : 8).mean();
        }
    }

    private static Examples ellipsoid() {
        float[][] rows = Facts.normal(600, 8, 81);
        for (float[] row : rows) {
            for (int j = 0; j < 8; j++) {
                row[j] = (j < 3 ? 2f - 0.5f * j : 0.3f) * row[j] + (j > 0 ? 0.5f * row[j - 1] : 1);
            }
        }
        return Facts.examples(rows);
    }

    @Test
    void linearAutoencoderReachesPrincipalComponents() {
        Examples examples = ellipsoid();
        double expected = leastError(spectrum(examples.features(), 1), 3);
        assertEquals(expected, after(autoencoder(3), "none", examples, Facts.plan(60, 100, 0.03), 1, Term.LOSS), 0.002 * expected);
    }

    @Test
    void linearVariationalAutoencoderReachesProbabilisticPrincipalComponents() {
        Examples examples = ellipsoid();
        double expected = logLikelihood(spectrum(examples.features(), 1), 3);
        assertEquals(expected, -after(variational(3), "none", examples, Facts.plan(300, 50, 0.02), 20, Term.LOSS), 0.01);
        assertEquals(expected,
                -after(variational(3).code(Code.fullGaussian(3)), "none", examples, Facts.plan(300, 50, 0.02), 20, Term.LOSS), 0.01);
    }

    /** 64 features, as optdigits has them, from what the library holds itself. */
    @Test
    void digitsReachPrincipalComponentsToo() {
        Examples examples = Examples.of(SmallDigits.of(600, 1));
        double[] spectrum = spectrum(examples.features(), 1 / 16.0);
        double error = leastError(spectrum, 8);
        assertEquals(error, after(autoencoder(8), "divide:16", examples, Facts.plan(100, 32, 0.01), 1, Term.LOSS), 0.005 * error);
        assertEquals(logLikelihood(spectrum, 8), -after(variational(8), "divide:16", examples, Facts.plan(240, 32, 0.01), 8, Term.LOSS),
                0.05);
    }

    private static Examples optdigits() {
        String named = System.getProperty("hourglass.data", "");
        assumeTrue(!named.isEmpty(), "the public data sets are read only with -Dhourglass.data=FOLDER");
        return Examples.of(DataSpec
                .read(Path.of(named).resolve("optdigits/optdigits.tra").toString(), DataOptions.defaults().withLabelColumn("65")).train());
    }

    @Test
    void optdigitsAutoencoder() {
        Examples examples = optdigits();
        assertEquals(1.526347, leastError(spectrum(examples.features(), 1 / 16.0), 8), 1e-6);
        assertEquals(1.526347, after(autoencoder(8), "divide:16", examples, Facts.plan(60, 128, 0.01), 1, Term.LOSS), 0.005 * 1.526347);
    }

    @Test
    void optdigitsVariationalAutoencoder() {
        Examples examples = optdigits();
        assertEquals(14.2352, logLikelihood(spectrum(examples.features(), 1 / 16.0), 8), 1e-4);
        assertEquals(14.2352, -after(variational(8), "divide:16", examples, Facts.plan(150, 128, 0.01), 8, Term.LOSS), 0.05);
    }
}
