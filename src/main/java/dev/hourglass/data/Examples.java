package dev.hourglass.data;

import dev.hourglass.message.Require;

/**
 * A data set as a model sees it.
 *
 * @param features x, one row per example, with labels when it has them
 * @param conditions real-valued c, one row per example; null when there is none
 */
public record Examples(Dataset features, Dataset conditions) {
    public Examples {
        Require.given(features, "examples", "features", "a data set");
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

    /**
     * Splits at random, as {@link Dataset#split}.
     *
     * @return the part to learn from, then the part held out
     */
    public Examples[] split(double fraction, long seed) {
        Dataset.Split x = features.split(fraction, seed);
        Dataset.Split c = conditions == null ? null : conditions.split(fraction, seed);
        return new Examples[] {new Examples(x.train(), c == null ? null : c.train()),
            new Examples(x.validation(), c == null ? null : c.validation())};
    }

    /** Returns the columns of c under that kind of condition. */
    public int conditionWidth(ConditionKind kind) {
        return switch (kind) {
            case NONE -> 0;
            case LABELS -> features.classNames().size();
            case VALUES -> conditions.columns();
        };
    }

    /**
     * Refuses a data set that lacks the condition a model needs.
     *
     * @throws DataException naming what is missing
     */
    public void require(ConditionKind kind) {
        if (kind == ConditionKind.LABELS && !features.hasLabels()) {
            throw new DataException(features.describeSource()
                    + ": no labels, expected one per row because the model is conditioned on them; name a label column");
        }
        if (kind == ConditionKind.VALUES && conditions == null) {
            throw new DataException(features.describeSource()
                    + ": no condition columns, expected some because the model is conditioned on values; name them");
        }
    }
}
