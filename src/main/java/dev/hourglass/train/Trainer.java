package dev.hourglass.train;

import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Philox;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.StepState;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Examples;
import dev.hourglass.model.Feed;
import dev.hourglass.model.KlWeight;
import dev.hourglass.model.LossTerms;
import dev.hourglass.model.Term;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Trains a model: one recorded program per batch size, run for every batch of every epoch. The same plan, data and device kind give the same
 * parameters, bit for bit, whatever the number of threads.
 */
public final class Trainer implements AutoCloseable {
    /** Separates the draws of validation from those of training. */
    private static final long VALIDATION_SEED = 0x76616c6964617465L;

    private final Autoencoder model;
    private final Plan plan;
    private final List<Listener> listeners;
    private final int rows;
    private final int batch;
    private final Feed feed;
    private final Scope scope;
    private final Buffer metrics;
    private final Buffer table;
    private final List<Tensor> optimizerState;
    private final TrainingStep fullStep;
    private final TrainingStep lastStep;
    private final LossTerms validation;
    private int epoch;
    private long step;
    private double best = Double.POSITIVE_INFINITY;
    private int bestEpoch;

    /**
     * Prepares training; nothing runs yet.
     *
     * @param validation examples to validate on after every epoch, or null
     */
    public Trainer(Autoencoder model, Plan plan, Examples training, Examples validation, List<Listener> listeners) {
        this.model = model;
        this.plan = plan;
        this.listeners = List.copyOf(listeners);
        this.rows = training.rows();
        this.batch = Math.min(plan.batch(), rows);
        Backend backend = model.backend();
        this.feed = new Feed(backend, model.specification(), model.domain(), training, rows, batch);
        this.scope = new Scope(backend, "training");
        this.metrics = scope.buffer(ElementType.FLOAT64, Term.values().length);
        this.table = scope.buffer(ElementType.FLOAT32, (long) stepsPerEpoch() * StepState.TABLE_COLUMNS);
        this.optimizerState = plan.optimizer().allocate(scope, model.parameters());
        this.fullStep = new TrainingStep(this, batch);
        this.lastStep = rows % batch == 0 ? null : new TrainingStep(this, rows % batch);
        this.validation = validation == null ? null
                : new LossTerms(model, validation, plan.batch(), model.specification().importanceSamples());
    }

    /** Returns the model. */
    public Autoencoder model() {
        return model;
    }

    /** Returns the plan. */
    public Plan plan() {
        return plan;
    }

    /** Returns the optimizer's state, which a checkpoint keeps with the parameters. */
    public List<Tensor> optimizerState() {
        return optimizerState;
    }

    /** Returns the epochs done. */
    public int epochs() {
        return epoch;
    }

    /** Returns the steps done. */
    public long steps() {
        return step;
    }

    /** Returns the best value of the watched term so far. */
    public double best() {
        return best;
    }

    /** Returns the epoch of {@link #best}. */
    public int bestEpoch() {
        return bestEpoch;
    }

    /** Returns the seed of the draws that validation makes, the same after every epoch. */
    public static long validationSeed(long seed) {
        return seed ^ VALIDATION_SEED;
    }

    /** Returns the batch size in use: the plan's, or the whole set when that is smaller. */
    public int batch() {
        return batch;
    }

    /** Returns steps per epoch, the ragged last one included. */
    public int stepsPerEpoch() {
        return (rows + batch - 1) / batch;
    }

    /** Returns the mean loss of the current epoch after {@code done} of its steps. Waits for the device: for displays, not for every step. */
    public double lossSoFar(int done) {
        double[] sums = new double[Term.values().length];
        model.backend().read(metrics, sums, 0);
        return sums[Term.LOSS.ordinal()] / Math.min(rows, (long) done * batch);
    }

    Feed feed() {
        return feed;
    }

    Buffer metrics() {
        return metrics;
    }

    Buffer table() {
        return table;
    }

    /** Goes on from an earlier training: epochs and steps done, best value and its epoch. Parameters and optimizer state are the caller's to restore. */
    public void resumeAt(int epochsDone, long stepsDone, double bestValue, int bestEpochDone) {
        this.epoch = epochsDone;
        this.step = stepsDone;
        this.best = bestValue;
        this.bestEpoch = bestEpochDone;
    }

    /**
     * Trains until the plan's last epoch, early stopping or the time budget.
     *
     * @return why it ended, in words
     * @throws DivergedException when the loss or a parameter is no longer finite
     */
    public String run() {
        long start = System.nanoTime();
        listeners.forEach(l -> l.started(this, stepsPerEpoch()));
        String reason = "all " + plan.epochs() + " epochs done";
        while (epoch < plan.epochs()) {
            EpochReport report = runEpoch();
            listeners.forEach(l -> l.epoch(this, report));
            if (plan.earlyStopping().patience() > 0 && epoch - bestEpoch >= plan.earlyStopping().patience()) {
                reason = "no better " + plan.earlyStopping().term().name().toLowerCase(java.util.Locale.ROOT) + " for "
                        + plan.earlyStopping().patience() + " epochs";
                break;
            }
            if (plan.timeBudgetSeconds() > 0 && (System.nanoTime() - start) / 1e9 >= plan.timeBudgetSeconds()) {
                reason = "time budget of " + plan.timeBudgetSeconds() + " s used";
                break;
            }
        }
        String ended = reason;
        listeners.forEach(l -> l.finished(this, ended));
        return ended;
    }

