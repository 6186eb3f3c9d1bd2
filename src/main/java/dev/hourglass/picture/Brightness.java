package dev.hourglass.picture;

import dev.hourglass.data.Scaling;

/**
 * Which values of the data are black and white: those that the model's scaling takes to 0 and 1, or two deviations around the mean of standardised ones.
 *
 * @param black drawn as 0
 * @param white drawn as 1, more than {@code black}
 */
public record Brightness(float black, float white) {
    /** Finds the range from the scaling of a model. */
    public static Brightness of(Scaling scaling) {
        double reach = scaling.kind() == Scaling.Kind.STANDARDIZE ? 2 : 0;
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        double[] shift = scaling.exactShift();
        double[] scale = scaling.exactScale();
        for (int i = 0; i < shift.length; i++) {
            low = Math.min(low, shift[i] - reach / scale[i]);
            high = Math.max(high, shift[i] + (reach == 0 ? 1 : reach) / scale[i]);
        }
        return new Brightness((float) low, (float) high);
    }

    /** Returns rows of values as one array of brightnesses, 0 black and 1 white. */
    public float[] apply(float[][] rows) {
        int columns = rows[0].length;
        float[] flat = new float[rows.length * columns];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (rows[i / columns][i % columns] - black) / (white - black);
        }
        return flat;
    }
}
