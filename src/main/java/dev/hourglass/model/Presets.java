package dev.hourglass.model;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Binarization;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.penalty.Contraction;
import dev.hourglass.model.penalty.Penalty;
import dev.hourglass.model.penalty.SparsityKl;
import dev.hourglass.model.prior.Prior;
import dev.hourglass.nn.Initialization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The named autoencoders as compositions of the same parts. */
public final class Presets {
    private static final Map<String, Specification> ALL = new LinkedHashMap<>();

    static {
        for (Specification preset : List.of(deterministic("undercomplete", 32), gaussian("vae", Code.diagonalGaussian(20)),
                gaussian("full-covariance-vae", Code.fullGaussian(20)), iwae(), cvae(), denoising(), denoisingVae(), sparse(),
                contractive())) {
            ALL.put(preset.preset(), preset);
        }
    }

    private Presets() {
    }

    /** Returns the names, as the command line writes them. */
    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /**
     * Returns the specification of that name.
     *
     * @throws IllegalArgumentException when there is none, naming those there are
     */
    public static Specification named(String name) {
        Specification preset = ALL.get(Require.given(name, "model", "model", "one of " + String.join(", ", names())));
        Require.that(preset != null, "model", "unknown preset", "model", name, "one of " + String.join(", ", names()));
        return preset;
    }

    private static Layers layers(List<Integer> hidden, boolean tied) {
        return new Layers(hidden, Layers.mirrored(hidden), Activation.RELU, tied, Initialization.GLOROT, true);
    }

    private static Specification gaussian(String name, Code code) {
        return new Specification(name, Corruption.none(), layers(List.of(400), false), code, Prior.standardNormal(), Likelihood.bernoulli(),
                List.of(), 1,
                Binarization.NONE, ConditionKind.NONE);
    }

    private static Specification deterministic(String name, int latent) {
        return new Specification(name, Corruption.none(), layers(List.of(400), false), Code.deterministic(latent, Activation.IDENTITY),
                Prior.none(),
                Likelihood.squaredError(), List.of(), 1, Binarization.NONE, ConditionKind.NONE);
    }

    private static Specification iwae() {
        return new Specification("iwae", Corruption.none(), layers(List.of(400), false), Code.diagonalGaussian(20), Prior.standardNormal(),
                Likelihood.bernoulli(), List.of(), 5, Binarization.NONE, ConditionKind.NONE);
    }

    private static Specification cvae() {
        return new Specification("cvae", Corruption.none(), layers(List.of(400), false), Code.diagonalGaussian(20),
                Prior.learned(List.of(100)),
                Likelihood.bernoulli(), List.of(), 1, Binarization.NONE, ConditionKind.LABELS);
    }

    private static Specification denoising() {
        return new Specification("denoising", Corruption.masking(0.25), layers(List.of(400), false),
                Code.deterministic(64, Activation.IDENTITY), Prior.none(),
                Likelihood.squaredError(), List.of(), 1, Binarization.NONE, ConditionKind.NONE);
    }

    private static Specification denoisingVae() {
        return new Specification("denoising-vae", Corruption.masking(0.25), layers(List.of(400), false), Code.diagonalGaussian(20),
                Prior.standardNormal(),
                Likelihood.bernoulli(), List.of(), 1, Binarization.NONE, ConditionKind.NONE);
    }

    private static Specification sparse() {
        return oneLayer("sparse", false, Likelihood.squaredError(), new SparsityKl(0.05, 3, 0));
    }

    private static Specification contractive() {
        return oneLayer("contractive", true, Likelihood.bernoulli(), Contraction.of(0.1));
    }

    private static Specification oneLayer(String name, boolean tied, Likelihood likelihood, Penalty penalty) {
        return new Specification(name, Corruption.none(), layers(List.of(), tied), Code.deterministic(200, Activation.SIGMOID),
                Prior.none(), likelihood,
                List.of(penalty), 1, Binarization.NONE, ConditionKind.NONE);
    }
}
