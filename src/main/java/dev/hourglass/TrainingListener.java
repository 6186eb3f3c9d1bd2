package dev.hourglass;

/** Is told how a training goes, on the thread that trains. May call {@link Training#stop}. */
public interface TrainingListener {
    /** After {@code done} of {@code steps} steps of an epoch, counted from 1; called after every step, so it must be cheap. */
    default void step(Training training, int epoch, int done, int steps) {
    }

    /** After an epoch and its validation. */
    default void epoch(Training training, EpochResult result) {
    }
}
