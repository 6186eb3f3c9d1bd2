package dev.hourglass;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.Threshold;
import dev.hourglass.inference.HeldOutScores;
import dev.hourglass.inference.Inference;
import dev.hourglass.inference.ScoreKind;
import dev.hourglass.inference.ScoreReceiver;
import dev.hourglass.inference.ScoreSettings;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Scores rows by how badly a model explains them: higher is more anomalous. Holds all that scoring needs: columns by name, imputation, scaling, the kind of
 * score, the scores of held-out rows and the threshold from them. Immutable; any number of threads may call. A score depends on the row, the model, the seed
 * and the number of samples alone, never on the rows beside it.
 *
 * <p>The default for tables, the same for every data set: the preset {@code vae} with a Gaussian likelihood of one learned variance per feature,
 * one hidden layer of 64, 8 latent dimensions, standardised columns, trained on all rows without labels for 100 epochs (Adam 1e-3, batches of 128),
 * scored by {@link ScoreKind#NEGATIVE_LOG_LIKELIHOOD} with {@value ScoreSettings#DEFAULT_SAMPLES} samples. A reconstruction error alone misses anomalies that
 * reconstruct well from an unusual code, and weighs features alike whose noise differs. It finds rows in which columns stop going together; rows that are merely
 * far from the mean, along directions in which the others vary too, the mean square of standardised columns finds better (measured in jmh/MEASURED.md).
 */
public final class Scorer {
    private final Autoencoder owner;
    private final Model model;
    private final Inference inference;
    private final ScoreSettings settings;
    private final HeldOutScores heldOut;
    private final Threshold threshold;

    Scorer(Autoencoder owner, Model model, Inference inference, ScoreSettings settings, HeldOutScores heldOut) {
        this(owner, model, inference, settings, heldOut, byQuantile(heldOut, HeldOutScores.DEFAULT_QUANTILE));
        settings.kind().check(model.specification());
    }

    private Scorer(Autoencoder owner, Model model, Inference inference, ScoreSettings settings, HeldOutScores heldOut,
            Threshold threshold) {
        this.owner = owner;
        this.model = model;
        this.inference = inference;
        this.settings = settings;
        this.heldOut = heldOut;
        this.threshold = threshold;
    }

    private Scorer comparing(HeldOutScores kept, Threshold above) {
        return new Scorer(owner, model, inference, settings, kept, above);
    }

    private static Threshold byQuantile(HeldOutScores kept, double quantile) {
        return kept == null ? null : Threshold.byQuantile(kept.ascending(), quantile);
    }

    /**
     * Returns the score of a row, [features] in the units of the data; NaN is a missing value. A float has 7 digits; for columns that need more, such as
     * 1000000.012, give doubles.
     */
    public double score(float[] row) {
        return score(Dataset.of(Require.given(row, "score", "row", "[features]").length, row))[0];
    }

    /** Returns the score of a row, [features] in the units of the data; NaN is a missing value. */
    public double score(double[] row) {
        return score(new double[][] {row})[0];
    }

    /**
     * Returns the score of a row given by the names of its columns, in any order.
     *
     * @throws IllegalArgumentException naming a column that is missing or unknown
     */
    public double score(Map<String, ? extends Number> row) {
        return score(row(row));
    }

    /** Returns the score of every row, [rows][features] in the units of the data. */
    public double[] score(float[][] rows) {
        return Require.given(rows, "score", "rows", "rows of numbers").length == 0 ? new double[0] : score(Dataset.of(rows));
    }

    /** Returns the score of every row, [rows][features] in the units of the data. */
    public double[] score(double[][] rows) {
        return Require.given(rows, "score", "rows", "rows of numbers").length == 0 ? new double[0] : score(Dataset.of(rows));
    }

    /** Returns the score of every row. */
    public double[] score(Dataset rows) {
        return score(Examples.of(rows));
    }

    /** Returns the score of every example. */
    public double[] score(Examples examples) {
        Require.given(examples, "score", "examples", "rows to score");
        return owner.onDevice(() -> inference.score(examples, settings));
    }

    /**
     * Scores examples and hands each score on, in order, while the rest are scored: for many rows, or rows that have names.
     *
     * @param ids what keys the draws of a row in place of what it holds, one a row; null for what it holds
     * @param explained whether the receiver is also told what each feature contributes
     * @param progress is told how many rows are done
     * @return all scores
     */
    public double[] score(Examples examples, String[] ids, boolean explained, ScoreReceiver receiver, Consumer<Integer> progress) {
        Require.given(examples, "score", "examples", "rows to score");
        Require.that(ids == null || ids.length == examples.rows() && Arrays.stream(ids).noneMatch(Objects::isNull), "score",
                "not an id for each row", "ids", ids == null ? 0 : ids.length, examples.rows() + ", none of them null");
        return owner.onDevice(() -> inference.score(examples, settings, ids, explained, receiver, progress));
    }

    /**
     * Returns the score of a row beside the held-out ones.
     *
     * @throws IllegalStateException when the model keeps no held-out scores of this kind
     */
    public Score assess(float[] row) {
        return assess(score(row));
    }

    /** Returns the score of a row beside the held-out ones; see {@link #assess(float[])}. */
    public Score assess(double[] row) {
        return assess(score(row));
    }

    /** Returns the score of a row given by the names of its columns beside the held-out ones; see {@link #score(Map)}. */
    public Score assess(Map<String, ? extends Number> row) {
        return assess(row(row));
    }

    /** Returns a score beside the held-out ones; see {@link #assess(float[])}. */
    public Score assess(double value) {
        Threshold kept = requireThreshold();
        return new Score(value, kept.probability(value), kept.isExceededBy(value));
    }

    /** Returns the scores of rows beside the held-out ones; see {@link #assess(float[])}. */
    public List<Score> assess(Dataset rows) {
        return assess(Examples.of(rows));
    }

    /** Returns the scores of examples beside the held-out ones; see {@link #assess(float[])}. */
    public List<Score> assess(Examples examples) {
        return Arrays.stream(score(examples)).mapToObj(this::assess).toList();
    }

    /**
     * Returns what makes a row unusual.
     *
     * @throws IllegalArgumentException for the score {@link ScoreKind#KL}, which says nothing of single features
     */
    public Explanation explain(float[] row) {
        return explain(Examples.of(Dataset.of(Require.given(row, "score", "row", "[features]").length, row))).get(0);
    }

    /** Returns what makes a row unusual; see {@link #explain(float[])}. */
    public Explanation explain(double[] row) {
        return explain(Examples.of(Dataset.of(new double[][] {row}))).get(0);
    }

    /** Returns what makes each example unusual; see {@link #explain(float[])}. */
    public List<Explanation> explain(Examples examples) {
        Require.that(settings.kind() != ScoreKind.KL, "score", "the score kl says nothing of single features", "kind", "kl",
                "another kind of score");
        List<String> names = model.schema().featureNames();
        List<Explanation> explanations = new ArrayList<>();
        score(examples, null, true, (at, value, parts) -> {
            Map<String, Double> contributions = new LinkedHashMap<>();
            for (int j = 0; j < parts.length; j++) {
                contributions.put(names.get(j), parts[j]);
            }
            explanations.add(new Explanation(value, contributions, Double.isInfinite(value) ? 0 : value - Arrays.stream(parts).sum()));
        }, done -> {});
        return explanations;
    }

    /** Returns what makes a row given by the names of its columns unusual; see {@link #score(Map)}. */
    public Explanation explain(Map<String, ? extends Number> row) {
        return explain(row(row));
    }

    /** Returns the score above which a row is called an anomaly. @throws IllegalStateException when there are no held-out scores of this kind */
    public double threshold() {
        return requireThreshold().value();
    }

    private Threshold requireThreshold() {
        requireHeldOut(threshold);
        return threshold;
    }

    private void requireHeldOut(Object kept) {
        Require.state(kept != null, "score", "the model keeps no held-out scores of this kind", "kind", Label.of(settings.kind()),
                "some to compare with; give them with against");
    }

    /** Returns a scorer whose threshold is another quantile of the held-out scores, in (0, 1). */
    public Scorer quantile(double other) {
        requireHeldOut(heldOut);
        return comparing(heldOut, byQuantile(heldOut, other));
    }

    /** Returns a scorer of another kind, number of samples or seed; it keeps the held-out scores only where they are of the same. */
    public Scorer with(ScoreKind kind, int samples, long seed) {
        ScoreSettings other = new ScoreSettings(kind, samples, seed);
        other.kind().check(model.specification());
        boolean same = other.equals(settings) || kind == settings.kind() && !kind.samples(model.specification());
        return new Scorer(owner, model, inference, other, same ? heldOut : null, same ? threshold : null);
    }

    /** Returns a scorer that compares with other rows: normal ones that training did not learn from. */
    public Scorer against(Dataset rows, double other) {
        return against(Examples.of(rows), other);
    }

    /** The same for examples with real-valued conditions. */
    public Scorer against(Examples examples, double other) {
        return against(examples, other, done -> {});
    }

    /** The same; {@code progress} is told how many rows are done. */
    public Scorer against(Examples examples, double other, Consumer<Integer> progress) {
        double[] scores = score(examples, null, false, (row, score, parts) -> {}, progress);
        HeldOutScores kept = HeldOutScores.of(settings, examples.features().describeSource(), scores);
        return comparing(kept, byQuantile(kept, other));
    }

    /** Returns a scorer that compares with these scores, of which it takes a share in (0, 1), rounded, for anomalies: for data without known normal rows. */
    public Scorer contaminated(double[] scores, double share) {
        return comparing(null, Threshold.byContamination(scores, share));
    }

    /** Returns the kind of score and what it draws. */
    public ScoreSettings settings() {
        return settings;
    }

    /** Returns the held-out scores it compares with, null when there are none. */
    public HeldOutScores heldOut() {
        return heldOut;
    }

    /** Returns the names of the columns, in the order of a row. */
    public List<String> columns() {
        return model.schema().featureNames();
    }

    private double[] row(Map<String, ? extends Number> named) {
        Require.given(named, "score", "row", "numbers by the names of their columns");
        List<String> names = columns();
        double[] row = new double[names.size()];
        for (int j = 0; j < row.length; j++) {
            Require.that(named.containsKey(names.get(j)), "score", "a column is missing", "column", names.get(j), "all of " + names);
            Number value = named.get(names.get(j));
            row[j] = value == null ? Double.NaN : value.doubleValue();
        }
        for (String name : named.keySet()) {
            Require.that(names.contains(name), "score", "unknown column", "column", name, "one of " + names);
        }
        return row;
    }

    @Override
    public String toString() {
        return "Scorer[" + Label.of(settings.kind()) + ", " + settings.drawn(model.specification()) + " samples, "
                + (threshold == null ? "no threshold" : "threshold " + (float) threshold.value()) + "]";
    }
}
