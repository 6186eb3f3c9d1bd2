package dev.hourglass.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.data.Examples;
import dev.hourglass.data.digits.SyntheticDigits;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.penalty.Contraction;
import dev.hourglass.model.penalty.Hessian;
import dev.hourglass.optim.Adam;
import dev.hourglass.optim.Optimizer;
import dev.hourglass.testkit.Backends;
import dev.hourglass.testkit.CrossCheckBackend;
import dev.hourglass.testkit.EmulatedDriver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole training steps on the CPU and on every other enabled backend: primitive by primitive, and by their losses. */
class TrainingParityTest {
    private static final int ROWS = 70;
    /** Epsilon lies above the rounding of a gradient: far below it Adam's first steps are the signs of rounding errors, which no two devices share. */
    private static final Optimizer ADAM = new Adam(0.9, 0.999, 1e-4, 0);
    /** A layer is one kernel forward; backward one, and one more where its activation has a slope. */
    private static final int KERNELS_PER_STEP = 27;
    private static final TrainingSettings PLAN = new TrainingSettings(1, 32, ADAM, dev.hourglass.optim.LearningRate.constant(1e-3), 0, 7,
            TrainingSettings.EarlyStopping.off(), 0);

    static Stream<String> models() {
        return variants().keySet().stream();
    }

    private static Map<String, ModelBuilder> variants() {
        Map<String, ModelBuilder> all = new LinkedHashMap<>();
        for (String preset : Hourglass.presets()) {
            ModelBuilder builder = Hourglass.preset(preset);
            boolean deep = !preset.equals("sparse") && !preset.equals("contractive");
            all.put(preset, (deep ? builder.hidden(40, 20) : builder).latent(9));
        }
        all.put("gaussian per feature", Hourglass.vae().hidden(20).latent(3).likelihood(Likelihood.gaussian(Variance.PER_FEATURE)));
        all.put("gaussian shared", Hourglass.vae().hidden(20).latent(3).likelihood(Likelihood.gaussian(Variance.LEARNED)));
        all.put("dynamic binarisation, free bits", Hourglass.vae().hidden(20).latent(3).binarization(Binarization.DYNAMIC).freeBits(0.05));
        all.put("importance weighted, full covariance, learned prior",
                Hourglass.cvae().hidden(20).code(Code.fullGaussian(5)).importanceSamples(3));
        all.put("deep contractive, tied", Hourglass.undercomplete().hidden(30, 20).activation(Activation.SILU).tied(true)
                .code(Code.deterministic(6, Activation.SIGMOID)).contraction(0.5));
        all.put("hutchinson and decay", Hourglass.undercomplete().hidden(30).code(Code.deterministic(6, Activation.TANH)).weightDecay(1e-3)
                .penalty(new Contraction(0.5, Contraction.Method.HUTCHINSON, 2)));
        all.put("hessian", Hourglass.contractive().latent(12)
                .contraction(0.5).penalty(new Hessian(2, 0.3)));
        all.put("sparse tanh with l1", Hourglass.sparse().code(Code.deterministic(12, Activation.TANH)).l1(0.1));
        return all;
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyPrimitiveOfAStepAgrees(String name) {
        for (Backends.Kind kind : Backends.compared()) {
            Backends.inEveryOrder(kind, () -> walkThroughSteps(name, kind));
        }
    }

    private static void walkThroughSteps(String name, Backends.Kind kind) {
        try (Backend reference = Backends.open(Backends.Kind.CPU); Backend other = Backends.open(kind)) {
            TrainingSettings plan = PLAN.withOptimizer(Optimizer.sgd(0.9)).withClipNorm(5);
            Map<Term, Double> terms = train(CrossCheckBackend.of(reference, other), variants().get(name), plan).get(0);
            assertTrue(terms.get(Term.LOSS) > 0);
            assertEquals(0, reference.liveBytes() + other.liveBytes(), "leaked bytes");
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void lossesOfTenStepsAgree(String name) {
        TrainingSettings plan = PLAN.withBatch(ROWS).withEpochs(10);
        List<Map<Term, Double>> expected;
        try (Backend reference = Backends.open(Backends.Kind.CPU)) {
            expected = train(reference, variants().get(name), plan);
        }
        for (Backends.Kind kind : Backends.compared()) {
            Backends.inEveryOrder(kind, () -> compareLosses(name, kind, plan, expected));
        }
    }

    private static void compareLosses(String name, Backends.Kind kind, TrainingSettings plan, List<Map<Term, Double>> expected) {
        try (Backend other = Backends.open(kind)) {
            List<Map<Term, Double>> actual = train(other, variants().get(name), plan);
            for (int step = 0; step < expected.size(); step++) {
                for (Map.Entry<Term, Double> term : expected.get(step).entrySet()) {
                    double allowed = (step == 0 ? 1e-5 : 1e-4) * Math.max(1e-2, Math.abs(term.getValue()));
                    assertEquals(term.getValue(), actual.get(step).get(term.getKey()), allowed,
                            kind + " step " + (step + 1) + " " + term.getKey());
                }
            }
            assertEquals(0, other.liveBytes(), "leaked bytes");
        }
    }

    /** The step is one graph: the host launches it and does nothing else until the epoch's sums are read. */
    @Test
    void stepsNeedNoHostWork() {
        Assumptions.assumeTrue(Backends.enabled().contains(Backends.Kind.CUDA_EMULATED), "only the emulated driver counts calls");
        try (Backend device = Backends.open(Backends.Kind.CUDA_EMULATED)) {
            Examples digits = Examples.of(SyntheticDigits.generate(64, 3));
            Counters counters = new Counters();
            try (Model model = Hourglass.vae().hidden(512, 256).latent(32).create(device, digits, 1);
                 Trainer trainer = new Trainer(model, PLAN.withBatch(16), digits, null, List.of(counters))) {
                trainer.run();
            }
            assertEquals(3, counters.graphs, "graph launches between the first step and the last");
            assertEquals(0, counters.copies, "host-device copies inside the epoch's steps");
            assertEquals(0, counters.synchronizations, "synchronisations inside the epoch's steps");
            assertEquals(3 * KERNELS_PER_STEP, counters.kernels, "kernels of three steps of a VAE 784-512-256-32");
        }
    }

    /** Counts what the driver is asked for between the first and the last step of the epoch. */
    private static final class Counters implements Listener {
        private long graphs;
        private long copies;
        private long synchronizations;
        private long kernels;

        @Override
        public void step(Trainer trainer, int epoch, int done) {
            int sign = done == 1 ? -1 : done == trainer.stepsPerEpoch() ? 1 : 0;
            graphs += sign * EmulatedDriver.counter("graph_launches");
            copies += sign * (EmulatedDriver.counter("htod_copies") + EmulatedDriver.counter("dtoh_copies"));
            synchronizations += sign * EmulatedDriver.counter("synchronizes");
            kernels += sign * EmulatedDriver.counter("kernels");
        }
    }

    private static List<Map<Term, Double>> train(Backend backend, ModelBuilder builder, TrainingSettings plan) {
        Examples digits = Examples.of(SyntheticDigits.generate(ROWS, 3));
        List<Map<Term, Double>> losses = new ArrayList<>();
        Listener keep = new Listener() {
            @Override
            public void epoch(Trainer trainer, EpochReport report) {
                losses.add(report.train());
            }
        };
        try (Model model = builder.create(backend, digits, 1);
             Trainer trainer = new Trainer(model, plan, digits, digits.head(20), List.of(keep))) {
            trainer.run();
        }
        return losses;
    }
}
