package dev.hourglass.model;

import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.model.Specification.ConditionKind;

/**
 * A data set as a model sees it.
 *
 * @param features x, one row per example, with labels when it has them
 * @param conditions real-valued c, one row per example; null when there is none
 */
public record Examples(Dataset features, Dataset conditions) {
    public Examples {
        if (conditions != null && conditions.rows() != features.rows()) {
            throw new DataException("conditions: rows=" + conditions.rows() + ", expected " + features.rows() + ", one for each example");
        }
    }

    /** Examples without a real-valued condition; labels, if any, serve as the condition of a model that wants them. */
    public static Examples of(Dataset features) {
        return new Examples(features, null);
    }

    /** Returns the number of examples. */
    public int rows() {
        return features.rows();
    }

    /** Returns the chosen rows. */
    public Examples select(int[] rows) {
        return new Examples(features.select(rows), conditions == null ? null : conditions.select(rows));
    }

    /** Returns the first rows. */
    public Examples head(int rows) {
        int count = Math.min(rows, rows());
        return new Examples(features.head(count), conditions == null ? null : conditions.head(count));
    }

    /** Returns the columns of c under that kind of condition. */
    int conditionWidth(ConditionKind kind) {
        return switch (kind) {
            case NONE -> 0;
            case LABELS -> features.classNames().size();
            case VALUES -> conditions.columns();
        };
    }

    /** Refuses a data set that lacks the condition the model needs. */
    void require(ConditionKind kind) {
        if (kind == ConditionKind.LABELS && !features.hasLabels()) {
            throw new DataException(source() + ": no labels, expected one per row because the model is conditioned on them; name a label column");
        }
        if (kind == ConditionKind.VALUES && conditions == null) {
            throw new DataException(source() + ": no condition columns, expected some because the model is conditioned on values; name them");
        }
    }

    /** Returns the examples a model of that domain works on: widths checked, no value missing, labels numbered as in the training data. */
    Examples fitted(ConditionKind kind, Domain domain) {
        require(kind);
        if (features.columns() != domain.features()) {
            throw new DataException(source() + ": columns=" + features.columns() + ", expected " + domain.features() + " as in the training data");
        }
        features.requireComplete();
        if (kind == ConditionKind.LABELS && !features.classNames().equals(domain.classNames())) {
            return new Examples(features.withLabelsAligned(domain.classNames()), conditions);
        }
        if (kind == ConditionKind.VALUES) {
            if (conditions.columns() != domain.conditions()) {
                throw new DataException(source() + ": condition columns=" + conditions.columns() + ", expected " + domain.conditions()
                        + " as in the training data");
            }
            conditions.requireComplete();
        }
        return this;
    }

    private String source() {
        return features.source().isEmpty() ? "data set" : features.source();
    }
}
