package dev.hourglass.evaluate;

import dev.hourglass.data.Examples;
import dev.hourglass.message.Require;
import dev.hourglass.model.Model;
import java.util.Arrays;
import java.util.List;

/**
 * How an encoder responds to its input: J = dh/dx, exact, for every example, h the code or the mean of q(z|x), x on the scale of the model.
 *
 * @param examples how many the means are over
 * @param meanNorm mean of ||J||_F
 * @param meanSquaredNorm mean of ||J||_F^2, what the contractive penalty weighs
 * @param saturated share of code units that are saturated: sigmoid below 0.05 or above 0.95, tanh beyond +-0.9 (as in Rifai et al. 2011);
 *     NaN for codes that do not saturate
 * @param spectrum singular values of J, largest first, each averaged over {@code spectrumExamples}; min(latent, features) of them
 * @param spectrumExamples the first so many examples entered the spectrum
 * @param tangents of the chosen examples
 * @param contraction how much distances shrink, one entry for each radius asked
 * @param encoderWeightNorm sqrt of the sum of squares of all weights of the encoder
 * @param decoderWeightNorm the same of the decoder: with untied weights a small J means little when this is large
 */
public record JacobianReport(int examples, double meanNorm, double meanSquaredNorm, double saturated, double[] spectrum,
        int spectrumExamples,
        List<Tangents> tangents, List<Contraction> contraction, double encoderWeightNorm, double decoderWeightNorm) {
    /**
     * The directions of the input to which the code of one example answers most: right singular vectors of J(x), v_i = J^T u_i / sigma_i.
     *
     * @param row the example
     * @param singularValues largest first
     * @param directions [count][features], of length 1, signed so that the largest component is positive
     */
    public record Tangents(int row, double[] singularValues, float[][] directions) {
        @Override
        public String toString() {
            return "Tangents[row " + row + ", singular values " + Arrays.toString(singularValues) + "]";
        }
    }

    /**
     * Mean of ||h(x) - h(x + e)|| / ||e|| over the examples, e uniform on the sphere of that radius.
     *
     * @param radius ||e|| on the scale of the model
     * @param ratio below 1 where the encoder contracts
     */
    public record Contraction(double radius, double ratio) {
    }

    /**
     * What to compute beside the norms, which always are over all examples.
     *
     * @param spectrumExamples how many examples enter the spectrum, at most; beyond about 250 code units and features fewer do, so that it takes seconds
     * @param tangentRows examples to give tangents of, below the number of examples
     * @param tangentCount directions for each
     * @param radii of the contraction ratio, each more than 0
     * @param seed of the directions e
     */
    public record Settings(int spectrumExamples, List<Integer> tangentRows, int tangentCount, List<Double> radii, long seed) {
        public Settings {
            tangentRows = List.copyOf(tangentRows);
            radii = List.copyOf(radii);
            Require.that(spectrumExamples >= 1, "evaluate", "no examples for the spectrum", "spectrum examples", spectrumExamples,
                    "at least 1");
            Require.that(tangentCount >= 1, "evaluate", "no tangents", "tangent count", tangentCount, "at least 1");
            for (double radius : radii) {
                Require.that(radius > 0 && Double.isFinite(radius), "evaluate", "radius out of range", "radius", radius, "more than 0");
            }
        }

        /** 200 examples in the spectrum, no tangents, radii 0.01, 0.1, 1 and 10. */
        public static Settings defaults() {
            return new Settings(200, List.of(), 1, List.of(0.01, 0.1, 1.0, 10.0), 0);
        }
    }

    /**
     * Measures an encoder on examples.
     *
     * @throws IllegalArgumentException when a tangent row is not among the examples
     */
    public static JacobianReport of(Model model, Examples examples, Settings settings, ProgressListener progress) {
        for (int row : settings.tangentRows()) {
            Require.that(row >= 0 && row < examples.rows(), "evaluate", "no such example", "tangent row", row,
                    "0 to " + (examples.rows() - 1));
        }
        return new JacobianRun(model, examples, settings, progress).result();
    }

    /** Returns the means and how much the rest is about. */
    @Override
    public String toString() {
        return "JacobianReport[" + examples + " examples, norm " + (float) meanNorm + ", saturated " + (float) saturated + ", "
                + spectrum.length + " singular values, " + contraction + "]";
    }
}
