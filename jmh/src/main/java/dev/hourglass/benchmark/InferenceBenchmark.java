package dev.hourglass.benchmark;

import dev.hourglass.Autoencoder;
import dev.hourglass.Hourglass;
import dev.hourglass.Scorer;
import dev.hourglass.model.likelihood.Gaussian;
import dev.hourglass.model.likelihood.Variance;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One row at a time through the public model, as a service calls it: a table of 30 standardised columns, the default model of anomaly scores, 30-64-(8),
 * on the CPU. Every call is timed by itself, so the percentiles are those of calls; the scores per second of one and of two calling threads show how they
 * share a model.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx2g"})
public class InferenceBenchmark {
    private static final int COLUMNS = 30;
    private static final int FACTORS = 5;
    private static final int ROWS = 4096;
    private static final int ASKED = 256;

    private final float[][] rows = new float[ASKED][];
    private Autoencoder model;
    private Scorer scorer;

    /** Which row is next for a thread. */
    @State(Scope.Thread)
    public static class Cursor {
        private int calls;

        int next() {
            return calls++ % ASKED;
        }
    }

    /** Trains for one epoch; what one row gives must be what it gives among others. */
    @Setup(Level.Trial)
    public void start() {
        float[][] table = table();
        System.arraycopy(table, 0, rows, 0, ASKED);
        model = Hourglass.vae().hidden(64).latent(8).likelihood(new Gaussian(Variance.PER_FEATURE, 1, Gaussian.DEFAULT_FLOOR))
                .scaling("standardize")
                .epochs(1).device("cpu").fit(table);
        scorer = model.scorer();
        float[][] codes = model.encode(rows);
        float[][] reconstructions = model.reconstruct(rows);
        double[] scores = scorer.score(rows);
        for (int i = 0; i < ASKED; i++) {
            Target.check("code of row " + i, codes[i][0], model.encode(rows[i])[0], 0);
            Target.check("reconstruction of row " + i, reconstructions[i][0], model.reconstruct(rows[i])[0], 0);
            Target.check("score of row " + i, scores[i], scorer.score(rows[i]), 0);
        }
    }

    /** Columns that depend on a few factors, on different scales, with noise. */
    private static float[][] table() {
        float[] factors = Target.uniform(ROWS * FACTORS, -1, 1, 1);
        float[] loadings = Target.uniform(COLUMNS * FACTORS, -1, 1, 2);
        float[] noise = Target.uniform(ROWS * COLUMNS, -0.3f, 0.3f, 3);
        float[][] table = new float[ROWS][COLUMNS];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < COLUMNS; j++) {
                float sum = noise[i * COLUMNS + j];
                for (int k = 0; k < FACTORS; k++) {
                    sum += factors[i * FACTORS + k] * loadings[j * FACTORS + k];
                }
                table[i][j] = (j + 1) * sum;
            }
        }
        return table;
    }

    /** The code of a row. */
    @Benchmark
    public float[] encode(Cursor cursor) {
        return model.encode(rows[cursor.next()]);
    }

    /** The reconstruction of a row. */
    @Benchmark
    public float[] reconstruct(Cursor cursor) {
        return model.reconstruct(rows[cursor.next()]);
    }

    /** The anomaly score of a row: -log p(x), 50 samples. */
    @Benchmark
    public double score(Cursor cursor) {
        return scorer.score(rows[cursor.next()]);
    }

    /** Scores per second, one thread calling. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    @Threads(1)
    public double scoreByOneThread(Cursor cursor) {
        return scorer.score(rows[cursor.next()]);
    }

    /** Scores per second, two threads calling. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    @Threads(2)
    public double scoreByTwoThreads(Cursor cursor) {
        return scorer.score(rows[cursor.next()]);
    }

    /** Closes the model. */
    @TearDown(Level.Trial)
    public void stop() {
        model.close();
    }
}
