package dev.hourglass.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.code.CodeQuality;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.model.Model;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.code.GaussianCode;
import dev.hourglass.testkit.Backends;
import dev.hourglass.testkit.Infer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Every estimate on the CPU and on every other enabled backend: the same draws, so the same numbers up to rounding. */
class EvaluateParityTest {
    private static final int ROWS = 21;
    private static final Examples DATA = Examples.of(data());

    /** Values in [0, 1] of three classes. */
    private static Dataset data() {
        Random random = new Random(3);
        float[] values = new float[ROWS * 11];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        int[] labels = new int[ROWS];
        Arrays.setAll(labels, i -> i % 3);
        return Dataset.of(11, values).withLabels(labels);
    }

    private static List<ModelBuilder> models() {
        return List.of(Hourglass.vae().hidden(9).latent(5),
                Hourglass.fullCovarianceVae().hidden(9).latent(4).binarization(Binarization.DYNAMIC),
                Hourglass.cvae().hidden(9).latent(3),
                Hourglass.undercomplete().hidden(9).activation(Activation.GELU).code(Code.deterministic(6, Activation.SIGMOID)));
    }

    private static double[] numbers(Backend backend, ModelBuilder builder) {
        List<Double> numbers = new ArrayList<>();
        try (Model model = builder.create(backend, DATA, 2)) {
            if (model.specification().code() instanceof GaussianCode) {
                LogLikelihood likelihood = LogLikelihood.estimate(model, DATA, 9, 4, ProgressListener.none());
                Decomposition parts = Decomposition.of(model, DATA, 2, 4, ProgressListener.none());
                numbers.addAll(List.of(likelihood.mean(), likelihood.meanEffectiveSampleSize(),
                        LogLikelihood.priorSampling(model, DATA, 9, 4, ProgressListener.none()).mean(), parts.reconstruction().mean(),
                        parts.mutualInformation().mean(), parts.marginalKl().mean(), parts.analyticKl()));
                add(numbers, Infer.score(model, DATA, ScoreKind.KL, 1, 4));
            }
            add(numbers, Infer.score(model, DATA, ScoreKind.RECONSTRUCTION_ERROR, 1, 4));
            JacobianReport jacobian = JacobianReport.of(model, DATA, new JacobianReport.Settings(5, List.of(1), 1, List.of(1.0), 0),
                    ProgressListener.none());
            add(numbers, jacobian.spectrum());
            numbers.add(jacobian.meanSquaredNorm());
            numbers.add(jacobian.contraction().get(0).ratio());
            CodeQuality quality = CodeQuality.of(model, DATA, DATA, 1, ProgressListener.none());
            assertEquals(1, quality.nearestNeighbourAccuracy());
        }
        return numbers.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static void add(List<Double> numbers, double[] values) {
        for (double value : values) {
            numbers.add(value);
        }
    }

    @Test
    void estimatesAgreeOnEveryBackend() {
        List<Backends.Kind> kinds = Backends.compared();
        Assumptions.assumeFalse(kinds.isEmpty(), "nothing to compare: -Dbackends names the CPU alone");
        for (ModelBuilder builder : models()) {
            double[] expected;
            try (Backend reference = Backends.open(Backends.Kind.CPU)) {
                expected = numbers(reference, builder);
            }
            for (Backends.Kind kind : kinds) {
                try (Backend other = Backends.open(kind)) {
                    double[] found = numbers(other, builder);
                    assertEquals(expected.length, found.length);
                    for (int i = 0; i < found.length; i++) {
                        assertEquals(expected[i], found[i], 1e-4 * Math.max(1, Math.abs(expected[i])), kind + ", number " + i);
                    }
                    assertEquals(0, other.liveBytes(), "leaked bytes");
                }
            }
        }
    }
}
