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

/**
 * Independent counts x = 0, 1, 2, ... of rates r = e^a: sum_j r - x a + log x!, the mean and the variance of each count being r. Log rates end at
 * {@value PointwiseLoss#HIGHEST_LOG_RATE}. Counts are compared as they are; the encoder sees their logarithms, standardised.
 */
public record Poisson() implements Likelihood {
    /** Mean from which the output bias of a column of zeros starts. */
    private static final double LEAST_MEAN = 1e-3;

    @Override
    public Support support() {
        return Support.COUNT;
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
        // Nothing but counts is ever a target.
        return true;
    }

    @Override
    public void check(Code code, Binarization binarization) {
        Gaussian.requireGrey(this, binarization);
    }

    @Override
    public Scaling targetScaling(String words, Dataset training) {
        boolean asTheyAre = words.equals("auto") || words.equals("none") || words.equals("log");
        Require.that(asTheyAre, "model", "counts are compared as they are", "scaling", words,
                "auto, log or none, which scale what the encoder sees");
        return Scaling.fit("none", training, support());
    }

    @Override
    public Scaling inputScaling(String words, Dataset training, Scaling target) {
        return words.equals("none") ? target : Scaling.fit("log", training, Support.REAL);
    }

    @Override
    public void declare(Parameters parameters, int features) {
        // None.
    }

    @Override
    public Tensor loss(Tape tape, Tensor outputs, Tensor target, Parameters parameters, LossWeights weights) {
        return new LossOps(tape).pointwise(PointwiseLoss.POISSON, outputs, target, weights);
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
                double logRate = Math.min(output, PointwiseLoss.HIGHEST_LOG_RATE);
                return Math.exp(logRate) - target * logRate + logFactorial(target);
            }

            @Override
            public double mean(int feature, double output) {
                return Math.exp(Math.min(output, PointwiseLoss.HIGHEST_LOG_RATE));
            }
        };
    }

    /** log x!: a sum for small counts, Stirling's series (Abramowitz and Stegun 6.1.41) for others; its error is below 1e-11. */
    private static double logFactorial(double x) {
        if (x < 20) {
            double product = 1;
            for (int i = 2; i <= x; i++) {
                product *= i;
            }
            return Math.log(product);
        }
        double n = x + 1;
        return (n - 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n) - 1 / (360 * n * n * n)
                + 1 / (1260 * Math.pow(n, 5));
    }

    @Override
    public double biasStart(double mean) {
        return Math.log(Math.max(LEAST_MEAN, mean));
    }

    @Override
    public String exportMean(OnnxGraph graph, String outputs) {
        return graph.exp(graph.atMost(outputs, PointwiseLoss.HIGHEST_LOG_RATE));
    }

    @Override
    public String words() {
        return "poisson";
    }
}
