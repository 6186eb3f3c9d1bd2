package dev.hourglass.benchmark;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Program;
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
 * The matrix products of the VAE step (forward, gradient of the input, gradient of the weight) and a large square one: C [m, n] = op(A) op(B),
 * 2 m n k operations. On a GPU an operation of the table is a recorded run of many products, so that the launch is not what is timed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 9, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx4g"})
public class GemmBenchmark {
    private static final double FLOP_PER_RUN_ON_GPU = 4e9;
    private static final int CHECKED = 64;

    /** Device. */
    @Param({"cpu:1", "cpu:2", "cuda"})
    public String device;

    /** Transposes and sizes, m x n x k. */
    @Param({"NT 128x512x784", "NT 128x256x512", "NN 128x512x784", "TN 512x784x128", "NN 1024x1024x1024"})
    public String shape;

    private Backend backend;
    private Program program;
    private boolean transposeA;
    private boolean transposeB;
    private int m;
    private int n;
    private int k;
    private int repeats;
    private float[] hostA;
    private float[] hostB;
    private Buffer a;
    private Buffer b;
    private Buffer c;

    /** Allocates, records and checks. */
    @Setup(Level.Trial)
    public void start() {
        transposeA = shape.charAt(0) == 'T';
        transposeB = shape.charAt(1) == 'T';
        String[] sizes = shape.substring(3).split("x");
        m = Integer.parseInt(sizes[0]);
        n = Integer.parseInt(sizes[1]);
        k = Integer.parseInt(sizes[2]);
        backend = Target.open(device);
        repeats = device.startsWith("cuda") ? (int) Math.max(1, FLOP_PER_RUN_ON_GPU / flop()) : 1;
        hostA = Target.uniform(m * k, -1, 1, 1);
        hostB = Target.uniform(k * n, -1, 1, 2);
        a = backend.allocate(ElementType.FLOAT32, hostA.length);
        b = backend.allocate(ElementType.FLOAT32, hostB.length);
        c = Target.filled(backend, (long) m * n, Float.NaN);
        backend.write(a, hostA, 0, hostA.length);
        backend.write(b, hostB, 0, hostB.length);
        program = backend.record(() -> {
            for (int i = 0; i < repeats; i++) {
                backend.gemm(transposeA, transposeB, m, n, k, 1, a, b, 0, c);
            }
        });
        product();
        verify();
    }

    private double flop() {
        return 2.0 * m * n * k;
    }

    private void product() {
        program.run();
        backend.synchronize();
    }

    private void verify() {
        float[] result = new float[m * n];
        backend.read(c, result, 0);
        for (int i = 0; i < CHECKED; i++) {
            int row = (int) (i * 2654435761L % m);
            int column = (int) (i * 40503L % n);
            double sum = 0;
            for (int p = 0; p < k; p++) {
                sum += (double) hostA[transposeA ? p * m + row : row * k + p] * hostB[transposeB ? column * k + p : p * n + column];
            }
            Target.check(shape + " at (" + row + ", " + column + ")", sum, result[row * n + column], 1e-4);
        }
    }

    /** One product, or a recorded run of them. */
    @Benchmark
    public void gemm(Work.Arithmetic work) {
        product();
        work.gigaflop += repeats * flop() / 1e9;
    }

    /** Releases the device. */
    @TearDown(Level.Trial)
    public void stop() {
        program.close();
        backend.release(a);
        backend.release(b);
        backend.release(c);
        backend.close();
    }
}
