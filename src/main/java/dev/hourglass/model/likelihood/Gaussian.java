package dev.hourglass.model.likelihood;

import dev.hourglass.autograd.LossOps;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * N(m, e^s), s the log variance: sum_j 0.5 (log 2 pi + s + (x - m)^2 e^-s).
 *
 * @param variance how the variance is found
 * @param fixedVariance the variance when fixed, or where a learned one starts; more than 0
 * @param floor lower bound of a learned log variance: the likelihood is unbounded as it falls on features that are constant. Where it binds, log p(x) is lower
 *     than the data allow, and {@link #warning} says so
 */
public record Gaussian(Variance variance, double fixedVariance, double floor) implements Likelihood {
    /**
     * Default lower bound of a learned log variance: below log (1/255^2 / 12) = -13.57, the variance that rounding to 8 bits leaves in a feature scaled to
     * [0, 1], so that it holds back features that are constant or exact functions of others alone.
     */
    public static final double DEFAULT_FLOOR = -14;

    private static final String LOG_VARIANCE = "likelihood.log-variance";
    private static final double LOG_TWO_PI = Math.log(2 * Math.PI);
    private static final float NO_FLOOR = -1e30f;
    private static final int SHOWN_NAMES = 5;

    public Gaussian {
        Require.that(fixedVariance > 0 && Double.isFinite(fixedVariance), "model", "variance out of range", "variance", fixedVariance,
                "more than 0");
        Require.that(Double.isFinite(floor), "model", "floor out of range", "floor", floor, "a finite log variance");
    }

    /** Returns the same with another lower bound of a learned log variance. */
    public Gaussian withFloor(double logVariance) {
        return new Gaussian(variance, fixedVariance, logVariance);
    }

    @Override
    public Support support() {
        return Support.REAL;
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
        return true;
    }

    @Override
    public void check(Code code, Binarization binarization) {
        requireGrey(this, binarization);
    }

    static void requireGrey(Likelihood likelihood, Binarization binarization) {
        Require.that(binarization == Binarization.NONE, "model", "binarised data need a Bernoulli likelihood", "likelihood",
                Label.of(likelihood.getClass()), "bernoulli, or no binarisation");
    }

    @Override
    public Scaling targetScaling(String words, Dataset training) {
        return Scaling.fit(words, training, support());
    }

    @Override
    public Scaling inputScaling(String words, Dataset training, Scaling target) {
        return target;
    }

    private boolean isLearned() {
        return variance != Variance.FIXED;
    }

    @Override
    public void declare(Parameters parameters, int features) {
        if (isLearned()) {
            float[] start = new float[variance == Variance.LEARNED ? 1 : features];
            Arrays.fill(start, (float) Math.log(fixedVariance));
            parameters.declare(LOG_VARIANCE, 1, start.length, start::clone);
        }
    }

    @Override
    public Tensor loss(Tape tape, Tensor outputs, Tensor target, Parameters parameters, LossWeights weights) {
        LossOps losses = new LossOps(tape);
        if (isLearned()) {
            return losses.gaussian(outputs, parameters.get(LOG_VARIANCE).value(), (float) floor, target, weights);
        }
        Tensor fixed = tape.scope().tensor("log variance", 1, 1);
        fixed.write(new float[] {(float) Math.log(fixedVariance)});
        return losses.gaussian(outputs, fixed, NO_FLOOR, target, weights);
    }

    /** The log variance of every feature, on the host, with its floor. */
    private double[] logVariance(Parameters parameters, int features) {
        double[] result = new double[features];
        if (!isLearned()) {
            Arrays.fill(result, (float) Math.log(fixedVariance));
            return result;
        }
        float[] values = parameters.get(LOG_VARIANCE).value().read();
        for (int j = 0; j < features; j++) {
            result[j] = Math.max(floor, values[values.length == 1 ? 0 : j]);
        }
        return result;
    }

    @Override
    public String warning(Parameters parameters, List<String> names) {
        if (!isLearned()) {
            return "";
        }
        float[] values = parameters.get(LOG_VARIANCE).value().read();
        List<String> bound = new ArrayList<>();
        for (int j = 0; j < values.length; j++) {
            if (values[j] <= (float) floor) {
                bound.add(names.get(j));
            }
        }
        if (bound.isEmpty()) {
            return "";
        }
        String subject = variance == Variance.LEARNED ? "the learned variance"
                : bound.size() + " of " + values.length + " learned variances";
        String shown = variance == Variance.LEARNED ? "" : " (" + String.join(", ", bound.subList(0, Math.min(SHOWN_NAMES, bound.size())))
                + (bound.size() > SHOWN_NAMES ? ", ..." : "") + ")";
        return "likelihood: " + subject + " ended on the floor e^" + (float) floor + shown
                + ", so log p(x) is lower than the data allow; lower it with --variance-floor, or leave columns out that are constant";
    }

    @Override
    public FeatureTerms onHost(Parameters parameters, int features) {
        double[] logVariance = logVariance(parameters, features);
        return new FeatureTerms() {
            @Override
            public double loss(int feature, double output, double target) {
                double error = target - output;
                return 0.5 * (LOG_TWO_PI + logVariance[feature] + error * error * Math.exp(-logVariance[feature]));
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
        return switch (variance) {
            case FIXED -> "gaussian of variance " + (float) fixedVariance;
            case LEARNED -> "gaussian of one learned variance";
            case PER_FEATURE -> "gaussian per feature";
        };
    }
}
