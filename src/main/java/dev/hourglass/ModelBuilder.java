package dev.hourglass;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Code;
import dev.hourglass.model.Corruption;
import dev.hourglass.model.Domain;
import dev.hourglass.model.Examples;
import dev.hourglass.model.KlWeight;
import dev.hourglass.model.Likelihood;
import dev.hourglass.model.Penalties;
import dev.hourglass.model.Prior;
import dev.hourglass.model.Specification;
import dev.hourglass.model.Specification.ConditionKind;
import dev.hourglass.nn.Initialization;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Puts a model together part by part, starting from a preset of {@link Hourglass}. Parts are checked against each other by {@link #specification}. */
public final class ModelBuilder {
    private final String preset;
    private Corruption corruption = Corruption.none();
    private List<Integer> hidden = List.of(400);
    private List<Integer> decoderHidden;
    private Activation activation = Activation.RELU;
    private Code code = Code.diagonalGaussian(20);
    private Prior prior = Prior.standardNormal();
    private Likelihood likelihood = Likelihood.bernoulli();
    private Penalties penalties = Penalties.none();
    private boolean tied;
    private Initialization initialization = Initialization.GLOROT;
    private boolean outputBiasFromData = true;
    private int importanceSamples = 1;
    private Binarization binarization = Binarization.NONE;
    private ConditionKind condition = ConditionKind.NONE;
    private String scaling = "auto";

    ModelBuilder(String preset) {
        this.preset = preset;
    }

    /** Starts from an existing specification. */
    public static ModelBuilder from(Specification s) {
        ModelBuilder builder = new ModelBuilder(s.preset());
        builder.corruption = s.corruption();
        builder.hidden = s.hidden();
        builder.decoderHidden = s.decoderHidden();
        builder.activation = s.activation();
        builder.code = s.code();
        builder.prior = s.prior();
        builder.likelihood = s.likelihood();
        builder.penalties = s.penalties();
        builder.tied = s.tied();
        builder.initialization = s.initialization();
        builder.outputBiasFromData = s.outputBiasFromData();
        builder.importanceSamples = s.importanceSamples();
        builder.binarization = s.binarization();
        builder.condition = s.condition();
        return builder;
    }

    /** Widths of the encoder's hidden layers, outermost first; none for a linear encoder. The decoder mirrors them unless told otherwise. */
    public ModelBuilder hidden(Integer... widths) {
        hidden = List.of(widths);
        decoderHidden = null;
        return this;
    }

    /** Widths of the decoder's hidden layers, innermost first. */
    public ModelBuilder decoderHidden(Integer... widths) {
        decoderHidden = List.of(widths);
        return this;
    }

    /** Activation of all hidden layers. */
    public ModelBuilder activation(Activation function) {
        activation = function;
        return this;
    }

    /** Number of latent dimensions. */
    public ModelBuilder latent(int dimensions) {
        code = new Code(code.kind(), dimensions, code.activation());
        return this;
    }

    /** The code. */
    public ModelBuilder code(Code part) {
        code = part;
        return this;
    }

    /** The prior of a Gaussian code. */
    public ModelBuilder prior(Prior part) {
        prior = part;
        return this;
    }

    /** A constant weight of the KL term (beta-VAE). */
    public ModelBuilder beta(double weight) {
        return klWeight(KlWeight.constant(weight));
    }

    /** The weight of the KL term over training. */
    public ModelBuilder klWeight(KlWeight weight) {
        prior = prior.withWeight(weight);
        return this;
    }

    /** Nats each latent dimension may use for free. */
    public ModelBuilder freeBits(double nats) {
        prior = prior.withFreeBits(nats);
        return this;
    }

    /** The likelihood. */
    public ModelBuilder likelihood(Likelihood part) {
        likelihood = part;
        return this;
    }

    /** The corruption of the input. */
    public ModelBuilder corruption(Corruption part) {
        corruption = part;
        return this;
    }

    /** All penalties at once. */
    public ModelBuilder penalties(Penalties part) {
        penalties = part;
        return this;
    }

    /** KL of mean activations to {@code rho}. */
    public ModelBuilder sparsity(double rho, double weight) {
        penalties = penalties.withSparsity(new Penalties.Sparsity(rho, weight, 0));
        return this;
    }

    /** L1 penalty on the code. */
    public ModelBuilder l1(double weight) {
        penalties = penalties.withL1(weight);
        return this;
    }

    /** Contractive penalty, method chosen by cost. */
    public ModelBuilder contraction(double weight) {
        penalties = penalties.withContraction(Penalties.Contraction.of(weight));
        return this;
    }

    /** Penalty 0.5 |W|^2. */
    public ModelBuilder weightDecay(double weight) {
        penalties = penalties.withWeightDecay(weight);
        return this;
    }

    /** Whether the decoder uses the encoder's weights transposed. */
    public ModelBuilder tied(boolean yes) {
        tied = yes;
        return this;
    }

    /** How weights start. {@link Initialization#UNIFORM} draws the biases too, the output's among them, unless {@link #outputBiasFromData} is called after this. */
    public ModelBuilder initialization(Initialization start) {
        initialization = start;
        outputBiasFromData = start != Initialization.UNIFORM;
        return this;
    }

    /** Whether the output bias starts at the training mean. */
    public ModelBuilder outputBiasFromData(boolean yes) {
        outputBiasFromData = yes;
        return this;
    }

    /** k of the importance-weighted bound. */
    public ModelBuilder importanceSamples(int k) {
        importanceSamples = k;
        return this;
    }

    /** How grey values become zeros and ones. */
    public ModelBuilder binarization(Binarization how) {
        binarization = how;
        return this;
    }

    /** What the model is conditioned on. */
    public ModelBuilder condition(ConditionKind kind) {
        condition = kind;
        return this;
    }

    /** Scaling of the data: auto, none, divide:V, minmax or standardize. */
    public ModelBuilder scaling(String words) {
        scaling = words;
        return this;
    }

    /**
     * Returns what was chosen.
     *
     * @throws IllegalArgumentException when the parts do not fit together, naming the parts
     */
    public Specification specification() {
        List<Integer> mirrored = new ArrayList<>(hidden);
        Collections.reverse(mirrored);
        return new Specification(preset, corruption, hidden, decoderHidden == null ? mirrored : decoderHidden, activation, code, prior, likelihood,
                penalties, tied, initialization, outputBiasFromData, importanceSamples, binarization, condition);
    }

    /** Builds the model for a training set on a device; the caller closes it before the device. */
    public Autoencoder create(Backend device, Examples training, long seed) {
        Specification specification = specification();
        return Autoencoder.create(device, specification, Domain.fit(specification, training, scaling), seed, training.features());
    }
}
