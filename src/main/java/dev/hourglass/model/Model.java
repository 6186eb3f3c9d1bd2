package dev.hourglass.model;

import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.PriorHead;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.batch.Batch;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.network.AppliedNetwork;
import dev.hourglass.model.network.Mlp;
import dev.hourglass.model.network.Network;
import dev.hourglass.model.penalty.Penalty;
import dev.hourglass.nn.Parameter;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model of the family on a device: encoder, code, decoder and the parameters of prior and likelihood. Built from a {@link Specification} and a
 * {@link Schema}. Not safe for use by several threads at once; what users hold is {@code dev.hourglass.Autoencoder}.
 */
public final class Model implements AutoCloseable {
    private static final int MOST_CODES = 1 << 14;
    private static final int MOST_ACTIVATIONS = 1 << 23;

    private final Backend backend;
    private final Specification specification;
    private final Schema schema;
    private final Scope scope;
    private final Parameters parameters = new Parameters();
    private final Network encoder;
    private final Network decoder;
    private final Network priorNetwork;
    private final Map<Penalty, Tensor> penaltyState = new LinkedHashMap<>();

    private Model(Backend backend, Specification specification, Schema schema, long seed, Dataset training) {
        this.backend = backend;
        this.specification = specification;
        this.schema = schema;
        Code code = specification.code();
        Layers layers = specification.layers();
        Activation hidden = layers.activation();
        int conditions = schema.conditions();
        Mlp encoding = Mlp.declare(parameters, "encoder",
                new Mlp.Shape(schema.features(), conditions, layers.hidden(), code.headWidth(), hidden,
                        code.activation()),
                layers.initialization(), seed, code.randomRows());
        encoder = encoding;
        decoder = layers.tied() ? Mlp.declareTied(parameters, "decoder", encoding, Activation.IDENTITY)
                : Mlp.declare(parameters, "decoder",
                        new Mlp.Shape(code.latent(), conditions, layers.decoderHidden(), schema.features(), hidden,
                                Activation.IDENTITY),
                        layers.initialization(), seed, schema.features());
        priorNetwork = specification.prior().declare(parameters, code.latent(), conditions, hidden, layers.initialization(), seed);
        specification.likelihood().declare(parameters, schema.features());
        this.scope = new Scope(backend, "model");
        parameters.seal(scope);
        specification.penalties().forEach(penalty -> penaltyState.put(penalty, penalty.allocate(scope, code)));
        if (training != null && layers.outputBiasFromData()) {
            decoder.outputBias().write(outputBias(training));
        }
    }

    /** Builds a model with fresh parameters; {@code training} gives the output bias when the specification asks for it (nullable). */
    public static Model create(Backend backend, Specification specification, Schema schema, long seed, Dataset training) {
        return new Model(backend, specification, schema, seed, training);
    }

    /** The mean of the training set on the scale of the target, as the likelihood starts from it. */
    private float[] outputBias(Dataset training) {
        double[] means = training.columnSums();
        for (int column = 0; column < means.length; column++) {
            means[column] /= training.rows();
        }
        float[] bias = schema.scaling().encode(means);
        for (int column = 0; column < bias.length; column++) {
            bias[column] = (float) specification.likelihood().biasStart(bias[column]);
        }
        return bias;
    }

    /** Returns what was chosen. */
    public Specification specification() {
        return specification;
    }

    /** Returns what is known of the data. */
    public Schema schema() {
        return schema;
    }

    /** Returns the device. */
    public Backend backend() {
        return backend;
    }

    /** Returns the parameters. */
    public Parameters parameters() {
        return parameters;
    }

    /** Returns the encoder network. */
    public Network encoder() {
        return encoder;
    }

    /** Returns the decoder network. */
    public Network decoder() {
        return decoder;
    }

    /** Returns whether the prior has a network, so that it differs from condition to condition. */
    public boolean hasPriorNetwork() {
        return priorNetwork != null;
    }

    /** Returns the state that penalties keep between steps, which training moves and a checkpoint keeps. */
    public List<Tensor> penaltyState() {
        return penaltyState.values().stream().filter(java.util.Objects::nonNull).toList();
    }

    Tensor stateOf(Penalty penalty) {
        return penaltyState.get(penalty);
    }

