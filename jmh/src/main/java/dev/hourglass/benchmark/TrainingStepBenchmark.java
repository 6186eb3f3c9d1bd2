package dev.hourglass.benchmark;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.digits.SyntheticDigits;
import dev.hourglass.model.Model;
import dev.hourglass.model.Specification;
import dev.hourglass.model.loss.Term;
import dev.hourglass.train.EpochReport;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingSettings;
import java.util.ArrayList;
import java.util.Arrays;
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
 * Whole training steps, batch 128, Adam, exactly as a user's training runs them: epochs of the trainer, so shuffling, the step schedule, the
 * losses of the epoch and the check that parameters are finite are all in the time. Steps per epoch: 50 on a CPU, 1000 on a GPU.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 6, time = 1)
@Measurement(iterations = 11, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx4g"})
public class TrainingStepBenchmark {
    private static final int BATCH = 128;
    private static final int PICTURES = 1000;
    private static final int STEPS_ON_CPU = 50;
    private static final int STEPS_ON_GPU = 1000;

    /** Device. */
    @Param({"cpu:1", "cpu:2", "cuda"})
    public String device;

    /** Network and objective. */
    @Param({"VAE", "AUTOENCODER", "CONTRACTIVE"})
    public Preset model;

    /** What is trained. */
    public enum Preset {
        /** Bernoulli VAE 784-512-256-(32)-256-512-784, ReLU. */
        VAE {
            @Override
            ModelBuilder builder() {
                return Hourglass.vae().hidden(512, 256).latent(32).activation(Activation.RELU);
            }
        },
        /** The same widths with a deterministic code and squared error. */
        AUTOENCODER {
            @Override
            ModelBuilder builder() {
                return Hourglass.undercomplete().hidden(512, 256).latent(32).activation(Activation.RELU);
            }
        },
        /** 784-512-784, sigmoid, tied, contractive penalty in closed form. */
        CONTRACTIVE {
            @Override
            ModelBuilder builder() {
                return Hourglass.contractive().latent(512);
            }
        };

        abstract ModelBuilder builder();
    }

    private Backend backend;
    private Model trained;
    private Trainer trainer;
    private int steps;

    /** Builds the model; its first epoch must agree with one thread of the CPU, and training must lower the loss. */
    @Setup(Level.Trial)
    public void start() {
        boolean onCpu = device.startsWith("cpu:");
        steps = onCpu ? STEPS_ON_CPU : STEPS_ON_GPU;
        backend = Target.open(device);
        trained = model.builder().create(backend, examples(), 1);
        trainer = trainer(trained);
        double first = loss(trainer.runEpoch());
        try (Backend reference = Target.open("cpu:1"); Model same = model.builder().create(reference, examples(), 1);
             Trainer check = trainer(same)) {
            Target.check(model + " loss of the first epoch on " + device, loss(check.runEpoch()), first, onCpu ? 1e-12 : 1e-2);
        }
        double second = loss(trainer.runEpoch());
        if (!(second < first)) {
            throw new IllegalStateException(
                    model + " on " + device + ": loss=" + second + " after loss=" + first + ", expected training to lower it");
        }
    }

    private Trainer trainer(Model untrained) {
        return new Trainer(untrained, TrainingSettings.defaults().withBatch(BATCH), examples(), null, List.of());
    }

    /** Enough rows for the epoch's steps: few pictures again and again, drawing more would take longer than the benchmark. */
    private Examples examples() {
        Dataset pictures = SyntheticDigits.generate(PICTURES, 0);
        int[] rows = new int[steps * BATCH];
        Arrays.setAll(rows, i -> i % PICTURES);
        return Examples.of(pictures.select(rows));
    }

    private static double loss(EpochReport report) {
        return report.train().get(Term.LOSS);
    }

    /** Useful operations of a step: the product of each layer forward, its weights' gradient, and its input's gradient but for the first layer. */
    private double flop() {
        Specification s = trained.specification();
        List<Integer> widths = new ArrayList<>(s.layers().hidden());
        widths.add(0, trained.schema().features());
        double encoder = products(widths) + (double) widths.get(widths.size() - 1) * s.code().headWidth();
        List<Integer> back = new ArrayList<>(s.layers().decoderHidden());
        back.add(0, s.code().latent());
        back.add(trained.schema().features());
        double first = (double) widths.get(0) * (widths.size() > 1 ? widths.get(1) : s.code().headWidth());
        return 2.0 * BATCH * (3 * (encoder + products(back)) - first);
    }

    private static double products(List<Integer> widths) {
        double sum = 0;
        for (int i = 1; i < widths.size(); i++) {
            sum += (double) widths.get(i - 1) * widths.get(i);
        }
        return sum;
    }

    /** One epoch; it ends by reading the losses, so the device has finished. */
    @Benchmark
    public double epoch(Work.Training work) {
        double loss = loss(trainer.runEpoch());
        work.step += steps;
        work.gigaflop += steps * flop() / 1e9;
        return loss;
    }

    /** Releases the device. */
    @TearDown(Level.Trial)
    public void stop() {
        trainer.close();
        trained.close();
        backend.close();
    }
}
