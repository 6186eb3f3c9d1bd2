package dev.hourglass.train;

import dev.hourglass.autograd.Tape;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Philox;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.StepTable;
import dev.hourglass.batch.Batch;
import dev.hourglass.batch.BatchLoop;
import dev.hourglass.batch.DeviceData;
import dev.hourglass.data.Examples;
import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.model.LossTerms;
import dev.hourglass.model.Model;
import dev.hourglass.model.loss.Term;
import dev.hourglass.model.prior.KlWeight;
import dev.hourglass.tensor.Scope;
import dev.hourglass.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Trains a model: one recorded program per batch size, run for every batch of every epoch. The same settings, data and device give the same parameters, bit
 * for bit, whatever the number of threads; {@link Backend} says which devices are the same.
 */
public final class Trainer implements AutoCloseable {
    /** Separates the draws of validation from those of training. */
    private static final long VALIDATION_SEED = 0x76616c6964617465L;

    private final Model model;
    private final TrainingSettings settings;
    private final List<Listener> listeners;
    private final int rows;
    private final int batch;
    private final DeviceData data;
    private final Scope scope;
    private final Buffer sums;
    private final List<Tensor> optimizerState;
    private final BatchLoop loop;
    private final Validation validation;
    private int epoch;
    private long step;
    private double best = Double.POSITIVE_INFINITY;
    private int bestEpoch;
    private volatile boolean stopAsked;

    /**
     * Prepares training; nothing runs yet.
     *
     * @param validation examples to validate on after every epoch, or null
     */
    public Trainer(Model model, TrainingSettings settings, Examples training, Examples validation, List<Listener> listeners) {
        this(model, settings, new TrainingData(training, validation, null), listeners);
    }

    /** The same for data that know the numbers of their rows, which messages name. */
    public Trainer(Model model, TrainingSettings settings, TrainingData whole, List<Listener> listeners) {
        Examples training = whole.training();
        this.model = model;
        this.settings = settings;
        this.listeners = List.copyOf(listeners);
        this.rows = training.rows();
        this.batch = Math.min(settings.batch(), rows);
        Backend backend = model.backend();
        this.data = model.load(training, batch);
        this.scope = new Scope(backend, "training");
        this.sums = scope.buffer(ElementType.FLOAT64, Term.values().length);
        this.optimizerState = settings.optimizer().allocate(scope, model.parameters());
        this.loop = new BatchLoop(data, "training step", batch, stepsPerEpoch(), true, this::step).record(rows);
        this.validation = whole.validation() == null ? null : new Validation(model, whole, settings.batch());
    }

    /** One whole step: forward, loss, backward, clip, update; the loop gathers before and advances after. */
    private BatchLoop.Step step(Tape tape, Batch gathered) {
        Backend backend = model.backend();
        model.parameters().watch(tape);
        model.objective(tape, gathered, data.state(), sums, model.specification().importanceSamples());
        tape.differentiate();
        return new BatchLoop.Step(() -> {
            tape.forward();
            tape.backward();
            if (settings.clipNorm() > 0) {
                backend.clipNorm(model.parameters().gradients().buffer(), (float) settings.clipNorm(), data.state());
            }
            settings.optimizer().update(backend, model.parameters(), optimizerState, data.state());
        }, position -> {});
    }

    /** Returns the model. */
    public Model model() {
        return model;
    }

