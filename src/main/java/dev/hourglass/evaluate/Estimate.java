package dev.hourglass.evaluate;

/**
 * A mean over examples found by sampling codes.
 *
 * @param mean nats per example
 * @param standardError Monte Carlo standard error of the mean, the examples held fixed: from the spread of the samples of the same example when
 *     there are at least two; with one sample it is the spread between examples, an upper bound
 */
public record Estimate(double mean, double standardError) {
    /** Sums over examples, each with the same number of samples. */
    static final class Sum {
        private final int samples;
        private long examples;
        private double mean;
        private double squares;
        private double within;

        Sum(int samples) {
            this.samples = samples;
        }

        /** Adds an example: its samples are {@code values[from .. from + samples)}. */
        void add(double[] values, int from) {
            double sum = 0;
            for (int i = 0; i < samples; i++) {
                sum += values[from + i];
            }
            double average = sum / samples;
            double spread = 0;
            for (int i = 0; i < samples; i++) {
                spread += (values[from + i] - average) * (values[from + i] - average);
            }
            within += samples == 1 ? 0 : spread / (samples - 1.0) / samples;
            examples++;
            double change = average - mean;
            mean += change / examples;
            squares += change * (average - mean);
        }

        Estimate estimate() {
            double variance = samples > 1 ? within / examples : examples > 1 ? squares / (examples - 1) : 0;
            return new Estimate(mean, Math.sqrt(variance / examples));
        }
    }
}
