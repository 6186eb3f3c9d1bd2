package dev.hourglass.model;

import dev.hourglass.autograd.Activated;
import dev.hourglass.autograd.CodeOps;
import dev.hourglass.autograd.LossOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Ops;
import dev.hourglass.autograd.PriorHead;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.PointwiseLoss;
import dev.hourglass.data.Dataset;
import dev.hourglass.nn.Mlp;
import dev.hourglass.nn.Parameters;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A model of the family on a device: encoder, code, decoder and the parameters of prior and likelihood. Built from a {@link Specification} and a
 * {@link Domain}; trained by {@code train.Trainer}; used through {@link Inference}. Not safe for use by several threads at once.
 */
public final class Autoencoder implements AutoCloseable {
    private static final int NO_ROWS = 0;

    private final Backend backend;
    private final Specification specification;
    private final Domain domain;
    private final Scope scope;
    private final Parameters parameters = new Parameters();
    private final Mlp encoder;
    private final Mlp decoder;
    private final Mlp priorNetwork;
    private final Tensor fixedLogVariance;
    private final Tensor runningMean;

    private Autoencoder(Backend backend, Specification specification, Domain domain, long seed, Dataset training) {
        this.backend = backend;
        this.specification = specification;
        this.domain = domain;
        Code code = specification.code();
        Activation hidden = specification.activation();
        int conditions = domain.conditions();
        // The factor of a full covariance starts as the identity: rows of the head beyond mu start at zero.
        int randomRows = code.kind() == Code.Kind.DIAGONAL_GAUSSIAN ? 2 * code.latent() : code.latent();
        encoder = Mlp.declare(parameters, "encoder", new Mlp.Shape(domain.features(), conditions, specification.hidden(), code.headWidth(), hidden,
                code.activation()), specification.initialization(), seed, randomRows);
        decoder = specification.tied() ? Mlp.declareTied(parameters, "decoder", encoder, Activation.IDENTITY)
                : Mlp.declare(parameters, "decoder", new Mlp.Shape(code.latent(), conditions, specification.decoderHidden(), domain.features(), hidden,
                Activation.IDENTITY), specification.initialization(), seed, domain.features());
        boolean learned = specification.prior().kind() == Prior.Kind.LEARNED;
        priorNetwork = learned ? Mlp.declare(parameters, "prior", new Mlp.Shape(NO_ROWS, conditions, specification.prior().hidden(), 2 * code.latent(),
                hidden, Activation.IDENTITY), specification.initialization(), seed, 2 * code.latent()) : null;
        declareVariance();
        this.scope = new Scope(backend, "model");
        parameters.seal(scope);
        fixedLogVariance = fixedLogVariance();
        runningMean = runningMeanStart();
        if (training != null && specification.outputBiasFromData()) {
            decoder.bias(decoder.depth() - 1).write(OutputBias.of(training, domain.scaling(), specification.likelihood()));
        }
    }

    /** Builds a model with fresh parameters; {@code training} gives the output bias when the specification asks for it (nullable). */
    public static Autoencoder create(Backend backend, Specification specification, Domain domain, long seed, Dataset training) {
        return new Autoencoder(backend, specification, domain, seed, training);
    }

    private void declareVariance() {
        Likelihood likelihood = specification.likelihood();
        if (likelihood.learnsVariance()) {
            int width = likelihood.variance() == Likelihood.Variance.LEARNED ? 1 : domain.features();
            float start = (float) Math.log(likelihood.fixedVariance());
            parameters.declare("likelihood.log-variance", 1, width, () -> {
                float[] values = new float[width];
                java.util.Arrays.fill(values, start);
                return values;
            });
        }
    }

    private Tensor fixedLogVariance() {
        Tensor fixed = scope.tensor("log variance", 1, 1);
        fixed.write(new float[] {(float) Math.log(specification.likelihood().fixedVariance())});
        return fixed;
    }

    private Tensor runningMeanStart() {
        Penalties.Sparsity sparsity = specification.penalties().sparsity();
        if (sparsity.weight() == 0 || sparsity.momentum() == 0) {
            return null;
        }
        Tensor running = scope.tensor("running mean activation", 1, specification.code().latent());
        boolean signed = specification.code().activation() == Activation.TANH;
        backend.fill(running.buffer(), (float) (signed ? 2 * sparsity.rho() - 1 : sparsity.rho()));
        return running;
    }

