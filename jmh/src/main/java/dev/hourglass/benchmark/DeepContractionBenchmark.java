package dev.hourglass.benchmark;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.PenaltyOps;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Program;
import dev.hourglass.model.network.Mlp;
import dev.hourglass.nn.Initialization;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * ||dh/dx||_F^2 of the encoder 784-512-256-32 (sigmoid), batch 128, value and gradient, two exact ways: accumulated from the code side with every
 * example and code unit as a row of one product, as the contractive models do, and the naive way, one column of the Jacobian (one input) at a time.
 */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx8g"})
public class DeepContractionBenchmark {
    private static final int BATCH = 128;
    private static final int INPUTS = 784;
    private static final int LATENT = 32;

    /** Device. */
    @Param({"cpu:1", "cpu:2", "cuda"})
    public String device;

    /** How. */
    @Param({"FROM_CODE", "COLUMN_BY_COLUMN"})
    public Method method;

    /** How the norm and its gradient are found. */
    public enum Method {
        /** R_L = diag(g_L) W_L; R_{l-1} = R_l diag(g_{l-1}) W_{l-1}. */
        FROM_CODE,
        /** J e_j for each input j. */
        COLUMN_BY_COLUMN
    }

    private Backend backend;
    private Encoder encoder;

    /** Builds the asked way and checks value and gradient against the other. */
    @Setup(Level.Trial)
    public void start() {
        backend = Target.open(device);
        encoder = new Encoder(backend, method);
        encoder.run();
        try (Encoder other = new Encoder(backend, method == Method.FROM_CODE ? Method.COLUMN_BY_COLUMN : Method.FROM_CODE)) {
            other.run();
            Target.check("mean squared norm", other.norm(), encoder.norm(), 1e-4);
            float[] expected = other.parameters.gradients().read();
            float[] actual = encoder.parameters.gradients().read();
            double difference = 0;
            double size = 0;
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(actual[i] - expected[i], 2);
                size += Math.pow(expected[i], 2);
            }
            Target.check("relative difference of the gradients", 0, Math.sqrt(difference / size), 1e-4);
        }
    }

    /** Value and gradient once. */
    @Benchmark
    public void contraction() {
        encoder.run();
        backend.synchronize();
    }

    /** Releases the device. */
    @TearDown(Level.Trial)
    public void stop() {
        encoder.close();
        backend.close();
    }

    /** The network with its penalty recorded one way. */
    private static final class Encoder implements AutoCloseable {
        private final Scope scope;
        private final Parameters parameters = new Parameters();
        private final List<Tensor> norms = new ArrayList<>();
        private final Program program;

        Encoder(Backend backend, Method method) {
            scope = new Scope(backend, "contraction");
            Mlp network = Mlp.declare(parameters, "encoder",
                    new Mlp.Shape(INPUTS, 0, List.of(512, 256), LATENT, Activation.SIGMOID, Activation.SIGMOID),
                    Initialization.GLOROT, 1, LATENT);
            parameters.seal(scope);
            Tape tape = new Tape(scope);
            parameters.watch(tape);
            Tensor x = scope.tensor("x", BATCH, INPUTS);
            x.write(Target.uniform(BATCH * INPUTS, 0, 1, 3));
            LossWeights mean = LossWeights.constant(tape, BATCH, 1f / BATCH);
            if (method == Method.FROM_CODE) {
                norms.add(network.apply(tape, x, null).squaredJacobian(LATENT, mean));
            } else {
                columnByColumn(tape, x, network.weights(), mean);
            }
            tape.differentiate();
            program = backend.record(() -> {
                tape.forward();
                tape.backward();
            });
        }

        private void columnByColumn(Tape tape, Tensor x, List<Tensor> weights, LossWeights mean) {
            PenaltyOps ops = new PenaltyOps(tape);
            List<Activated> layers = layers(tape, x, weights);
            for (int j = 0; j < INPUTS; j++) {
                Tensor tangent = scope.tensor("e", BATCH, INPUTS);
                float[] unit = new float[BATCH * INPUTS];
                for (int b = 0; b < BATCH; b++) {
                    unit[b * INPUTS + j] = 1;
                }
                tangent.write(unit);
                for (int i = 0; i < layers.size(); i++) {
                    tangent = ops.scaleColumns(layers.get(i), new Ops(tape).product("tangent", tangent, weights.get(i), true));
                }
                norms.add(ops.squaredNorm(tangent, BATCH, 1, mean));
            }
        }

        /** The network layer by layer: its own application shows only the last. */
        private List<Activated> layers(Tape tape, Tensor x, List<Tensor> weights) {
            List<Activated> layers = new ArrayList<>();
            Tensor input = x;
            for (int i = 0; i < weights.size(); i++) {
                layers.add(new Ops(tape).dense("encoder." + i, input, weights.get(i), parameters.find("encoder." + i + ".bias"),
                        Activation.SIGMOID));
                input = layers.get(i).output();
            }
            return layers;
        }

        void run() {
            program.run();
        }

        /** Mean over the batch. */
        double norm() {
            double sum = 0;
            for (Tensor part : norms) {
                for (float value : part.read()) {
                    sum += value;
                }
            }
            return sum / BATCH;
        }

        @Override
        public void close() {
            program.close();
            scope.close();
        }
    }
}
