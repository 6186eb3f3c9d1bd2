package dev.hourglass.evaluate;

import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Likelihood;

/** -log p(x_j|z) of single features on the host, in 64 bits, from a decoder's outputs. */
final class FeatureLoss {
    private static final double LOG_TWO_PI = Math.log(2 * Math.PI);

    private final Likelihood.Kind kind;
    private final double[] logVariance;

    FeatureLoss(Autoencoder model) {
        kind = model.specification().likelihood().kind();
        float[] values = model.logVariance().read();
        logVariance = new double[model.domain().features()];
        for (int j = 0; j < logVariance.length; j++) {
            logVariance[j] = Math.max(model.logVarianceFloor(), values[values.length == 1 ? 0 : j]);
        }
    }

    /** The term of feature j that the likelihood adds up: for the squared error, the square. */
    double of(int j, double output, double target) {
        double error = target - output;
        return switch (kind) {
            case BERNOULLI -> Math.max(output, 0) - output * target + Math.log1p(Math.exp(-Math.abs(output)));
            case GAUSSIAN -> 0.5 * (LOG_TWO_PI + logVariance[j] + error * error * Math.exp(-logVariance[j]));
            case SQUARED_ERROR -> error * error;
        };
    }

    /** (x - E[x|z])^2, x on the scale of the model. */
    double squaredError(double output, double target) {
        double mean = kind == Likelihood.Kind.BERNOULLI ? 1 / (1 + Math.exp(-output)) : output;
        return (target - mean) * (target - mean);
    }
}
