package dev.hourglass;

import dev.hourglass.model.Presets;
import java.nio.file.Path;
import java.util.List;

/** The way in: every named autoencoder as a builder. Change what you like, then {@code fit} it to data. */
public final class Hourglass {
    private Hourglass() {
    }

    /** Returns the names of the presets, as the command line writes them. */
    public static List<String> presets() {
        return Presets.names();
    }

    /**
     * Returns the preset of that name.
     *
     * @throws IllegalArgumentException when there is none, naming those there are
     */
    public static ModelBuilder preset(String name) {
        return new ModelBuilder(Presets.named(name));
    }

    /** Deterministic bottleneck, squared error. */
    public static ModelBuilder undercomplete() {
        return preset("undercomplete");
    }

    /** Diagonal Gaussian code, N(0, I) prior (Kingma and Welling 2014). */
    public static ModelBuilder vae() {
        return preset("vae");
    }

    /** The VAE with z = mu + B eps, B lower triangular: q(z|x) of any covariance. */
    public static ModelBuilder fullCovarianceVae() {
        return preset("full-covariance-vae");
    }

    /** The VAE trained on the importance-weighted bound with k samples (Burda et al. 2016). */
    public static ModelBuilder iwae(int k) {
        return preset("iwae").importanceSamples(k);
    }

    /** Conditional VAE with a learned prior p(z|c), conditioned on labels unless told otherwise (Sohn et al. 2015). */
    public static ModelBuilder cvae() {
        return preset("cvae");
    }

    /** Deterministic code of inputs with a quarter of their values masked; the target is clean (Vincent et al. 2010). */
    public static ModelBuilder denoising() {
        return preset("denoising");
    }

    /** VAE of masked inputs; the target is clean (Im et al. 2017). */
    public static ModelBuilder denoisingVae() {
        return preset("denoising-vae");
    }

    /** One sigmoid layer whose units are active 5 % of the time (Ng, CS294A). */
    public static ModelBuilder sparse() {
        return preset("sparse");
    }

    /** One sigmoid layer with tied weights and the contractive penalty (Rifai et al. 2011). */
    public static ModelBuilder contractive() {
        return preset("contractive");
    }

    /**
     * Opens a model that was saved, or the best one of a run folder.
     *
     * @throws dev.hourglass.io.FormatException in one line when the folder holds none or a damaged one
     */
    public static Autoencoder load(Path folder) {
        return Autoencoder.load(folder);
    }
}