    /** Returns how it is trained. */
    public TrainingSettings settings() {
        return settings;
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

    /** Returns the batch size in use: that of the settings, or the whole set when that is smaller. */
    public int batch() {
        return batch;
    }

    /** Returns steps per epoch, the ragged last one included. */
    public int stepsPerEpoch() {
        return (rows + batch - 1) / batch;
    }

    /** Returns the mean loss of the current epoch after {@code done} of its steps. Waits for the device: for displays, not for every step. */
    public double lossSoFar(int done) {
        double[] values = new double[Term.values().length];
        model.backend().read(sums, values, 0);
        return values[Term.LOSS.ordinal()] / Math.min(rows, (long) done * batch);
    }

    /** Goes on from an earlier training: epochs and steps done, best value and its epoch. Parameters and optimizer state are the caller's to restore. */
    public void resumeAt(int epochsDone, long stepsDone, double bestValue, int bestEpochDone) {
        this.epoch = epochsDone;
        this.step = stepsDone;
        this.best = bestValue;
        this.bestEpoch = bestEpochDone;
    }

    /** Leaves rows of the validation data, from 0, out of validation, as the training did that goes on. */
    void leaveOut(List<Integer> rowsOfValidation) {
        if (validation != null && !rowsOfValidation.isEmpty()) {
            validation.leaveOut(rowsOfValidation);
        }
    }

    /** Asks the training to end after the step that is running; any thread may. The unfinished epoch counts as not begun. */
    public void stop() {
        stopAsked = true;
    }

    /** Returns whether {@link #stop} was called. */
    public boolean isStopped() {
        return stopAsked;
    }

    /**
     * Trains until the last epoch of the settings, early stopping, the time budget or {@link #stop}.
     *
     * @return why it ended, in words
     * @throws DivergedException when the training loss or a parameter is no longer finite; of validation, rows are left out
     */
    public String run() {
        long start = System.nanoTime();
        listeners.forEach(l -> l.started(this, stepsPerEpoch()));
        String ended = epochs(start);
        listeners.forEach(l -> l.finished(this, ended));
        return ended;
    }

    private String epochs(long start) {
        while (epoch < settings.epochs()) {
            EpochReport report = runEpoch();
            if (report == null) {
                return "stopped in epoch " + (epoch + 1);
            }
            listeners.forEach(l -> l.epoch(this, report));
            if (epoch < settings.epochs() && isStopped()) {
                return "stopped after epoch " + epoch;
            }
            if (isExhausted()) {
                return "no better " + Label.of(settings.earlyStopping().term()) + " for " + settings.earlyStopping().patience() + " epochs";
            }
            if (settings.timeBudgetSeconds() > 0 && (System.nanoTime() - start) / 1e9 >= settings.timeBudgetSeconds()) {
                return "time budget of " + settings.timeBudgetSeconds() + " s used";
            }
        }
        return "all " + settings.epochs() + " epochs done";
    }

    /** Returns whether early stopping ends the training here. */
    public boolean isExhausted() {
        return settings.earlyStopping().patience() > 0 && epoch - bestEpoch >= settings.earlyStopping().patience();
    }

    /**
     * Trains one more epoch, whatever the settings say of the last one; tells no listener but {@link Listener#step}.
     *
     * @return what it brought; null when it was stopped before its end
     * @throws DivergedException when the training loss or a parameter is no longer finite; of validation, rows are left out
     */
    public EpochReport runEpoch() {
        Backend backend = model.backend();
        int number = epoch + 1;
        long start = System.nanoTime();
        StepTable schedule = schedule();
        backend.fill(sums, 0);
        boolean whole = loop.run(permutation(rows, settings.seed(), epoch), settings.seed(), Math.toIntExact(step), schedule, done -> {
            listeners.forEach(l -> l.step(this, number, done));
            return !isStopped();
        });
        if (!whole) {
            return null;
        }
        Map<Term, Double> train = LossTerms.means(backend, sums, rows, model.specification());
        double seconds = (System.nanoTime() - start) / 1e9;
        requireFinite(number, train);
        Map<Term, Double> validated = validation == null ? null
                : validation.evaluate(validationSeed(settings.seed()), model.specification().prior().weight().beta(),
                        line -> listeners.forEach(l -> l.note(line)));
        if (validated != null && validation.isDiverged()) {
            requireFinite(number, validated);
        }
        epoch = number;
        step += schedule.steps();
        boolean better = isBetter(validated == null ? train : validated);
        return new EpochReport(number, step, seconds, rows / seconds, schedule.lastLearningRate(), train, validated,
                validation == null ? List.of() : validation.leftOut(), better);
    }

    private boolean isBetter(Map<Term, Double> terms) {
        Double value = terms.get(settings.earlyStopping().term());
        Require.that(value != null, "training", "this model has no such term", "early stopping term",
                Label.of(settings.earlyStopping().term()),
                "one of " + terms.keySet().stream().map(Label::of).toList());
        // As long as none is finite, the later epoch has learned more.
        if (value < best - settings.earlyStopping().minimumImprovement() || best == Double.POSITIVE_INFINITY) {
            best = value;
            bestEpoch = epoch;
            return true;
        }
        return false;
    }

    private void requireFinite(int number, Map<Term, Double> terms) {
        for (Map.Entry<Term, Double> term : terms.entrySet()) {
            if (!Double.isFinite(term.getValue())) {
                throw diverged(number, Metrics.name(term.getKey()) + "=" + term.getValue());
            }
        }
        for (float value : model.parameters().values().read()) {
            if (!Float.isFinite(value)) {
                throw diverged(number, "a parameter is " + value);
            }
        }
    }

    private DivergedException diverged(int number, String what) {
        return new DivergedException(
                "training diverged in epoch " + number + ": " + what + ", expected finite values; lower the learning rate (now "
                        + settings.learningRate().base() + ") or clip the gradient norm"
                        + (bestEpoch > 0 ? "; the model of epoch " + bestEpoch + " is kept" : ""));
    }

    /** Learning rate, KL weight and the optimizer's corrections of each step of the coming epoch. */
    private StepTable schedule() {
        int steps = stepsPerEpoch();
        KlWeight klWeight = model.specification().prior().weight();
        StepTable schedule = new StepTable(steps);
        for (int i = 0; i < steps; i++) {
            float[] corrections = settings.optimizer().corrections(step + i + 1);
            // A warm-up counts the step that is being made, so that the first one is not lost.
            schedule.set(i, settings.learningRate().at(epoch + (i + 1.0) / steps - 1e-9, settings.epochs()),
                    klWeight.at(epoch + (double) i / steps),
                    corrections[0], corrections[1]);
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
        loop.close();
        if (validation != null) {
            validation.close();
        }
        scope.close();
        data.close();
    }

    /** Returns the model, how far it is and on how much, in one line. */
    @Override
    public String toString() {
        return "Trainer[" + model.specification().preset() + ", epoch " + epoch + " of " + settings.epochs() + ", step " + step + ", "
                + rows + " rows in batches of " + batch + "]";
    }
}
