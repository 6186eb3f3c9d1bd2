package dev.hourglass.benchmark;

import dev.hourglass.backend.Backend;
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

/** Primitives that move memory, against {@code copy}, which is the ceiling: bytes are what must be read and written once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 9, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx4g"})
public class ElementwiseBenchmark {
    /** Device. */
    @Param({"cpu:1", "cpu:2", "cuda"})
    public String device;

    /** What is done. */
    @Param({"COPY", "RELU", "GELU", "RELU_BACKWARD", "BERNOULLI", "SAMPLE", "ADAM"})
    public Primitive primitive;

    /** Elements of the larger operand: one that stays in the cache of a GPU, one that does not. */
    @Param({"1048576", "67108864"})
    public int elements;

    private Backend backend;
    private Primitive.Case prepared;

    /** Allocates and checks. */
    @Setup(Level.Trial)
    public void start() {
        backend = Target.open(device);
        prepared = primitive.prepare(backend, elements);
        prepared.step().run();
        prepared.check().run();
    }

    /** One primitive over all elements. */
    @Benchmark
    public void elementwise(Work.Traffic work) {
        prepared.step().run();
        backend.synchronize();
        work.gigabyte += prepared.bytes() / 1e9;
    }

    /** Releases the device. */
    @TearDown(Level.Trial)
    public void stop() {
        prepared.buffers().forEach(backend::release);
        backend.close();
    }
}