    /**
     * Trains one more epoch, whatever the plan says of the last one; tells no listener but {@link Listener#step}.
     *
     * @throws DivergedException when the loss or a parameter is no longer finite
     */
    public EpochReport runEpoch() {
        Backend backend = model.backend();
        int number = epoch + 1;
        long start = System.nanoTime();
        float[] schedule = schedule();
        backend.write(table, schedule, 0, schedule.length);
        backend.fill(metrics, 0);
        feed.begin(permutation(rows, plan.seed(), epoch), plan.seed(), Math.toIntExact(step), schedule);
        int steps = stepsPerEpoch();
        for (int i = 0; i < steps; i++) {
            boolean last = i == steps - 1 && lastStep != null;
            feed.prepare(i * batch, last ? rows % batch : batch);
            (last ? lastStep : fullStep).run();
            int done = i + 1;
            listeners.forEach(l -> l.step(this, number, done));
        }
        Map<Term, Double> train = LossTerms.means(backend, metrics, rows, model.specification());
        double seconds = (System.nanoTime() - start) / 1e9;
        requireFinite(number, train);
        Map<Term, Double> validated = validation == null ? null
                : validation.evaluate(validationSeed(plan.seed()), model.specification().prior().weight().beta());
        if (validated != null) {
            requireFinite(number, validated);
        }
        epoch = number;
        step += steps;
        boolean better = isBetter(validated == null ? train : validated);
        float lastRate = schedule[schedule.length - StepState.TABLE_COLUMNS];
        return new EpochReport(number, step, seconds, rows / seconds, lastRate, train, validated, better);
    }

    private boolean isBetter(Map<Term, Double> terms) {
        Double value = terms.get(plan.earlyStopping().term());
        if (value == null) {
            throw new IllegalArgumentException("training: this model has no such term: early stopping term=" + plan.earlyStopping().term()
                    + ", expected one of " + terms.keySet());
        }
        if (value < best - plan.earlyStopping().minimumImprovement()) {
            best = value;
            bestEpoch = epoch;
            return true;
        }
        return false;
    }

    private void requireFinite(int number, Map<Term, Double> terms) {
        for (Map.Entry<Term, Double> term : terms.entrySet()) {
            if (!Double.isFinite(term.getValue())) {
                throw diverged(number, term.getKey().name().toLowerCase(java.util.Locale.ROOT) + "=" + term.getValue());
            }
        }
        for (float value : model.parameters().values().read()) {
            if (!Float.isFinite(value)) {
                throw diverged(number, "a parameter is " + value);
            }
        }
    }

    private DivergedException diverged(int number, String what) {
        return new DivergedException("training diverged in epoch " + number + ": " + what + ", expected finite values; lower the learning rate (now "
                + plan.learningRate().base() + ") or clip the gradient norm"
                + (bestEpoch > 0 ? "; the model of epoch " + bestEpoch + " is kept" : ""));
    }

    /** Learning rate, KL weight and Adam's corrections of each step of the coming epoch. */
    private float[] schedule() {
        int steps = stepsPerEpoch();
        KlWeight klWeight = model.specification().prior().weight();
        float[] schedule = new float[steps * StepState.TABLE_COLUMNS];
        for (int i = 0; i < steps; i++) {
            double progress = epoch + (double) i / steps;
            float[] corrections = plan.optimizer().corrections(step + i + 1);
            int at = i * StepState.TABLE_COLUMNS;
            // A warm-up counts the step that is being made, so that the first one is not lost.
            schedule[at] = (float) plan.learningRate().at(epoch + (i + 1.0) / steps - 1e-9, plan.epochs());
            schedule[at + 1] = (float) klWeight.at(progress);
            schedule[at + 2] = corrections[0];
            schedule[at + 3] = corrections[1];
        }
        return schedule;
    }

    /** Fisher and Yates' shuffle of 0..rows-1, a function of seed and epoch. */
    static int[] permutation(int rows, long seed, int epoch) {
        int[] order = new int[rows];
        Arrays.setAll(order, i -> i);
        int[] words = new int[4];
        for (int i = rows - 1; i > 0; i--) {
            if ((rows - 1 - i) % 4 == 0) {
                Philox.words(seed, (rows - 1 - i) / 4, epoch, RandomStream.SHUFFLE.ordinal(), words);
            }
            int j = (int) (((words[(rows - 1 - i) % 4] & 0xffffffffL) * (i + 1)) >>> 32);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }

    @Override
    public void close() {
        if (lastStep != null) {
            lastStep.close();
        }
        if (validation != null) {
            validation.close();
        }
        fullStep.close();
        scope.close();
        feed.close();
    }
}
