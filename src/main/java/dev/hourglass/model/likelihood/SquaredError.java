package dev.hourglass.model.likelihood;

import dev.hourglass.autograd.LossOps;
import dev.hourglass.autograd.LossWeights;
import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.PointwiseLoss;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Scaling;
import dev.hourglass.data.Support;
import dev.hourglass.message.Require;
import dev.hourglass.model.code.Code;
import dev.hourglass.nn.Parameters;
import dev.hourglass.onnx.OnnxGraph;
import dev.hourglass.tensor.Tensor;
import java.util.List;

/** sum_j (x - m)^2: a Gaussian with variance 1/2 but for its constants, and no density. */
public record SquaredError() implements Likelihood {
    @Override
    public Support support() {
        return Support.REAL;
    }

    @Override
    public String unit() {
        return "squared error summed over features, per example";
    }

    @Override
    public boolean isDensity() {
        return false;
    }

    @Override
    public boolean isDensityOfGrey() {
        return false;
    }

    @Override
    public void check(Code code, Binarization binarization) {
        Require.that(!code.isSampled(), "model", "squared error is no likelihood, so its ELBO would be none", "likelihood",
                "squared-error",
                "gaussian (variance 0.5 has the same gradient)");
        Gaussian.requireGrey(this, binarization);
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
        return new LossOps(tape).pointwise(PointwiseLoss.SQUARED_ERROR, outputs, target, weights);
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
                double error = target - output;
                return error * error;
            }

            @Override
            public double mean(int feature, double output) {
                return output;
            }
        };
    }

    @Override
    public double biasStart(double mean) {
        return mean;
    }

    @Override
    public String exportMean(OnnxGraph graph, String outputs) {
        return outputs;
    }

    @Override
    public String words() {
        return "squared error";
    }
}
