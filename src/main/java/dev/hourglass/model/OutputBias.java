package dev.hourglass.model;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Scaling;

/** Where the output bias starts: at the mean of the training set on the model's scale, or its logit, clipped to [1e-3, 1 - 1e-3], for Bernoulli. */
final class OutputBias {
    private static final double CLIP = 1e-3;

    private OutputBias() {
    }

    static float[] of(Dataset training, Scaling scaling, Likelihood likelihood) {
        int columns = training.columns();
        double[] sums = training.columnSums();
        float[] bias = new float[columns];
        for (int column = 0; column < columns; column++) {
            bias[column] = (float) (sums[column] / training.rows());
        }
        scaling.apply(bias, 0, columns, 1);
        for (int column = 0; likelihood.needsUnitInterval() && column < columns; column++) {
            double p = Math.min(1 - CLIP, Math.max(CLIP, bias[column]));
            bias[column] = (float) Math.log(p / (1 - p));
        }
        return bias;
    }
}
