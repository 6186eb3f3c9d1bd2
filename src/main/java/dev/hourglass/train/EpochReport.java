package dev.hourglass.train;

import dev.hourglass.model.loss.Term;
import java.util.List;
import java.util.Map;

/**
 * What an epoch brought.
 *
 * @param epoch counted from 1
 * @param step optimizer steps since the start of training
 * @param seconds spent on the epoch's steps, validation not counted
 * @param samplesPerSecond training examples per second
 * @param learningRate at the last step
 * @param train means of every term over the epoch, nats per example
 * @param validation the same on the validation set after the epoch, with the full weight of the KL term whatever a warm-up gives it now, so that
 *     epochs can be compared; null without a validation set
 * @param leftOut rows of the validation data, from 0, that {@code validation} leaves out because their loss was not finite in this epoch or an earlier one
 * @param best whether this is the best epoch so far
 */
public record EpochReport(int epoch, long step, double seconds, double samplesPerSecond, double learningRate, Map<Term, Double> train,
        Map<Term, Double> validation, List<Integer> leftOut, boolean best) {
}
