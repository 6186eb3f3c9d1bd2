package dev.hourglass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Binarization;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.model.Corruption;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.prior.KlWeight;
import dev.hourglass.model.prior.Prior;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of choices means nothing; two choices that contradict each other are refused, whichever came first. */
class ModelBuilderTest {
    @Test
    void theOrderOfChoicesMeansNothing() {
        List<Consumer<ModelBuilder>> choices = List.of(b -> b.latent(3), b -> b.hidden(9, 5), b -> b.decoderHidden(4),
                b -> b.activation(Activation.SILU),
                b -> b.prior(Prior.learned(List.of(7))), b -> b.klWeight(KlWeight.linear(0.5, 3)), b -> b.freeBits(0.1),
                b -> b.likelihood(Likelihood.gaussian(1)),
                b -> b.condition(ConditionKind.VALUES), b -> b.corruption(Corruption.masking(0.2)), b -> b.contraction(0.3),
                b -> b.weightDecay(0.01));
        ModelBuilder straight = Hourglass.vae();
        choices.forEach(choice -> choice.accept(straight));
        for (long seed = 0; seed < 50; seed++) {
            List<Consumer<ModelBuilder>> shuffled = new ArrayList<>(choices);
            Collections.shuffle(shuffled, new Random(seed));
            ModelBuilder builder = Hourglass.vae();
            shuffled.forEach(choice -> choice.accept(builder));
            assertEquals(straight.specification(), builder.specification());
        }
    }

    @Test
    void aSpecificationIsItsOwnBuilder() {
        for (String preset : Hourglass.presets()) {
            assertEquals(Hourglass.preset(preset).specification(),
                    ModelBuilder.from(Hourglass.preset(preset).specification()).specification());
        }
    }

    static Stream<String> contradictions() {
        return lines().keySet().stream();
    }

    private static Map<String, List<Supplier<ModelBuilder>>> lines() {
        Map<String, List<Supplier<ModelBuilder>>> all = new LinkedHashMap<>();
        all.put("model: two sizes of the code: latent=3, expected 4 as in the code, or one of the two",
                List.of(() -> Hourglass.vae().latent(3).code(Code.diagonalGaussian(4)),
                        () -> Hourglass.vae().code(Code.diagonalGaussian(4)).latent(3)));
        all.put("model: two activations of the code: code activation=tanh, expected sigmoid as in the code, or one of the two",
                List.of(() -> Hourglass.undercomplete().codeActivation(Activation.TANH).code(Code.deterministic(2, Activation.SIGMOID)),
                        () -> Hourglass.undercomplete().code(Code.deterministic(2, Activation.SIGMOID)).codeActivation(Activation.TANH)));
        all.put("model: binarised data need a Bernoulli likelihood: likelihood=gaussian, expected bernoulli, or no binarisation",
                List.of(() -> Hourglass.vae().binarization(Binarization.FIXED).likelihood(Likelihood.gaussian(1)),
                        () -> Hourglass.vae().likelihood(Likelihood.gaussian(1)).binarization(Binarization.FIXED)));
        all.put("model: there is no sparsity term: sparsity momentum=0.5, expected none, or a sparsity",
                List.of(() -> Hourglass.undercomplete().sparsityMomentum(0.5)));
        return all;
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void contradictionsAreRefused(String line) {
        for (Supplier<ModelBuilder> builder : lines().get(line)) {
            assertEquals(line, assertThrows(IllegalArgumentException.class, () -> builder.get().specification()).getMessage());
        }
    }
}
