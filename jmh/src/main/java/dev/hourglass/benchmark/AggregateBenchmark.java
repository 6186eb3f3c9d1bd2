package dev.hourglass.benchmark;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Posterior;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The aggregate posterior logsumexp_n log q(z_i|x_n), diagonal, 32 dimensions, 2000 samples against 2000 points, two ways: the fused kernel, which keeps a
 * running maximum and sum, and two matrix products, which write every log q(z_i|x_n) to memory and reduce it afterwards.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class AggregateBenchmark {
    private static final int COUNT = 2000;
    private static final int LATENT = 32;
    private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

    /** Device. */
    @Param({"cpu:1", "cpu:2", "cuda"})
    public String device;

    /** How. */
    @Param({"FUSED", "PRODUCTS"})
    public Method method;

    /** How the sum is found. */
    public enum Method {
        /** One pass, nothing stored. */
        FUSED,
        /** 0.5 z^2 (e^-s)^T - z (mu e^-s)^T + a constant of each point. */
        PRODUCTS
    }

    private Backend backend;
    private final List<Buffer> owned = new ArrayList<>();
    private Buffer z;
    private Buffer squares;
    private Buffer head;
    private Buffer precisions;
    private Buffer weightedMeans;
    private Buffer constants;
    private Buffer spread;
    private Buffer costs;
    private Buffer weights;
    private Buffer result;

    /** Makes posteriors whose clouds overlap, and checks both ways against each other. */
    @Setup(Level.Trial)
    public void start() {
        backend = Target.open(device);
        float[] samples = Target.uniform(COUNT * LATENT, -1, 1, 1);
        float[] means = Target.uniform(COUNT * LATENT, -1, 1, 2);
        float[] logVariances = Target.uniform(COUNT * LATENT, -1, 0, 3);
        float[] heads = new float[COUNT * 2 * LATENT];
        float[] inverse = new float[COUNT * LATENT];
        float[] weighted = new float[COUNT * LATENT];
        float[] square = new float[COUNT * LATENT];
        float[] constant = new float[COUNT];
        for (int n = 0; n < COUNT; n++) {
            double sum = 0;
            for (int j = 0; j < LATENT; j++) {
                int at = n * LATENT + j;
                heads[n * 2 * LATENT + j] = means[at];
                heads[n * 2 * LATENT + LATENT + j] = logVariances[at];
                inverse[at] = (float) Math.exp(-logVariances[at]);
                weighted[at] = means[at] * inverse[at];
                square[at] = samples[at] * samples[at];
                sum += 0.5 * (LOG_TWO_PI + logVariances[at] + means[at] * weighted[at]);
            }
            constant[n] = (float) sum;
        }
        z = buffer(samples);
        head = buffer(heads);
        precisions = buffer(inverse);
        weightedMeans = buffer(weighted);
        squares = buffer(square);
        constants = buffer(constant);
        spread = allocate((long) COUNT * COUNT);
        costs = allocate((long) COUNT * COUNT);
        weights = allocate((long) COUNT * COUNT);
        result = allocate(COUNT);
        check();
    }

    private Buffer buffer(float[] values) {
        Buffer buffer = allocate(values.length);
        backend.write(buffer, values, 0, values.length);
        return buffer;
    }

    private Buffer allocate(long length) {
        owned.add(backend.allocate(ElementType.FLOAT32, length));
        return owned.get(owned.size() - 1);
    }

    private void check() {
        float[] expected = new float[COUNT];
        float[] actual = new float[COUNT];
        fused();
        backend.read(result, expected, 0);
        products();
        backend.read(result, actual, 0);
        for (int i = 0; i < COUNT; i++) {
            // The bound is for -(logsumexp - log N).
            Target.check("log q(z_" + i + ")", expected[i], Math.log(COUNT) - actual[i], 1e-4);
        }
    }

    private void fused() {
        backend.aggregateLogDensity(Posterior.DIAGONAL, COUNT, COUNT, LATENT, z, head, result);
    }

    private void products() {
        backend.gemm(false, true, COUNT, COUNT, LATENT, 0.5f, squares, precisions, 0, spread);
        backend.gemm(false, true, COUNT, COUNT, LATENT, -1, z, weightedMeans, 1, spread);
        backend.copyColumns(COUNT, COUNT, COUNT, constants, COUNT, 0, costs, COUNT, 0, false);
        backend.importanceWeights(COUNT, COUNT, spread, costs, 1, result, weights);
    }

    /** All samples against all points, once. */
    @Benchmark
    public void logDensity() {
        if (method == Method.FUSED) {
            fused();
        } else {
            products();
        }
        backend.synchronize();
    }

    /** Releases the device. */
    @TearDown(Level.Trial)
    public void stop() {
        owned.forEach(backend::release);
        backend.close();
    }
}
