package dev.hourglass.inference;

/** Receives scores one row at a time, in order. */
@FunctionalInterface
public interface ScoreReceiver {
    /**
     * The score of a row.
     *
     * @param contributions of each feature, as the {@link ScoreKind} says; empty when there are none or none were asked for. The array is the receiver's
     */
    void score(int row, double score, double[] contributions);
}
