package dev.hourglass.data;

/** What a conditional model is given beside x. */
public enum ConditionKind {
    /** Nothing. */
    NONE,
    /** The class label, one-hot. */
    LABELS,
    /** Real columns. */
    VALUES
}
