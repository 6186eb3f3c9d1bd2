package dev.hourglass.evaluate.code;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.inference.Inference;
import dev.hourglass.model.Model;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether reconstructions still look like their class: the nearest training examples, by the distance of the inputs on the scale of the model, vote
 * for the class of every reconstruction, and of every original to compare with.
 *
 * @param classNames of rows and columns
 * @param counts [class of the original][class its reconstruction is taken for]
 * @param originalAccuracy share of originals that the same rule takes for their class: what a perfect reconstruction would reach
 * @param reconstructionAccuracy the same of reconstructions
 */
public record ReconstructionConfusion(List<String> classNames, int[][] counts, double originalAccuracy, double reconstructionAccuracy) {
    private static final int NEIGHBOURS = 5;

    /**
     * Reconstructs and classifies.
     *
     * @param training labelled examples that vote
     * @param test labelled examples to reconstruct
     */
    public static ReconstructionConfusion of(Model model, Examples training, Examples test, ProgressListener progress) {
        List<String> names = training.features().classNames();
        Dataset asked = test.features().withLabelsAligned(names);
        int neighbours = Math.min(NEIGHBOURS, training.rows());
        CodeQuality.Codes known = new CodeQuality.Codes(scaled(model, rows(training.features())), training.features().labels());
        NearestNeighbours rule = new NearestNeighbours(model.backend(), known, names.size(), neighbours);
        int[] originals = rule.classify(scaled(model, rows(asked)), ProgressListener.none());
        int[] reconstructions = rule.classify(scaled(model, reconstructed(model, test)), progress);
        int[][] counts = new int[names.size()][names.size()];
        int right = 0;
        int kept = 0;
        for (int i = 0; i < asked.rows(); i++) {
            counts[asked.label(i)][reconstructions[i]]++;
            right += originals[i] == asked.label(i) ? 1 : 0;
            kept += reconstructions[i] == asked.label(i) ? 1 : 0;
        }
        return new ReconstructionConfusion(names, counts, (double) right / asked.rows(), (double) kept / asked.rows());
    }

    private static double[][] reconstructed(Model model, Examples examples) {
        try (Inference inference = new Inference(model)) {
            return inference.reconstructDouble(examples);
        }
    }

    private static double[][] rows(Dataset data) {
        return IntStream.range(0, data.rows()).mapToObj(data::numbers).toArray(double[][]::new);
    }

    private static float[][] scaled(Model model, double[][] rows) {
        return Arrays.stream(rows).map(model.schema().scaling()::encode).toArray(float[][]::new);
    }

    /** Returns the two accuracies, without the counts. */
    @Override
    public String toString() {
        return "ReconstructionConfusion[" + classNames.size() + " classes, accuracy of originals " + (float) originalAccuracy
                + ", of reconstructions " + (float) reconstructionAccuracy + "]";
    }
}
