package dev.hourglass.model.likelihood;

import dev.hourglass.autograd.LossOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.PointwiseLoss;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Scaling;
import dev.hourglass.data.Support;
import dev.hourglass.model.code.Code;
import dev.hourglass.nn.Parameters;
import dev.hourglass.onnx.OnnxGraph;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/**
 * Independent zeros and ones from logits l: sum_j max(l, 0) - l x + log1p(e^-|l|). Targets between 0 and 1 give a cross-entropy with a floor of its own,
 * not a likelihood.
 */
public record Bernoulli() implements Likelihood {
    /** The mean of the data is kept so far from 0 and 1 before its logit is taken. */
    private static final double CLIP = 1e-3;

    @Override
    public Support support() {
        return Support.UNIT_INTERVAL;
    }

    @Override
    public String unit() {
        return "nats per example";
    }

    @Override
    public boolean isDensity() {
        return true;
    }

    @Override
    public boolean isDensityOfGrey() {
        return false;
    }

    @Override
    public void check(Code code, Binarization binarization) {
        // Goes with everything.
    }

    @Override
    public Scaling targetScaling(String words, Dataset training) {
        return Scaling.fit(words, training, support());
    }

    @Override
    public Scaling inputScaling(String words, Dataset training, Scaling target) {
        return target;
    }

    @Override
    public void declare(Parameters parameters, int features) {
        // None.
    }

    @Override
    public Tensor loss(Tape tape, Tensor outputs, Tensor target, Parameters parameters, LossWeights weights) {
        return new LossOps(tape).pointwise(PointwiseLoss.BERNOULLI, outputs, target, weights);
    }

    @Override
    public String warning(Parameters parameters, List<String> names) {
        return "";
    }

    @Override
    public FeatureTerms onHost(Parameters parameters, int features) {
        return new FeatureTerms() {
            @Override
            public double loss(int feature, double output, double target) {
                return Math.max(output, 0) - output * target + Math.log1p(Math.exp(-Math.abs(output)));
            }

            @Override
            public double mean(int feature, double output) {
                return 1 / (1 + Math.exp(-output));
            }
        };
    }

    @Override
    public double biasStart(double mean) {
        double p = Math.min(1 - CLIP, Math.max(CLIP, mean));
        return Math.log(p / (1 - p));
    }

    @Override
    public String exportMean(OnnxGraph graph, String outputs) {
        return graph.activation(outputs, Activation.SIGMOID);
    }

    @Override
    public String words() {
        return "bernoulli";
    }
}
