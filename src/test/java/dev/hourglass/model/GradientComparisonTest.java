package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.cpu.CpuBackend;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.model.penalty.SparsityKl;
import dev.hourglass.model.prior.Prior;
import dev.hourglass.nn.Parameter;
import dev.hourglass.testkit.Backends;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Right gradients pass, with every kink there is; wrong ones do not. */
class GradientComparisonTest {
    static Stream<String> models() {
        return variants().keySet().stream();
    }

    private static Map<String, ModelBuilder> variants() {
        Map<String, ModelBuilder> all = new LinkedHashMap<>();
        Hourglass.presets().forEach(preset -> all.put(preset, Hourglass.preset(preset)));
        all.put("deep ReLU, free bits", Hourglass.vae().hidden(300, 200, 100).activation(Activation.RELU).freeBits(0.1));
        all.put("running mean", Hourglass.sparse().penalty(new SparsityKl(0.05, 1, 0.9)));
        all.put("variance per feature", Hourglass.vae().hidden(300).likelihood(Likelihood.gaussian(Variance.PER_FEATURE)));
        all.put("counts", Hourglass.vae().hidden(300).likelihood(Likelihood.poisson()));
        all.put("tied", Hourglass.undercomplete().hidden(300, 200).tied(true).l1(0.1));
        return all;
    }

    @ParameterizedTest
    @MethodSource("models")
    void rightGradientsPass(String name) {
        try (Backend backend = new CpuBackend(1)) {
            for (long seed = 0; seed < 3; seed++) {
                try (GradientComparison comparison = new GradientComparison(backend, variants().get(name).specification(), 784, seed)) {
                    assertEquals(List.of(), comparison.compare(10).stream().filter(row -> !row.passed()).toList(), "seed " + seed);
                }
            }
            assertEquals(0, backend.liveBytes(), "leaked bytes");
        }
    }

    @Test
    void wrongGradientsDoNot() {
        try (Backend backend = new CpuBackend(1);
             GradientComparison comparison = new GradientComparison(backend, Hourglass.vae().specification(), 0, 1)) {
            for (Parameter parameter : comparison.parameters().all()) {
                float[] right = parameter.gradient().read();
                float[] wrong = right.clone();
                int largest = 0;
                for (int i = 0; i < wrong.length; i++) {
                    largest = Math.abs(right[i]) > Math.abs(right[largest]) ? i : largest;
                }
                wrong[largest] *= 1.02f;
                parameter.gradient().write(wrong);
                List<GradientComparison.Row> rows = comparison.compare(wrong.length);
                GradientComparison.Row row = rows.stream().filter(each -> !each.passed()).findFirst().orElseThrow();
                assertEquals(parameter.name() + " " + largest, row.name() + " " + row.element());
                assertEquals(1, rows.stream().filter(each -> !each.passed()).count());
                wrong[largest] = Float.NaN;
                parameter.gradient().write(wrong);
                assertFalse(comparison.compare(wrong.length).stream().allMatch(GradientComparison.Row::passed), "NaN");
                parameter.gradient().write(right);
            }
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.hourglass.testkit.Backends#compared")
    void devicesAgree(Backends.Kind kind) {
        try (Backend backend = Backends.open(kind);
             GradientComparison comparison = new GradientComparison(backend, Hourglass.vae().specification(), 784, 0)) {
            List<GradientComparison.Row> rows = comparison.compare(2);
            assertTrue(rows.stream().allMatch(GradientComparison.Row::passed), rows.toString());
        }
    }

    @Test
    void smallModelsAreCheckedAsTheyAre() {
        Specification small = Hourglass.cvae().hidden(6, 4).latent(2).outputBiasFromData(false).prior(Prior.learned(List.of(3)))
                .specification();
        assertEquals(small, Reduction.of(small));
        Specification large = Reduction.of(Hourglass.fullCovarianceVae().hidden(400, 5).specification());
        assertEquals(List.of(8, 5), large.layers().hidden());
        assertEquals(List.of(5, 8), large.layers().decoderHidden());
        assertEquals(5, large.code().latent());
    }
}
