package dev.hourglass.evaluate.code;

import dev.hourglass.backend.Activation;
import dev.hourglass.data.Examples;
import dev.hourglass.inference.Inference;
import dev.hourglass.model.Model;
import java.util.Arrays;

/**
 * How active the units of a code are over a data set, the quantity a sparsity penalty holds at rho: mean_j = (1/N) sum_n h_j(x_n), and how many units
 * have which mean. For a Gaussian code h is the mean of q(z|x). Inputs are not corrupted.
 *
 * @param mean mean activation of each unit, [latent]
 * @param low lower end of the first bin: that of the activation's range, 0 for sigmoid and -1 for tanh, the least mean otherwise
 * @param high upper end of the last bin: 1 for sigmoid and tanh, the greatest mean otherwise
 * @param histogram units in each of {@link #BINS} equal bins of [low, high]
 */
public record UnitActivity(double[] mean, double low, double high, int[] histogram) {
    /** Bins of the histogram. */
    public static final int BINS = 10;

    public UnitActivity {
        mean = mean.clone();
        histogram = histogram.clone();
    }

    /** Measures a model on examples. */
    public static UnitActivity of(Model model, Inference inference, Examples examples) {
        double[] mean = new double[model.specification().code().latent()];
        for (float[] code : inference.encode(examples)) {
            for (int j = 0; j < mean.length; j++) {
                mean[j] += (double) code[j] / examples.rows();
            }
        }
        Activation activation = model.specification().code().activation();
        boolean bounded = activation.isBounded();
        double low = bounded ? activation.low() : Arrays.stream(mean).min().orElseThrow();
        double high = bounded ? activation.high() : Arrays.stream(mean).max().orElseThrow();
        return new UnitActivity(mean, low, high, histogram(mean, low, high));
    }

    private static int[] histogram(double[] mean, double low, double high) {
        int[] histogram = new int[BINS];
        for (double value : mean) {
            int bin = high > low ? (int) ((value - low) / (high - low) * BINS) : 0;
            histogram[Math.max(0, Math.min(BINS - 1, bin))]++;
        }
        return histogram;
    }

    /** Returns the mean over all units. */
    public double overall() {
        return Arrays.stream(mean).average().orElseThrow();
    }

    @Override
    public double[] mean() {
        return mean.clone();
    }

    @Override
    public int[] histogram() {
        return histogram.clone();
    }

    /** Returns the mean activation of each unit, without the histogram. */
    @Override
    public String toString() {
        return "UnitActivity[mean " + Arrays.toString(mean) + ", from " + low + " to " + high + "]";
    }
}
