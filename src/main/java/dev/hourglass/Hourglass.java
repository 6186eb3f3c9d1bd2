package dev.hourglass;

import dev.hourglass.backend.Activation;
import dev.hourglass.model.Code;
import dev.hourglass.model.Corruption;
import dev.hourglass.model.Likelihood;
import dev.hourglass.model.Prior;
import dev.hourglass.model.Specification.ConditionKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The presets: every named autoencoder as a composition of the same parts. Start here, change what you like, {@code create} the model. */
public final class Hourglass {
    private static final Map<String, Supplier<ModelBuilder>> PRESETS = new LinkedHashMap<>();

    static {
        PRESETS.put("undercomplete", Hourglass::undercomplete);
        PRESETS.put("vae", Hourglass::vae);
        PRESETS.put("full-covariance-vae", Hourglass::fullCovarianceVae);
        PRESETS.put("iwae", () -> iwae(5));
        PRESETS.put("cvae", Hourglass::cvae);
        PRESETS.put("denoising", Hourglass::denoising);
        PRESETS.put("denoising-vae", Hourglass::denoisingVae);
        PRESETS.put("sparse", Hourglass::sparse);
        PRESETS.put("contractive", Hourglass::contractive);
    }

    private Hourglass() {
    }

    /** Returns the names of the presets, as the command line writes them. */
    public static List<String> presets() {
        return List.copyOf(PRESETS.keySet());
    }

    /**
     * Returns the preset of that name.
     *
     * @throws IllegalArgumentException when there is none, naming those there are
     */
    public static ModelBuilder preset(String name) {
        Supplier<ModelBuilder> preset = PRESETS.get(name);
        if (preset == null) {
            throw new IllegalArgumentException("model: unknown preset: model=" + name + ", expected one of " + String.join(", ", presets()));
        }
        return preset.get();
    }

    /** Deterministic bottleneck, squared error. */
    public static ModelBuilder undercomplete() {
        return deterministic("undercomplete", 32, Activation.IDENTITY);
    }

    /** Diagonal Gaussian code, N(0, I) prior, Bernoulli likelihood (Kingma and Welling 2014). */
    public static ModelBuilder vae() {
        return new ModelBuilder("vae");
    }

    /** The VAE with z = mu + B eps, B lower triangular: q(z|x) of any covariance. */
    public static ModelBuilder fullCovarianceVae() {
        return new ModelBuilder("full-covariance-vae").code(Code.fullGaussian(20));
    }

    /** The VAE trained on the importance-weighted bound with k samples (Burda et al. 2016). */
    public static ModelBuilder iwae(int k) {
        return new ModelBuilder("iwae").importanceSamples(k);
    }

    /** Conditional VAE with a learned prior p(z|c), conditioned on labels unless told otherwise (Sohn et al. 2015). */
    public static ModelBuilder cvae() {
        return new ModelBuilder("cvae").prior(Prior.learned(List.of(100))).condition(ConditionKind.LABELS);
    }

    /** Deterministic code of inputs with a quarter of their values masked; the target is clean (Vincent et al. 2010). */
    public static ModelBuilder denoising() {
        return deterministic("denoising", 64, Activation.IDENTITY).corruption(Corruption.masking(0.25));
    }

    /** VAE of masked inputs; the target is clean (Im et al. 2017). */
    public static ModelBuilder denoisingVae() {
        return new ModelBuilder("denoising-vae").corruption(Corruption.masking(0.25));
    }

    /** One sigmoid layer whose units are active 5 % of the time (Ng, CS294A). */
    public static ModelBuilder sparse() {
        return deterministic("sparse", 200, Activation.SIGMOID).hidden().sparsity(0.05, 3);
    }

    /** One sigmoid layer with tied weights and the contractive penalty (Rifai et al. 2011). */
    public static ModelBuilder contractive() {
        return deterministic("contractive", 200, Activation.SIGMOID).hidden().tied(true).likelihood(Likelihood.bernoulli()).contraction(0.1);
    }

    private static ModelBuilder deterministic(String name, int latent, Activation activation) {
        return new ModelBuilder(name).code(Code.deterministic(latent, activation)).prior(Prior.none()).likelihood(Likelihood.squaredError());
    }
}