    /** Returns what was chosen. */
    public Specification specification() {
        return specification;
    }

    /** Returns what is known of the data. */
    public Domain domain() {
        return domain;
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
    public Mlp encoder() {
        return encoder;
    }

    /** Returns the decoder network. */
    public Mlp decoder() {
        return decoder;
    }

    /** Returns the log variance of a Gaussian likelihood, [1, 1] or [1, features]. */
    public Tensor logVariance() {
        Tensor learned = parameters.find("likelihood.log-variance");
        return learned == null ? fixedLogVariance : learned;
    }

    /** Returns the lower bound of the log variance; minus infinity when it is fixed. */
    public double logVarianceFloor() {
        return specification.likelihood().learnsVariance() ? specification.likelihood().floor() : -1e30;
    }

    /** Returns the running mean activation of a sparse code, [1, latent], which training moves and a checkpoint keeps; null without one. */
    public Tensor runningMean() {
        return runningMean;
    }

    /** Returns every weight matrix. */
    List<Tensor> weightMatrices() {
        List<Tensor> matrices = new ArrayList<>();
        parameters.all().stream().filter(p -> p.name().endsWith("weight")).forEach(p -> matrices.add(p.value()));
        return matrices;
    }

    /** Writes the encoder on a tape: every layer's result; the last is h or the head of q(z|x). */
    public List<Activated> encode(Tape tape, Tensor input, Tensor condition) {
        return encoder.apply(new Ops(tape), input, condition);
    }

    /** Writes the decoder on a tape: logits or means, [code rows, features]; {@code condition} has as many rows as the code, or is null. */
    public Tensor decode(Tape tape, Tensor code, Tensor condition) {
        List<Activated> layers = decoder.apply(new Ops(tape), code, condition);
        return layers.get(layers.size() - 1).output();
    }

    /** Writes the prior on a tape: N(0, I), or p(z|c) of each condition. */
    public PriorHead prior(Tape tape, Tensor condition) {
        if (priorNetwork == null) {
            return PriorHead.STANDARD;
        }
        List<Activated> layers = priorNetwork.apply(new Ops(tape), null, condition);
        return new PriorHead(layers.get(layers.size() - 1).output(), Prior.LOG_VARIANCE_FLOOR);
    }

    /**
     * Writes -log p(x|z), or the squared error, on a tape: [parameter rows, 1].
     *
     * @param outputs of the decoder, [target rows * samples, features]
     * @param upstream weight of each value in the objective, null when no gradient is wanted
     */
    public Tensor reconstruction(Tape tape, Tensor outputs, Tensor target, LossWeights upstream) {
        LossOps losses = new LossOps(tape);
        return switch (specification.likelihood().kind()) {
            case BERNOULLI -> losses.pointwise(PointwiseLoss.BERNOULLI, outputs, target, upstream);
            case SQUARED_ERROR -> losses.pointwise(PointwiseLoss.SQUARED_ERROR, outputs, target, upstream);
            case GAUSSIAN -> losses.gaussian(outputs, logVariance(), (float) logVarianceFloor(), target, upstream);
        };
    }

    /** Writes the whole network on a tape, with {@code samples} codes per example (1 for a deterministic code). */
    public Pass pass(Tape tape, Batch batch, Buffer state, int samples) {
        List<Activated> layers = encode(tape, batch.input(), batch.condition());
        Tensor head = layers.get(layers.size() - 1).output();
        PriorHead prior = prior(tape, batch.condition());
        Code code = specification.code();
        int drawn = code.isGaussian() ? samples : 1;
        Tensor z = code.isGaussian() ? new CodeOps(tape, state).sample(code.posterior(), head, code.latent(), drawn) : head;
        Tensor condition = batch.condition() == null ? null : new Ops(tape).repeat("repeated c", batch.condition(), drawn);
        return new Pass(batch, layers, prior, z, drawn, decode(tape, z, condition));
    }

    /**
     * Writes network and objective on a tape, as training and evaluation see them; sums of every {@link Term} go to {@code metrics}, FLOAT64.
     *
     * @param samples codes per example; the specification's importance samples for training
     */
    public Pass objective(Tape tape, Batch batch, Buffer state, Buffer metrics, int samples) {
        Pass pass = pass(tape, batch, state, samples);
        new Objective(this, tape, pass, state, metrics).record();
        return pass;
    }

    @Override
    public void close() {
        scope.close();
    }
}
