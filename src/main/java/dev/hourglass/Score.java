package dev.hourglass;

/**
 * How unusual a row is.
 *
 * @param value higher is more anomalous; finite or +Infinity
 * @param probability share of held-out rows that score below it, k / (1 + n): a statement on ranks, 1 - p of the conformal test that the row belongs to them
 *     (Vovk et al. 2005); not the chance that it is an anomaly
 * @param anomaly whether the value lies above the threshold
 */
public record Score(double value, double probability, boolean anomaly) {
}
