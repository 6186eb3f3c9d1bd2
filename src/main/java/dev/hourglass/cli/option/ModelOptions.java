package dev.hourglass.cli.option;

import dev.hourglass.ModelBuilder;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Binarization;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.message.Label;
import dev.hourglass.model.likelihood.Gaussian;
import dev.hourglass.model.likelihood.Likelihood;
import dev.hourglass.model.likelihood.Variance;
import dev.hourglass.nn.Initialization;
import picocli.CommandLine.Option;

/** The network, its code and its likelihood. What is not given stays as the preset or the configuration file has it. */
public final class ModelOptions {
    @Option(names = "--hidden", paramLabel = "W,W", description = "widths of the encoder's hidden layers; none is the linear model")
    String hidden;
    @Option(names = "--decoder-hidden", paramLabel = "W,W", description = "widths of the decoder's hidden layers (mirrors the encoder)")
    String decoderHidden;
    @Option(names = "--latent", paramLabel = "K", description = "latent dimensions")
    Integer latent;
    @Option(names = "--activation", paramLabel = "F",
            description = "of hidden layers: identity, relu, leaky-relu, elu, gelu, silu, softplus, sigmoid, tanh")
    Activation activation;
    @Option(names = "--code-activation", paramLabel = "F", description = "of a deterministic code")
    Activation codeActivation;
    @Option(names = "--likelihood", paramLabel = "L",
            description = "bernoulli, gaussian, poisson, squared-error (by preset and data: pictures and values in [0, 1] keep"
                    + " that of the preset, all else gets gaussian with a variance per feature, or squared-error for deterministic codes)")
    String likelihood;
    @Option(names = "--variance", paramLabel = "V", description = "of a gaussian likelihood: fixed, learned, per-feature (learned)")
    Variance variance;
    @Option(names = "--fixed-variance", paramLabel = "X", description = "the variance when fixed, where it starts when learned (1)")
    Double fixedVariance;
    @Option(names = "--variance-floor", paramLabel = "S",
            description = "least natural logarithm of a learned variance, on the scale of the model (" + Gaussian.DEFAULT_FLOOR + ")")
    Double varianceFloor;
    @Option(names = "--init", paramLabel = "I", description = "weights start as glorot, he or uniform (+-1/sqrt of the inputs)")
    Initialization init;
    @Option(names = "--tied", negatable = true, description = "decoder uses the encoder's weights transposed")
    Boolean tied;
    @Option(names = "--output-bias-from-data", negatable = true,
            description = "output bias starts at the mean of the data (yes, unless --init uniform)")
    Boolean outputBiasFromData;
    @Option(names = "--binarize", paramLabel = "B", description = "none, fixed (at 0.5) or dynamic (drawn at every step)")
    Binarization binarize;
    @Option(names = "--condition", paramLabel = "C", description = "none, labels, or names of csv columns joined by commas")
    public String condition;

    /** Changes a builder as asked; {@code now} is the likelihood it starts from. */
    public void apply(ModelBuilder builder, Likelihood now) {
        if (hidden != null) {
            builder.hidden(OptionText.widths("--hidden", hidden));
        }
        if (decoderHidden != null) {
            builder.decoderHidden(OptionText.widths("--decoder-hidden", decoderHidden));
        }
        if (activation != null) {
            builder.activation(activation);
        }
        if (latent != null) {
            builder.latent(latent);
        }
        if (codeActivation != null) {
            builder.codeActivation(codeActivation);
        }
        if (init != null) {
            builder.initialization(init);
        }
        if (tied != null) {
            builder.tied(tied);
        }
        if (outputBiasFromData != null) {
            builder.outputBiasFromData(outputBiasFromData);
        }
        if (binarize != null) {
            builder.binarization(binarize);
        }
        if (condition != null) {
            builder.condition(conditionKind());
        }
        builder.likelihood(likelihood(now));
    }

    private ConditionKind conditionKind() {
        // Any other word names columns.
        return Label.find(ConditionKind.class, condition).orElse(ConditionKind.VALUES);
    }

    /** Changes the likelihood as asked: a kind by name starts anew, a Gaussian one with a learned variance unless one is named. */
    private Likelihood likelihood(Likelihood now) {
        Likelihood chosen = OptionText.part("--likelihood", likelihood, now, Likelihood.all());
        if (variance == null && fixedVariance == null && varianceFloor == null) {
            return chosen;
        }
        if (!(chosen instanceof Gaussian gaussian)) {
            throw new UsageException(
                    "--" + (variance != null ? "variance" : fixedVariance != null ? "fixed-variance" : "variance-floor")
                            + ": the likelihood is " + Label.of(chosen.getClass())
                            + ", expected gaussian; add --likelihood gaussian");
        }
        Variance usual = chosen == now || fixedVariance == null ? gaussian.variance() : Variance.FIXED;
        Variance how = variance == null ? usual : variance;
        if (varianceFloor != null && how == Variance.FIXED) {
            throw new UsageException("--variance-floor: the variance is fixed, expected --variance learned or per-feature");
        }
        return new Gaussian(how, fixedVariance == null ? gaussian.fixedVariance() : fixedVariance,
                varianceFloor == null ? gaussian.floor() : varianceFloor);
    }

    /** Returns whether the likelihood was decided by a person. */
    public boolean namesLikelihood() {
        return likelihood != null || variance != null || fixedVariance != null || varianceFloor != null
                || binarize != null && binarize != Binarization.NONE;
    }
}
