package dev.hourglass.evaluate.code;

import dev.hourglass.backend.Backend;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.ProgressListener;
import dev.hourglass.inference.Inference;
import dev.hourglass.message.Require;
import dev.hourglass.model.Model;

/**
 * What codes (h, or means of q(z|x)) know of labels that the model was not trained on.
 *
 * @param neighbours k of the nearest-neighbour rule
 * @param nearestNeighbourAccuracy share of test examples whose k nearest training codes vote for their class; ties go to the nearer class
 * @param linearProbeAccuracy share that multinomial logistic regression on standardised codes gets right
 * @param majorityAccuracy share of test examples in the commonest class of the training set: what knowing nothing gives
 */
public record CodeQuality(int neighbours, double nearestNeighbourAccuracy, double linearProbeAccuracy, double majorityAccuracy) {
    /**
     * Encodes both sets and classifies the codes of one by those of the other.
     *
     * @throws DataException when labels are missing, or the test set has a class that training has not
     */
    public static CodeQuality of(Model model, Examples training, Examples test, int neighbours, ProgressListener progress) {
        Dataset known = labelled(training.features());
        Dataset asked = labelled(test.features()).withLabelsAligned(known.classNames());
        try (Inference inference = new Inference(model)) {
            return of(model.backend(), new Codes(inference.encode(training), known.labels()),
                    new Codes(inference.encode(test), asked.labels()),
                    known.classNames().size(), neighbours, progress);
        }
    }

    /**
     * Codes with their classes.
     *
     * @param values [rows][latent]
     * @param labels class codes from 0
     */
    public record Codes(float[][] values, int[] labels) {
        public Codes {
            Require.that(values.length == labels.length && values.length > 0, "evaluate", "codes and labels differ in number", "labels",
                    labels.length,
                    String.valueOf(values.length));
        }

        /** Returns how many there are, in one line. */
        @Override
        public String toString() {
            return "Codes[" + values.length + " of " + values[0].length + " dimensions]";
        }
    }

    /** The same for codes that are there already; distances are found on the device. */
    public static CodeQuality of(Backend backend, Codes training, Codes test, int classes, int neighbours, ProgressListener progress) {
        Require.that(neighbours >= 1 && neighbours <= training.labels().length, "evaluate", "no such number of neighbours", "neighbours",
                neighbours,
                "1 to " + training.labels().length);
        int[] voted = new NearestNeighbours(backend, training, classes, neighbours).classify(test.values(), progress);
        int[] probed = LinearProbe.fit(training, classes).classify(test.values());
        int[] counts = new int[classes];
        int commonest = 0;
        for (int label : training.labels()) {
            counts[label]++;
            commonest = counts[label] > counts[commonest] ? label : commonest;
        }
        int[] constant = new int[test.labels().length];
        java.util.Arrays.fill(constant, commonest);
        return new CodeQuality(neighbours, accuracy(voted, test.labels()), accuracy(probed, test.labels()),
                accuracy(constant, test.labels()));
    }

    private static Dataset labelled(Dataset data) {
        if (!data.hasLabels()) {
            throw new DataException(data.source() + ": no labels, expected one per row to judge codes by; name a label column");
        }
        return data;
    }

    private static double accuracy(int[] predicted, int[] labels) {
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += predicted[i] == labels[i] ? 1 : 0;
        }
        return (double) right / labels.length;
    }
}
