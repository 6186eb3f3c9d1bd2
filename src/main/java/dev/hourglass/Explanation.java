package dev.hourglass;

import java.util.Map;

/**
 * A score taken apart: {@code sum of contributions + remainder = value}.
 *
 * @param value the score
 * @param contributions of each feature by its name, in the order of the columns
 * @param remainder what belongs to no feature: KL(p(z|x)||p(z)) for the negative log-likelihood, 0 for the reconstruction error, and for the reconstruction
 *     probability what rounding to 32 bits leaves; 0 too where the score is infinite
 */
public record Explanation(double value, Map<String, Double> contributions, double remainder) {
}
