package dev.hourglass.inference;

import dev.hourglass.data.Support;
import dev.hourglass.model.Model;
import dev.hourglass.model.Specification;
import dev.hourglass.model.likelihood.FeatureTerms;
import java.util.Arrays;

/**
 * Scores the rows of one block in a workspace. Values are summed on the host in 64 bits. A value outside the support of the likelihood, and whatever
 * overflows, is infinitely anomalous: a score is finite or +Infinity, never NaN.
 */
final class RowScores {
    /** Codes of a row drawn at once; more are drawn in turns, so that memory does not grow with their number. */
    private static final int MOST_AT_ONCE = 64;
    private static final double[] NOTHING = {};

    private final Specification specification;
    private final ScoreSettings settings;
    private final boolean explained;
    private final FeatureTerms terms;
    private final Support support;
    private final int features;

    RowScores(Model model, ScoreSettings settings, boolean explained) {
        this.specification = model.specification();
        this.settings = settings;
        this.features = model.schema().features();
        this.explained = explained && settings.kind() != ScoreKind.KL;
        this.terms = specification.likelihood().onHost(model.parameters(), features);
        this.support = specification.likelihood().support();
        settings.kind().check(specification);
    }

    /** Returns how many rows a block may have: what the decoder makes of their codes fits a budget of memory. */
    static int mostRows(Model model, ScoreSettings settings) {
        int codes = Math.min(MOST_AT_ONCE, settings.drawn(model.specification()));
        return Math.max(1, model.codesAtOnce() / codes);
    }

    private boolean isSampled() {
        return settings.kind() == ScoreKind.RECONSTRUCTION_PROBABILITY || settings.kind() == ScoreKind.NEGATIVE_LOG_LIKELIHOOD;
    }

    /** Scores {@code count} rows of a block made for {@code size}. */
    void score(Workspace workspace, Rows rows, int from, int count, int size, double[] scores, double[][] contributions) {
        if (isSampled()) {
            sampled(workspace, rows, from, count, size, scores, contributions);
        } else if (settings.kind() == ScoreKind.KL) {
            Workspace.Recording pass = workspace.pass(Workspace.Kind.DIVERGENCE, size, 1);
            rows.encode(from, count, pass.target, pass.input, pass.condition, pass.keys);
            pass.run(count, 0);
            float[] values = new float[size];
            pass.read(values);
            for (int r = 0; r < count; r++) {
                put(from + r, values[r], NOTHING, scores, contributions);
            }
        } else {
            error(workspace, rows, from, count, size, scores, contributions);
        }
    }

    private static void put(int row, double score, double[] parts, double[] scores, double[][] contributions) {
        scores[row] = Double.isNaN(score) ? Double.POSITIVE_INFINITY : score;
        if (contributions != null) {
            contributions[row] = parts;
        }
    }

    private void error(Workspace workspace, Rows rows, int from, int count, int size, double[] scores, double[][] contributions) {
        Workspace.Recording pass = workspace.pass(Workspace.Kind.RECONSTRUCT, size, 1);
        rows.encode(from, count, pass.target, pass.input, pass.condition, pass.keys);
        pass.run(count, 0);
        float[] outputs = new float[size * features];
        pass.read(outputs);
        for (int r = 0; r < count; r++) {
            double[] squares = new double[explained ? features : 0];
            double sum = 0;
            for (int j = 0; j < features; j++) {
                double difference = pass.target[r * features + j] - terms.mean(j, outputs[r * features + j]);
                double square = finite(difference * difference);
                sum += square;
                if (explained) {
                    squares[j] = square;
                }
            }
            put(from + r, sum, squares, scores, contributions);
        }
    }

    private static double finite(double value) {
        return Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
    }

    /** What has been added up of the samples of a row. */
    private static final class Sums {
        final ImportanceSum weights;
        double losses;

        Sums(int width) {
            weights = new ImportanceSum(width);
        }
    }

    private void sampled(Workspace workspace, Rows rows, int from, int count, int size, double[] scores, double[][] contributions) {
        int samples = settings.drawn(specification);
        int atOnce = Math.min(MOST_AT_ONCE, samples);
        Sums[] sums = new Sums[count];
        Arrays.setAll(sums, r -> new Sums(explained ? features : 0));
        float[] target = null;
        for (int done = 0; done < samples; done += atOnce) {
            int now = Math.min(atOnce, samples - done);
            Workspace.Recording pass = workspace.pass(Workspace.Kind.DRAW, size, now);
            rows.encode(from, count, pass.target, pass.input, pass.condition, pass.keys);
            pass.run(count, done / atOnce);
            target = pass.target;
            add(pass, count, size, now, sums);
        }
        for (int r = 0; r < count; r++) {
            finish(sums[r], from + r, target, r * features, scores, contributions);
        }
    }

    private void add(Workspace.Recording pass, int count, int size, int samples, Sums[] sums) {
        float[] losses = new float[size * samples];
        pass.readReconstruction(losses);
        float[] costs = new float[size * samples];
        boolean weighted = pass.readCost(costs) && settings.kind() == ScoreKind.NEGATIVE_LOG_LIKELIHOOD;
        float[] outputs = explained ? new float[size * samples * features] : null;
        if (explained) {
            pass.read(outputs);
        }
        for (int i = 0; i < count * samples; i++) {
            Sums row = sums[i / samples];
            double weight = row.weights.add(weighted ? -(double) losses[i] - costs[i] : 0);
            row.losses += finite(losses[i]);
            for (int j = 0; explained && j < features; j++) {
                row.weights.addWeighted(j, weight * terms.loss(j, outputs[i * features + j], pass.target[i / samples * features + j]));
            }
        }
    }

    private void finish(Sums sums, int row, float[] target, int at, double[] scores, double[][] contributions) {
        boolean importance = settings.kind() == ScoreKind.NEGATIVE_LOG_LIKELIHOOD && specification.code().isSampled();
        double score = importance ? -sums.weights.logMean() : sums.losses / sums.weights.count();
        double[] parts = explained ? sums.weights.weightedMean() : NOTHING;
        for (int j = 0; j < features; j++) {
            if (!support.contains(target[at + j])) {
                score = Double.POSITIVE_INFINITY;
                if (explained) {
                    parts[j] = Double.POSITIVE_INFINITY;
                }
            }
        }
        for (int j = 0; j < parts.length; j++) {
            parts[j] = finite(parts[j]);
        }
        put(row, score, parts, scores, contributions);
    }
}
