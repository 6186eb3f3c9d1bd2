package dev.hourglass.train;

/** Is told how training goes, on the training thread. */
public interface Listener {
    /** Before the first step. {@code stepsPerEpoch} counts the ragged last batch. */
    default void started(Trainer trainer, int stepsPerEpoch) {
    }

    /** After {@code done} steps of an epoch were started; called after every step, so it must be cheap. */
    default void step(Trainer trainer, int epoch, int done) {
    }

    /** When something is found that the user should know of, in one line: before {@link #started}, or before {@link #epoch} of the epoch it is found in. */
    default void note(String line) {
    }

    /** After an epoch and its validation. */
    default void epoch(Trainer trainer, EpochReport report) {
    }

    /** After the last epoch, with the reason it was the last. */
    default void finished(Trainer trainer, String reason) {
    }
}
