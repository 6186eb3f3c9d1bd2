package dev.hourglass.model;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.Support;
import dev.hourglass.model.code.Code;
import dev.hourglass.model.prior.Prior;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A model at sizes that finite differences can check: every layer cut to a few units, every part and the depth kept. Widths that are small
 * already stay, so that such a model is checked as it is.
 */
final class Reduction {
    /** Units of a hidden layer at most. */
    private static final int UNITS = 8;
    private static final int LATENT = 5;
    private static final int SAMPLES = 3;
    private static final int CLASSES = 3;
    private static final int CONDITIONS = 2;
    private static final int COUNTS = 8;

    private Reduction() {
    }

    /** Returns the same composition with small layers. */
    static Specification of(Specification full) {
        Code code = full.code().withLatent(Math.min(LATENT, full.code().latent()));
        Prior prior = full.prior().hidden().isEmpty() ? full.prior() : full.prior().withHidden(cut(full.prior().hidden()));
        Layers layers = new Layers(cut(full.layers().hidden()), cut(full.layers().decoderHidden()), full.layers().activation(),
                full.layers().tied(),
                full.layers().initialization(), false);
        return new Specification(full.preset(), full.corruption(), layers, code, prior, full.likelihood(), full.penalties(),
                Math.min(SAMPLES, full.importanceSamples()), full.binarization(), full.condition());
    }

    private static List<Integer> cut(List<Integer> widths) {
        return widths.stream().map(width -> Math.min(UNITS, width)).toList();
    }

    /** Returns random examples in [0, 1), or counts below {@value #COUNTS}, with labels and conditions, whatever the model wants of them. */
    static Examples examples(int rows, int features, long seed, Support support) {
        Random random = new Random(seed);
        float[] values = new float[rows * features];
        float[] conditions = new float[rows * CONDITIONS];
        int[] labels = new int[rows];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
            values[i] = support == Support.COUNT ? (float) Math.floor(COUNTS * values[i]) : values[i];
        }
        for (int i = 0; i < conditions.length; i++) {
            conditions[i] = (float) random.nextGaussian();
        }
        Arrays.setAll(labels, i -> i % CLASSES);
        return new Examples(Dataset.of(features, values).withLabels(labels), Dataset.of(CONDITIONS, conditions));
    }
}
