package dev.hourglass.report;

import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.Model;
import dev.hourglass.model.Specification;
import dev.hourglass.train.SavedRun;
import java.util.stream.IntStream;

/**
 * What a report is about.
 *
 * @param run the run folder
 * @param kept which of its models
 * @param model that model
 * @param examples to measure on
 * @param training what the model learned from, or null when it cannot be read any more
 * @param seed of all samples
 */
record ReportInput(SavedRun run, SavedRun.Kept kept, Model model, Examples examples, Examples training, long seed) {
    Specification specification() {
        return model.specification();
    }

    boolean isPicture() {
        return model.schema().picture() != null;
    }

    boolean hasClasses() {
        Dataset features = examples.features();
        return features.hasLabels() && features.classNames().size() > 1 && training != null && training.features().hasLabels();
    }

    /** The conditions of examples, repeated in turn when there are more asked than there are examples; null for an unconditional model. */
    float[][] conditions(Examples of, int count) {
        ConditionKind kind = specification().condition();
        return kind == ConditionKind.NONE ? null : IntStream.range(0, count).mapToObj(i -> {
            int row = i % of.rows();
            return kind == ConditionKind.VALUES ? of.conditions().row(row)
                    : oneHot(model.schema().classNames().indexOf(of.features().classNames().get(of.features().label(row))));
        }).toArray(float[][]::new);
    }

    float[] oneHot(int label) {
        float[] condition = new float[model.schema().conditions()];
        condition[label] = 1;
        return condition;
    }
}
