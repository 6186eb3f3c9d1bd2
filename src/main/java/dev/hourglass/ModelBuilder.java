package dev.hourglass;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.Imputation;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.model.Corruption;
import dev.hourglass.model.Layers;
import dev.hourglass.model.Model;
import dev.hourglass.model.Schema;
import dev.hourglass.model.Specification;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.penalty.Contraction;
import dev.hourglass.model.penalty.L1;
import dev.hourglass.model.penalty.Penalty;
import dev.hourglass.model.penalty.SparsityKl;
import dev.hourglass.model.penalty.WeightDecay;
import dev.hourglass.model.prior.KlWeight;
import dev.hourglass.model.prior.Prior;
import dev.hourglass.nn.Initialization;
import dev.hourglass.optim.LearningRate;
import dev.hourglass.optim.Optimizer;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DeviceChoice;
import dev.hourglass.train.TrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Collects what is chosen about a model and its training, starting from a preset of {@link Hourglass}. The order of calls never matters: nothing is derived
 * before {@link #fit} or {@link #specification}, which refuse by name what contradicts itself or does not fit together. Not for several threads at once.
 */
public final class ModelBuilder {
    private final Specification preset;
    private List<Integer> hidden;
    private List<Integer> decoderHidden;
    private Activation activation;
    private Boolean tied;
    private Initialization initialization;
    private Boolean outputBiasFromData;
    private Integer latent;
    private Activation codeActivation;
    private Code code;
    private Prior prior;
    private KlWeight klWeight;
    private Double freeBits;
    private Likelihood likelihood;
    private Corruption corruption;
    private SparsityKl sparsity;
    private Double sparsityMomentum;
    private final Map<Term, Penalty> penalties = new EnumMap<>(Term.class);
    private Integer importanceSamples;
    private Binarization binarization;
    private ConditionKind condition;
    private String scaling = "auto";
    private Imputation imputation = Imputation.of(Imputation.Kind.NONE);
    private TrainingSettings training = TrainingSettings.defaults();
    private double validationFraction = 0.1;
    private DeviceChoice device = DeviceChoice.defaults();
    private Path runFolder;
    private boolean overwrite;
    private boolean pictures;
    private final List<TrainingListener> listeners = new ArrayList<>();

    ModelBuilder(Specification preset) {
        this.preset = preset;
    }

    /** Starts from an existing specification. */
    public static ModelBuilder from(Specification specification) {
        return new ModelBuilder(given(specification, "specification", "what to start from"));
    }

    // ---- model ------------------------------------------------------------------------------------------------------------------------

    /** Widths of the encoder's hidden layers, outermost first; none for a linear encoder. The decoder mirrors them unless told otherwise. */
    public ModelBuilder hidden(Integer... widths) {
        hidden = widths("hidden", widths);
        return this;
    }

    /** Widths of the decoder's hidden layers, innermost first. */
    public ModelBuilder decoderHidden(Integer... widths) {
        decoderHidden = widths("decoder hidden", widths);
        return this;
    }

    /** Activation of all hidden layers. */
    public ModelBuilder activation(Activation function) {
        activation = given(function, "activation", "one of Activation");
        return this;
    }

    /** Number of latent dimensions. */
    public ModelBuilder latent(int dimensions) {
        Require.that(dimensions >= 1, "model", "no code", "latent", dimensions, "at least 1");
        latent = dimensions;
        return this;
    }

    /** Activation of a deterministic code. */
    public ModelBuilder codeActivation(Activation function) {
        codeActivation = given(function, "code activation", "one of Activation");
        return this;
    }

    /** The code. */
    public ModelBuilder code(Code part) {
        code = given(part, "code", "one of Code");
        return this;
    }

    /** The prior of a Gaussian code. */
    public ModelBuilder prior(Prior part) {
        prior = given(part, "prior", "one of Prior");
        return this;
    }

    /** A constant weight of the KL term (beta-VAE). */
    public ModelBuilder beta(double weight) {
        return klWeight(KlWeight.constant(weight));
    }

    /** The weight of the KL term over training. */
    public ModelBuilder klWeight(KlWeight weight) {
        klWeight = given(weight, "KL weight", "one of KlWeight");
        return this;
    }

    /** Nats each latent dimension may use for free. */
    public ModelBuilder freeBits(double nats) {
        Require.that(nats >= 0 && Double.isFinite(nats), "model", "negative free bits", "free bits", nats, "nats of at least 0");
        freeBits = nats;
        return this;
    }

    /** The likelihood; without a call, that of the preset for pictures and what suits the data for all else. */
    public ModelBuilder likelihood(Likelihood part) {
        likelihood = given(part, "likelihood", "one of Likelihood");
        return this;
    }

    /** The corruption of the input. */
    public ModelBuilder corruption(Corruption part) {
        corruption = given(part, "corruption", "one of Corruption, none() for none");
        return this;
    }

    /** A penalty, in place of one of the same kind; weight 0 takes it away. */
    public ModelBuilder penalty(Penalty part) {
        penalties.put(given(part, "penalty", "one of Penalty").term(), part);
        return this;
    }

    /** KL of mean activations to {@code rho}. */
    public ModelBuilder sparsity(double rho, double weight) {
        sparsity = new SparsityKl(rho, weight, 0);
        return this;
    }

    /** Momentum of a running mean activation, for small batches. */
    public ModelBuilder sparsityMomentum(double momentum) {
        Require.that(momentum >= 0 && momentum < 1, "model", "momentum out of range", "sparsity momentum", momentum, "0 <= momentum < 1");
        sparsityMomentum = momentum;
        return this;
    }

    /** L1 penalty on the code. */
    public ModelBuilder l1(double weight) {
        return penalty(new L1(weight));
    }

    /** Contractive penalty, method chosen by cost. */
    public ModelBuilder contraction(double weight) {
        return penalty(Contraction.of(weight));
    }

    /** Penalty 0.5 |W|^2 in the loss. */
    public ModelBuilder weightDecay(double weight) {
        return penalty(new WeightDecay(weight));
    }

    /** Whether the decoder uses the encoder's weights transposed. */
    public ModelBuilder tied(boolean yes) {
        tied = yes;
        return this;
    }

    /** How weights start. {@link Initialization#UNIFORM} draws the biases too, the output's among them, unless {@link #outputBiasFromData} says otherwise. */
    public ModelBuilder initialization(Initialization start) {
        initialization = given(start, "initialization", "one of Initialization");
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
        binarization = given(how, "binarization", "one of Binarization");
        return this;
    }

    /** What the model is conditioned on. */
    public ModelBuilder condition(ConditionKind kind) {
        condition = given(kind, "condition", "one of ConditionKind");
        return this;
    }

    /** Scaling of the data: auto, none, divide:V, minmax, standardize or log. */
    public ModelBuilder scaling(String words) {
        scaling = given(words, "scaling", "auto, none, divide:V, minmax, standardize or log");
        return this;
    }

    /** What stands in for missing values (NaN), of the training data and of every row later; none refuses them, and is what is done unless told otherwise. */
    public ModelBuilder imputation(Imputation.Kind kind) {
        imputation = Imputation.of(given(kind, "imputation", "none, mean, median or zero"));
        return this;
    }

    // ---- training ---------------------------------------------------------------------------------------------------------------------

    /** Passes over the training data (10). */
    public ModelBuilder epochs(int number) {
        training = training.withEpochs(number);
        return this;
    }

    /** Examples per step (128). */
    public ModelBuilder batch(int size) {
        training = training.withBatch(size);
        return this;
    }

    /** The optimizer (Adam). */
    public ModelBuilder optimizer(Optimizer rule) {
        training = training.withOptimizer(given(rule, "optimizer", "one of Optimizer"));
        return this;
    }

    /** A constant learning rate (1e-3). */
    public ModelBuilder learningRate(double rate) {
        return learningRate(LearningRate.constant(rate));
    }

    /** The learning rate over training. */
    public ModelBuilder learningRate(LearningRate rate) {
        training = training.withLearningRate(given(rate, "learning rate", "one of LearningRate"));
        return this;
    }

    /** Greatest norm of a gradient; 0 for none (0). */
    public ModelBuilder clipNorm(double norm) {
        training = training.withClipNorm(norm);
        return this;
    }

    /** Stops when the loss of held-out rows has not improved for so many epochs; the best epoch is kept in any case. */
    public ModelBuilder earlyStopping(int patience) {
        training = training.withEarlyStopping(new TrainingSettings.EarlyStopping(Term.LOSS, patience, 0));
        return this;
    }

    /** Stops after the epoch in which this has passed; 0 for no limit. */
    public ModelBuilder timeBudget(double seconds) {
        training = training.withTimeBudget(seconds);
        return this;
    }

    /** The one seed: of initial weights, the rows held out, their order, corruption, sampling and binarisation (0). */
    public ModelBuilder seed(long number) {
        training = training.withSeed(number);
        return this;
    }

    /** Share of the rows to hold out when no validation data are given, in [0, 1); 0 for none (0.1). */
    public ModelBuilder validationFraction(double fraction) {
        Require.that(fraction >= 0 && fraction < 1, "data", "fraction out of range", "validation fraction", fraction, "0 <= fraction < 1");
        validationFraction = fraction;
        return this;
    }

    /** What to run on: auto, cpu, cuda or cuda:N (auto). */
    public ModelBuilder device(String name) {
        device = new DeviceChoice(name, device.threads(), device.precision());
        return this;
    }

    /** Threads of the CPU; results do not depend on them (all processors). */
    public ModelBuilder threads(int number) {
        device = new DeviceChoice(device.name(), number, device.precision());
        return this;
    }

    /** Writes the run to a folder while it is trained, so that a training that was stopped can be gone on with. */
    public ModelBuilder runFolder(Path folder) {
        runFolder = given(folder, "run folder", "a folder, or no call for none");
        return this;
    }

    /** Whether a run that the folder already holds may be replaced (no). */
    public ModelBuilder overwrite(boolean yes) {
        overwrite = yes;
        return this;
    }

    /**
     * Whether the pictures of the run are drawn into its folder, some while it is trained and all at its end: {@code loss.png}, {@code reconstructions.png},
     * {@code samples.png} (no). They need XChart ({@code org.knowm.xchart:xchart}) on the class path.
     */
    public ModelBuilder pictures(boolean yes) {
        pictures = yes;
        return this;
    }

    /** Is told how training goes. */
    public ModelBuilder listener(TrainingListener listener) {
        listeners.add(given(listener, "listener", "who is told"));
        return this;
    }

    // ---- results ----------------------------------------------------------------------------------------------------------------------

    /**
     * Trains on rows of numbers, a tenth of which is held out to judge by.
     *
     * @param rows [rows][features]
     * @return the model of the best epoch
     * @throws IllegalArgumentException when the choices do not fit together
     * @throws dev.hourglass.data.DataException when the data do not suit the model
     */
    public Autoencoder fit(float[][] rows) {
        return fit(Dataset.of(rows));
    }

    /**
     * Trains on rows of numbers, a tenth of which is held out to judge by; see {@link #fit(float[][])}. Columns that floats are too narrow for, such as
     * 1000000.012 to 1000000.019, keep their digits.
     */
    public Autoencoder fit(double[][] rows) {
        return fit(Dataset.of(rows));
    }

    /** Trains on a data set, of which a part is held out to judge by; see {@link #fit(float[][])}. */
    public Autoencoder fit(Dataset data) {
        return training(data).run();
    }

    /** Trains on a data set and judges by another. */
    public Autoencoder fit(Dataset data, Dataset validation) {
        return training(Examples.of(data), Examples.of(validation)).run();
    }

    /** Trains on examples with real-valued conditions, a part of which is held out to judge by. */
    public Autoencoder fit(Examples data) {
        return training(data, null).run();
    }

    /** Trains on examples with real-valued conditions and judges by others. */
    public Autoencoder fit(Examples data, Examples validation) {
        return training(data, validation).run();
    }

    /** Prepares a training that can be watched and stopped; {@link Training#run} begins it. */
    public Training training(Dataset data) {
        return training(Examples.of(data), null);
    }

    /** The same with examples to judge by; null holds a part of the training data out. */
    public Training training(Examples data, Examples validation) {
        return new Training(this, given(data, "data", "examples to learn from"), validation);
    }

    /**
     * Returns what was chosen about the model.
     *
     * @throws IllegalArgumentException when the parts contradict each other or do not fit together, naming the parts
     */
    public Specification specification() {
        return new Specification(preset.preset(), or(corruption, preset.corruption()), layers(), chosenCode(), chosenPrior(),
                or(likelihood, preset.likelihood()),
                chosenPenalties(), or(importanceSamples, preset.importanceSamples()), or(binarization, preset.binarization()),
                or(condition, preset.condition()));
    }

    private static <T> T given(T value, String name, String expected) {
        return Require.given(value, "model", name, expected);
    }

    private static List<Integer> widths(String name, Integer[] widths) {
        for (Integer width : given(widths, name, "widths, none of them for no layer")) {
            given(width, name, "a width for each layer");
        }
        return List.of(widths);
    }

    private static <T> T or(T chosen, T otherwise) {
        return chosen == null ? otherwise : chosen;
    }

    private Layers layers() {
        Layers base = preset.layers();
        List<Integer> mirrored = hidden == null ? base.decoderHidden() : Layers.mirrored(hidden);
        boolean fromData = initialization == null ? base.outputBiasFromData() : initialization != Initialization.UNIFORM;
        return new Layers(or(hidden, base.hidden()), or(decoderHidden, mirrored), or(activation, base.activation()), or(tied, base.tied()),
                or(initialization, base.initialization()), or(outputBiasFromData, fromData));
    }

    private Code chosenCode() {
        Code chosen = or(code, preset.code());
        if (latent != null) {
            Require.that(code == null || code.latent() == latent, "model", "two sizes of the code", "latent", latent,
                    chosen.latent() + " as in the code, or one of the two");
            chosen = chosen.withLatent(latent);
        }
        if (codeActivation != null) {
            Require.that(code == null || code.activation() == codeActivation, "model", "two activations of the code", "code activation",
                    Label.of(codeActivation), Label.of(chosen.activation()) + " as in the code, or one of the two");
            chosen = chosen.withActivation(codeActivation);
        }
        return chosen;
    }

    private Prior chosenPrior() {
        Prior chosen = or(prior, preset.prior());
        boolean own = prior != null && prior.isProper();
        Require.that(klWeight == null || !own || prior.weight().equals(KlWeight.constant(1)) || prior.weight().equals(klWeight), "model",
                "two weights of the KL term", "KL weight", klWeight == null ? 0 : klWeight.beta(),
                chosen.weight().beta() + " as in the prior, or one of the two");
        Require.that(freeBits == null || !own || prior.freeBits() == 0 || prior.freeBits() == freeBits, "model", "two numbers of free bits",
                "free bits",
                freeBits, chosen.freeBits() + " as in the prior, or one of the two");
        return klWeight == null && freeBits == null ? chosen
                : chosen.withKl(or(klWeight, chosen.weight()), or(freeBits, chosen.freeBits()));
    }

    private List<Penalty> chosenPenalties() {
        Map<Term, Penalty> all = new EnumMap<>(Term.class);
        preset.penalties().forEach(penalty -> all.put(penalty.term(), penalty));
        all.putAll(penalties);
        SparsityKl base = (SparsityKl) all.get(Term.SPARSITY);
        Require.that(sparsity == null || !penalties.containsKey(Term.SPARSITY), "model", "two sparsity terms", "sparsity", sparsity,
                "one of the two");
        Require.that(sparsityMomentum == null || sparsity != null || base != null, "model", "there is no sparsity term",
                "sparsity momentum", sparsityMomentum,
                "none, or a sparsity");
        if (sparsity != null || sparsityMomentum != null) {
            SparsityKl chosen = or(sparsity, base);
            all.put(Term.SPARSITY, new SparsityKl(chosen.rho(), chosen.weight(), or(sparsityMomentum, base == null ? 0 : base.momentum())));
        }
        return List.copyOf(all.values());
    }

    /** Builds the model alone, untrained, for a training set on a device: for who trains it step by step. The caller closes it before the device. */
    public Model create(Backend backend, Examples examples, long seed) {
        Specification specification = specification();
        return Model.create(backend, specification, Schema.fit(specification, examples, scaling), seed, examples.features());
    }

    /** Everything that was chosen, without data. */
    Configuration configuration() {
        return Configuration.of(specification()).withTraining(training).withDevice(device);
    }

    boolean choseLikelihood() {
        return likelihood != null || binarization != null && binarization != Binarization.NONE;
    }

    String scalingWords() {
        return scaling;
    }

    Imputation imputationOfMissing() {
        return imputation;
    }

    double heldOutShare() {
        return validationFraction;
    }

    Path folder() {
        return runFolder;
    }

    boolean mayOverwrite() {
        return overwrite;
    }

    boolean drawsPictures() {
        return pictures;
    }

    List<TrainingListener> listeners() {
        return List.copyOf(listeners);
    }

    @Override
    public String toString() {
        return "ModelBuilder[" + preset.preset() + "]";
    }
}
