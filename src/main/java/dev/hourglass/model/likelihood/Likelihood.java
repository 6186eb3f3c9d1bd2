package dev.hourglass.model.likelihood;

import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Binarization;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Scaling;
import dev.hourglass.data.Support;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.nn.Parameters;
import dev.hourglass.onnx.OnnxGraph;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/** p(x|z): features are independent given z, and the decoder's outputs parametrise each of them. */
public sealed interface Likelihood permits Bernoulli, Gaussian, Poisson, SquaredError {
    /** Returns one of each kind, as the command line starts from it. */
    static List<Likelihood> all() {
        return List.of(bernoulli(), gaussian(Variance.LEARNED), poisson(), squaredError());
    }

    /** Independent zeros and ones, from logits. */
    static Likelihood bernoulli() {
        return new Bernoulli();
    }

    /** N(m(z), variance), starting at variance 1. */
    static Likelihood gaussian(Variance variance) {
        return new Gaussian(variance, 1, Gaussian.DEFAULT_FLOOR);
    }

    /** N(m(z), variance) with a known variance. */
    static Likelihood gaussian(double fixedVariance) {
        return new Gaussian(Variance.FIXED, fixedVariance, Gaussian.DEFAULT_FLOOR);
    }

    /** Independent counts, from log rates. */
    static Likelihood poisson() {
        return new Poisson();
    }

    /** The sum of squared errors, no constants. */
    static Likelihood squaredError() {
        return new SquaredError();
    }

    /**
     * Refuses a likelihood without a density.
     *
     * @param otherwise what else would do, such as ", or another score"; empty for nothing
     * @throws IllegalArgumentException naming those with one
     */
    static void requireDensity(Likelihood given, String otherwise) {
        List<String> labels = all().stream().filter(Likelihood::isDensity).map(likelihood -> Label.of(likelihood.getClass())).toList();
        Require.that(given.isDensity(), "evaluate", "the likelihood is no density", "likelihood", Label.of(given.getClass()),
                String.join(", ", labels.subList(0, labels.size() - 1)) + " or " + labels.get(labels.size() - 1) + otherwise);
    }

    /** Returns the values of x, on the scale of the target, that it allows. */
    Support support();

    /** Returns the unit of its loss, for people. */
    String unit();

    /** Returns whether it is a density or probability of x, so that log p(x) and an ELBO exist. */
    boolean isDensity();

    /** Returns whether its terms are true log-likelihoods for targets between 0 and 1 as well, not cross-entropies. */
    boolean isDensityOfGrey();

    /**
     * Refuses what it does not go with.
     *
     * @throws IllegalArgumentException in one line: what does not fit, and what would
     */
    void check(Code code, Binarization binarization);

    /**
     * Fits the scaling of the target: of what reconstructions are compared with and come back from.
     *
     * @param words what a person wrote: auto, none, divide:V, minmax, standardize or log
     * @throws dev.hourglass.data.DataException when the scaled data leave the {@link #support}
     */
    Scaling targetScaling(String words, Dataset training);

    /** Fits the scaling of what the encoder sees: {@code target} itself unless the two differ, as for counts. */
    Scaling inputScaling(String words, Dataset training, Scaling target);

    /** Declares its own parameters, if it has any. */
    void declare(Parameters parameters, int features);

    /**
     * Writes -log p(x|z) of each row on a tape, nats, constants kept (for the squared error the sum of squares): [output rows, 1].
     *
     * @param outputs of the decoder, [target rows * samples, features]
     * @param parameters that {@link #declare} saw
     * @param weights of each value in the objective, null when no gradient is wanted
     */
    Tensor loss(Tape tape, Tensor outputs, Tensor target, Parameters parameters, LossWeights weights);

    /** Returns the same on the host, feature by feature in 64 bits, for the present values of the parameters. */
    FeatureTerms onHost(Parameters parameters, int features);

    /**
     * Returns one line on parameters of its own that training left on a bound, what that costs and the remedy; empty when there is nothing to say.
     *
     * @param names of the features
     */
    String warning(Parameters parameters, List<String> names);

    /** Returns where the output bias of a feature starts when its mean over the training set, on the scale of the target, is {@code mean}. */
    double biasStart(double mean);

    /** Turns the outputs of an exported decoder into the mean of p(x|z); returns the name of the result. */
    String exportMean(OnnxGraph graph, String outputs);

    /** Returns how it is told to people, with what is particular to this one, such as {@code gaussian per feature}. */
    String words();
}
