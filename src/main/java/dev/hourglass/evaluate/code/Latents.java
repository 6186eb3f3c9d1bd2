package dev.hourglass.evaluate.code;

import dev.hourglass.inference.Inference;
import dev.hourglass.message.Require;
import java.util.Arrays;
import java.util.function.BinaryOperator;

/**
 * Walks through the space of codes: the codes themselves, [steps][latent], by {@code along}, {@code between} and {@code lattice}, and their decodings in the units
 * of the data, [steps][features], by {@code traverse}, {@code interpolate} and {@code grid}.
 */
public final class Latents {
    private final BinaryOperator<float[][]> decoder;
    private final int latent;

    /** Decodes codes of so many dimensions with a model; the model stays with its owner. */
    public Latents(Inference inference, int latent) {
        this(inference::decode, latent);
    }

    /** Decodes codes of so many dimensions: from codes [steps][latent] and their conditions, null for an unconditional model, to [steps][features]. */
    public Latents(BinaryOperator<float[][]> decoder, int latent) {
        this.decoder = decoder;
        this.latent = latent;
    }

    /** Returns {@code steps} values evenly from {@code from} to {@code to}, both included. */
    public static float[] values(double from, double to, int steps) {
        Require.that(steps >= 1, "evaluate", "no steps", "steps", steps, "at least 1");
        float[] values = new float[steps];
        for (int i = 0; i < steps; i++) {
            values[i] = (float) (steps == 1 ? 0.5 * (from + to) : from + (to - from) * i / (steps - 1.0));
        }
        return values;
    }

    /** Returns values evenly between two quantiles of one dimension of codes: the range to walk when there is no prior. */
    public static float[] values(float[][] codes, int dimension, double lowQuantile, double highQuantile, int steps) {
        float[] sorted = new float[codes.length];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = codes[i][dimension];
        }
        Arrays.sort(sorted);
        int last = sorted.length - 1;
        return values(sorted[(int) Math.round(lowQuantile * last)], sorted[(int) Math.round(highQuantile * last)], steps);
    }

    /**
     * Returns what happens when one dimension of a code takes the given values and the others stay.
     *
     * @param code [latent]
     * @param condition [conditions] on the scale of the data, null for an unconditional model
     */
    public float[][] traverse(float[] code, int dimension, float[] values, float[] condition) {
        return decoder.apply(along(code, dimension, values), repeated(condition, values.length));
    }

    /** Returns the codes that {@link #traverse} decodes. */
    public float[][] along(float[] code, int dimension, float[] values) {
        requireCode(code);
        Require.that(dimension >= 0 && dimension < latent, "evaluate", "no such dimension", "dimension", dimension, "0 to " + (latent - 1));
        float[][] codes = new float[values.length][];
        for (int i = 0; i < values.length; i++) {
            codes[i] = code.clone();
            codes[i][dimension] = values[i];
        }
        return codes;
    }

    /** Returns {@code steps} decodings on the straight line from one code to another, ends included. */
    public float[][] interpolate(float[] from, float[] to, int steps, float[] condition) {
        return decoder.apply(between(from, to, steps), repeated(condition, steps));
    }

    /** Returns the codes that {@link #interpolate} decodes. */
    public float[][] between(float[] from, float[] to, int steps) {
        requireCode(from);
        requireCode(to);
        float[] shares = values(0, 1, steps);
        float[][] codes = new float[steps][latent];
        for (int i = 0; i < steps; i++) {
            for (int j = 0; j < latent; j++) {
                codes[i][j] = (1 - shares[i]) * from[j] + shares[i] * to[j];
            }
        }
        return codes;
    }

    /**
     * Returns a picture of a two-dimensional code: row r * columns.length + c decodes (columns[c], rows[r]), so that the first dimension grows to
     * the right and the rows come in the order given.
     *
     * @throws IllegalArgumentException for another number of latent dimensions
     */
    public float[][] grid(float[] columns, float[] rows, float[] condition) {
        return decoder.apply(lattice(columns, rows), repeated(condition, rows.length * columns.length));
    }

    /** Returns the codes that {@link #grid} decodes. */
    public float[][] lattice(float[] columns, float[] rows) {
        Require.that(latent == 2, "evaluate", "a grid shows two dimensions", "latent", latent, "2, or a traversal");
        float[][] codes = new float[rows.length * columns.length][];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = new float[] {columns[i % columns.length], rows[i / columns.length]};
        }
        return codes;
    }

    private void requireCode(float[] code) {
        Require.that(code.length == latent, "evaluate", "code of another size", "length", code.length, String.valueOf(latent));
    }

    private static float[][] repeated(float[] condition, int count) {
        if (condition == null) {
            return null;
        }
        float[][] rows = new float[count][];
        Arrays.fill(rows, condition);
        return rows;
    }

    /** Returns the dimensions, in one line. */
    @Override
    public String toString() {
        return "Latents[" + latent + " dimensions]";
    }
}
