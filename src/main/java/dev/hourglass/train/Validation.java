package dev.hourglass.train;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.model.LossTerms;
import dev.hourglass.model.Model;
import dev.hourglass.model.Schema;
import dev.hourglass.model.loss.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The objective on the examples to judge by. A row whose loss is not finite, as that of a 999999 among temperatures, says nothing of how the training goes: it is
 * left out from then on, so that later epochs compare, and told of once. When that would take more than half of the rows, or
 * more than 1000, the loss counts as infinite.
 */
final class Validation implements AutoCloseable {
    /** Each takes a few small evaluations to find. */
    private static final int MOST_LEFT_OUT = 1000;
    private static final int MOST_TOLD = 5;
    /** So many tell whether the model is still one. */
    private static final int LEARNED_ROWS = 256;
    /** A row whose loss is finite with some draws and not with others may be missed once. */
    private static final int MOST_SEARCHES = 3;

    private final Model model;
    private final TrainingData data;
    private final int batch;
    private final TreeSet<Integer> leftOut = new TreeSet<>();
    private LossTerms terms;
    private int[] kept;
    private boolean hopeless;
    private boolean diverged;

    Validation(Model model, TrainingData data, int batch) {
        this.model = model;
        this.data = data;
        this.batch = batch;
        this.kept = IntStream.range(0, data.validation().rows()).toArray();
        this.terms = terms(data.validation());
    }

    private LossTerms terms(Examples examples) {
        return new LossTerms(model, examples, batch, model.specification().importanceSamples());
    }

    /** Returns the rows that are left out, from 0, ascending. */
    List<Integer> leftOut() {
        return List.copyOf(leftOut);
    }

    /** Leaves rows out from now on. */
    void leaveOut(Collection<Integer> rows) {
        if (leftOut.addAll(rows)) {
            kept = IntStream.range(0, data.validation().rows()).filter(row -> !leftOut.contains(row)).toArray();
            terms.close();
            terms = terms(data.validation().select(kept));
        }
    }

    /** Returns the mean of every term, as it is when {@link #isDiverged}, else +Infinity for what is no number. {@code told} gets a line on rows that are newly left out. */
    Map<Term, Double> evaluate(long seed, double klWeight, Consumer<String> told) {
        Map<Term, Double> means = terms.evaluate(seed, klWeight);
        if (!isFinite(means) && isWildOnTraining(seed, klWeight)) {
            return means;
        }
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < MOST_SEARCHES && !hopeless && !isFinite(means); i++) {
            List<Integer> wild = new ArrayList<>();
            search(0, kept.length, seed, klWeight, wild);
            if (wild.isEmpty()) {
                told.accept(data.validation().features().describeSource()
                        + ": the validation loss of this epoch is not finite, though that of no row is by"
                        + " itself; the epoch counts as infinite, the next looks again");
                break;
            }
            hopeless = leftOut.size() + wild.size() > most();
            if (hopeless) {
                told.accept(line(wild, "the validation losses of so many rows are not finite that that of the"
                        + " epoch counts as infinite; check whether the validation data are like those of training"));
            } else {
                leaveOut(wild);
                found.addAll(wild);
                means = terms.evaluate(seed, klWeight);
            }
        }
        if (!found.isEmpty()) {
            told.accept(line(found, "no finite validation loss, so validation leaves " + (found.size() == 1 ? "this row" : "these rows")
                    + " out from now on; correct the data, or take such rows out"));
        }
        return LossTerms.withoutNaN(means);
    }

    /** Whether it is the model, not the data to judge by, that has no finite loss any more. */
    private boolean isWildOnTraining(long seed, double klWeight) {
        try (LossTerms learned = terms(data.training().head(LEARNED_ROWS))) {
            diverged = !isFinite(learned.evaluate(seed, klWeight));
            return diverged;
        }
    }

    /** Returns whether the last evaluation was not finite because the model has no finite loss on training rows either. */
    boolean isDiverged() {
        return diverged;
    }

    private int most() {
        return Math.min(MOST_LEFT_OUT, data.validation().rows() / 2);
    }

    private static boolean isFinite(Map<Term, Double> means) {
        return means.values().stream().allMatch(Double::isFinite);
    }

    /** Halves the kept rows {@code [from, to)} down to single rows where their loss is not finite; stops when there are too many. */
    private void search(int from, int to, long seed, double klWeight, List<Integer> wild) {
        if (leftOut.size() + wild.size() > most()) {
            return;
        }
        try (LossTerms some = terms(data.validation().select(Arrays.copyOfRange(kept, from, to)))) {
            if (isFinite(some.evaluate(seed, klWeight))) {
                return;
            }
        }
        if (to - from == 1) {
            wild.add(kept[from]);
            return;
        }
        int middle = (from + to) >>> 1;
        search(from, middle, seed, klWeight, wild);
        search(middle, to, seed, klWeight, wild);
    }

    private String line(List<Integer> rows, String what) {
        List<String> places = rows.stream().limit(MOST_TOLD).map(this::place).toList();
        return data.validation().features().describeSource() + ": " + String.join(", ", places)
                + (rows.size() > places.size() ? " and " + (rows.size() - places.size()) + " more" : "") + ": " + what;
    }

    /** The row and its value that is farthest out on the scale of the model. */
    private String place(int row) {
        Schema schema = model.schema();
        Dataset features = data.validation().features();
        int farthest = schema.farthestColumn(features, row);
        return "row " + data.numbers().validation(row) + ", column '" + schema.featureNames().get(farthest) + "' is "
                + features.text(row, farthest);
    }

    @Override
    public void close() {
        terms.close();
    }
}
