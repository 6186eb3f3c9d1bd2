package dev.hourglass;

import java.util.Map;

/**
 * What an epoch brought.
 *
 * @param epoch counted from 1
 * @param training means of every term over the epoch, nats per example, by name: {@code loss}, {@code reconstruction}, {@code kl}, ...; penalties before their
 *     weights
 * @param validation the same of the held-out rows; empty without any
 */
public record EpochResult(int epoch, Map<String, Double> training, Map<String, Double> validation) {
    /** Returns the loss that decides which epoch is best: that of the held-out rows when there are any. */
    public double loss() {
        return (validation.isEmpty() ? training : validation).get("loss");
    }
}