    /** Returns every weight matrix. */
    List<Tensor> weightMatrices() {
        return parameters.all().stream().filter(Parameter::isMatrix).map(Parameter::value).toList();
    }

    /**
     * Puts examples on the device as this model reads them.
     *
     * @param batch the usual batch size
     * @throws dev.hourglass.data.DataException when they do not suit the model
     */
    public DeviceData load(Examples examples, int batch) {
        return new DeviceData(backend, schema.encoding(specification), schema.accept(examples, specification.condition()), examples.rows(),
                batch);
    }

    /** Writes the encoder on a tape; its result is h or the head of q(z|x). */
    public AppliedNetwork encode(Tape tape, Tensor input, Tensor condition) {
        return encoder.apply(tape, input, condition);
    }

    /** Writes the decoder on a tape: [code rows, features]; {@code condition} has as many rows as the code, or is null. */
    public Tensor decode(Tape tape, Tensor code, Tensor condition) {
        return decoder.apply(tape, code, condition).last().output();
    }

    /** Writes the prior on a tape: N(0, I), or p(z|c) of each condition. */
    public PriorHead prior(Tape tape, Tensor condition) {
        return specification.prior().head(tape, priorNetwork, condition);
    }

    /**
     * Writes -log p(x|z), or the squared error, on a tape: [output rows, 1].
     *
     * @param outputs of the decoder, [target rows * samples, features]
     * @param weights of each value in the objective, null when no gradient is wanted
     */
    public Tensor reconstruction(Tape tape, Tensor outputs, Tensor target, LossWeights weights) {
        return specification.likelihood().loss(tape, outputs, target, parameters, weights);
    }

    /** Writes encoder and prior on a tape. */
    public Encoded encode(Tape tape, Batch batch) {
        return new Encoded(tape, batch, encode(tape, batch.input(), batch.condition()), prior(tape, batch.condition()));
    }

    /**
     * Writes {@code samples} codes per example (1 for a deterministic code) and the decoder on a tape.
     *
     * @param codes the tape, and where the draws come from
     */
    public ForwardPass decode(Tape tape, Encoded encoded, CodeOps codes, int samples) {
        int drawn = specification.code().samples(samples);
        return decode(tape, encoded, specification.code().sample(codes, encoded.head(), drawn), drawn);
    }

    /** Writes the decoder on a tape for given codes, [examples * samples, latent]. */
    public ForwardPass decode(Tape tape, Encoded encoded, Tensor z, int samples) {
        Tensor condition = encoded.batch().condition();
        Tensor repeated = condition == null ? null : new Ops(tape).repeat("repeated c", condition, samples);
        return new ForwardPass(encoded, z, samples, decode(tape, z, repeated));
    }

    /** Writes -log p(x|z), or the squared error, of a pass on a tape: [examples * samples, 1]; see the other method. */
    public Tensor reconstruction(Tape tape, ForwardPass pass, LossWeights weights) {
        return reconstruction(tape, pass.outputs(), pass.encoded().batch().target(), weights);
    }

    /** Writes log q(z|x) - log p(z) of the codes of a pass: [examples * samples, 1]; null for a deterministic code. */
    public Tensor sampledKl(CodeOps codes, ForwardPass pass, LossWeights weights) {
        return specification.code().sampledKl(codes, pass.encoded().head(), pass.code(), pass.encoded().prior(), weights);
    }

    /** Returns how many codes are decoded at once, so that what the decoder keeps of them stays within a few tens of megabytes; at least 1. */
    public int codesAtOnce() {
        int width = decoder.outputs() + decoder.activationsPerRow() + 2 * specification.code().latent();
        return Math.max(1, Math.min(MOST_CODES, MOST_ACTIVATIONS / width));
    }

    /**
     * Writes network and objective on a tape, as training and evaluation see them; sums of every term go to {@code sums}, FLOAT64.
     *
     * @param samples codes per example; the specification's importance samples for training
     */
    public ForwardPass objective(Tape tape, Batch batch, Buffer state, Buffer sums, int samples) {
        ForwardPass pass = decode(tape, encode(tape, batch), new CodeOps(tape, state), samples);
        new Objective(this, tape, pass, state, sums).record();
        return pass;
    }

    @Override
    public void close() {
        scope.close();
    }

    @Override
    public String toString() {
        return specification.preset() + " " + specification.widths(schema.features()) + " on " + backend.description();
    }
}
