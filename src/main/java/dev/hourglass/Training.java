package dev.hourglass;

import dev.hourglass.backend.Backend;
import dev.hourglass.data.Examples;
import dev.hourglass.message.Require;
import dev.hourglass.model.Model;
import dev.hourglass.model.loss.Term;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DataDescription;
import dev.hourglass.train.EpochReport;
import dev.hourglass.train.Listener;
import dev.hourglass.train.Metrics;
import dev.hourglass.train.Provenance;
import dev.hourglass.train.RowNumbers;
import dev.hourglass.train.RunFolder;
import dev.hourglass.train.SavedRun;
import dev.hourglass.train.Trainer;
import dev.hourglass.train.TrainingData;
import dev.hourglass.train.TrainingRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A training that can be watched and stopped. {@link #run} waits for the model of the best epoch; {@link #stop}, from any thread or from a listener, ends it
 * after the step that is running, and so does interrupting the thread that waits, which stays interrupted. A training with a run folder that was stopped goes on
 * with {@link #resume}. The likelihood and the scaling that were chosen, and why, go to the logger of this class, and are the {@link #description}.
 */
public final class Training {
    private static final System.Logger LOG = System.getLogger(Training.class.getName());
    private final Configuration asked;
    private final boolean likelihoodChosen;
    private volatile TrainingData data;
    private final Path folder;
    private final boolean overwrite;
    private final boolean resumed;
    private final List<TrainingListener> listeners;
    private final List<EpochResult> history = new ArrayList<>();
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private volatile Trainer trainer;
    private volatile boolean stopAsked;
    private volatile String description = "";
    private volatile String reason = "";
    private volatile String warning = "";
    private boolean started;

    Training(ModelBuilder builder, Examples training, Examples validation) {
        this.asked = builder.configuration();
        this.likelihoodChosen = builder.choseLikelihood();
        this.folder = builder.folder();
        this.overwrite = builder.mayOverwrite();
        this.listeners = builder.listeners();
        this.resumed = false;
        double share = builder.heldOutShare();
        this.data = data(training, validation, DataDescription.inMemory(training.features().describeSource(), share, builder.scalingWords())
                .withImputation(builder.imputationOfMissing().kind()), asked.training().seed());
    }

    /** Fills what is missing by what all of the training data know, then holds rows out. */
    private static TrainingData data(Examples training, Examples validation, DataDescription words, long seed) {
        DataDescription fitted = words.fitted(training);
        Examples whole = fitted.filled(training);
        double share = words.validationFraction();
        if (validation == null && share > 0 && whole.rows() > 1) {
            Examples[] split = whole.split(share, seed);
            return new TrainingData(split[0], split[1], fitted, RowNumbers.ofSplit(whole.rows(), share, seed));
        }
        return new TrainingData(whole, validation == null ? null : fitted.filled(validation), fitted);
    }

    private Training(Configuration configuration, TrainingData data, Path folder, List<TrainingListener> listeners) {
        this.asked = configuration;
        this.likelihoodChosen = true;
        this.data = data;
        this.folder = folder;
        this.overwrite = false;
        this.resumed = true;
        this.description = "resumes " + folder;
        this.listeners = List.copyOf(listeners);
    }

    /**
     * Prepares to go on with a run that was stopped, or that is to have more epochs, exactly as if it had never stopped. On another device, or with another
     * version of Java or of this library, last bits may differ; the logger of this class then says so in one line.
     *
     * @param folder of the run
     * @param data what it was trained on, all of it: the same rows are held out again
     * @param epochs the last epoch; 0 for what the run was told
     * @throws dev.hourglass.io.FormatException when the data are not those of the run, or when it was judged by data of its own
     * @throws IllegalArgumentException when its epochs are done or early stopping ended it
     */
    public static Training resume(Path folder, Examples data, int epochs, TrainingListener... listeners) {
        return resume(folder, data, null, epochs, listeners);
    }

    /**
     * Prepares to go on with a run that was judged by validation data of its own; see {@link #resume(Path, Examples, int, TrainingListener...)}.
     *
     * @param data what it was trained on
     * @param validation what it was judged by; null holds the same rows of {@code data} out again
     */
    public static Training resume(Path folder, Examples data, Examples validation, int epochs, TrainingListener... listeners) {
        Require.given(folder, "resume", "folder", "the folder of a run");
        Require.given(data, "resume", "data", "the examples that the run learns from");
        SavedRun run = SavedRun.open(folder);
        Configuration configuration = run.configuration().withTraining(run.until(epochs));
        if (validation == null) {
            run.requireNoOwnValidation(configuration.data().filled(data));
        }
        TrainingData whole = data(data, validation, configuration.data(), configuration.training().seed()).suiting(configuration.schema());
        run.requireSameData(whole);
        Training training = new Training(configuration, whole, folder, List.of(listeners));
        run.history().forEach(row -> training.history.add(result(row)));
        return training;
    }

    /**
     * Trains until the last epoch, early stopping, the time budget or {@link #stop}.
     *
     * @return the model of the best epoch
     * @throws dev.hourglass.train.DivergedException when the training loss or a parameter is no longer finite; rows without a finite validation loss are left out of it
     * @throws IllegalStateException when it was stopped before the end of its first epoch, or has run already
     */
    public Autoencoder run() {
        synchronized (this) {
            Require.that(!started, "training", "it has run already", "runs", 1, "a new training for each run");
            started = true;
        }
        Configuration configuration = resumed ? asked : prepare();
        DeviceThread device = DeviceThread.open(configuration.device());
        boolean kept = false;
        try {
            Trained trained = device.callApart(backend -> train(configuration, backend), this::stop);
            kept = true;
            return new Autoencoder(device, trained.model, trained.result.run());
        } finally {
            if (!kept) {
                device.close();
            }
        }
    }

    private Configuration prepare() {
        TrainingRun.Prepared prepared = TrainingRun.prepare(asked, likelihoodChosen, data);
        description = prepared.line();
        data = prepared.data();
        LOG.log(System.Logger.Level.INFO, description);
        prepared.notes().forEach(this::note);
        return prepared.configuration();
    }

    private void note(String line) {
        notes.add(line);
        LOG.log(System.Logger.Level.WARNING, line);
    }

    private record Trained(Model model, TrainingRun.Result result) {
    }

    private Trained train(Configuration configuration, Backend backend) {
        Map<String, String> words = Devices.describe(backend);
        SavedRun before = resumed ? SavedRun.open(folder) : null;
        String elsewhere = resumed ? before.changedMachine(words) : "";
        if (!elsewhere.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, elsewhere);
        }
        Provenance provenance = resumed ? before.provenance() : Provenance.now(configuration, data, words);
        Model model = Model.create(backend, configuration.model(), configuration.schema(), configuration.training().seed(),
                data.training().features());
        boolean kept = false;
        try (RunFolder writer = folder == null ? null : resumed ? RunFolder.resume(folder, run -> configuration, words)
                : RunFolder.create(folder, configuration, provenance, overwrite)) {
            TrainingRun.Result result = new TrainingRun(configuration, data, writer, List.of(new Watch())).run(model, before, provenance,
                    this::begin);
            reason = result.reason();
            warning = result.warning();
            if (!warning.isEmpty()) {
                LOG.log(System.Logger.Level.WARNING, warning);
            }
            kept = true;
            return new Trained(model, result);
        } finally {
            trainer = null;
            if (!kept) {
                model.close();
            }
        }
    }

    private void begin(Trainer beginning) {
        trainer = beginning;
        if (stopAsked) {
            beginning.stop();
        }
    }

    /** Asks the training to end after the step that is running; any thread may. An epoch that is not whole then counts as not begun. */
    public void stop() {
        stopAsked = true;
        Trainer running = trainer;
        if (running != null) {
            running.stop();
        }
    }

    /** Returns what every epoch brought so far; any thread may ask. */
    public List<EpochResult> history() {
        synchronized (history) {
            return List.copyOf(history);
        }
    }

    /** Returns one line on the likelihood, the scaling and why, once the training has begun. */
    public String description() {
        return description;
    }

    /**
     * Returns what looks odd about the data, one line each, as far as it is known by now: values far from the rest of their column, rows without a finite
     * validation loss. The logger of this class gets the same as warnings.
     */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** Returns why the training ended, in words; empty before. */
    public String reason() {
        return reason;
    }

    /** Returns one line on what of the model should be looked at, which also goes to the logger; empty when all is well, and before the end. */
    public String warning() {
        return warning;
    }

    /** Passes on what the trainer tells. */
    private final class Watch implements Listener {
        @Override
        public void step(Trainer running, int epoch, int done) {
            for (TrainingListener listener : listeners) {
                listener.step(Training.this, epoch, done, running.stepsPerEpoch());
            }
        }

        @Override
        public void note(Trainer running, String line) {
            Training.this.note(line);
        }

        @Override
        public void epoch(Trainer running, EpochReport report) {
            EpochResult result = result(Metrics.row(report));
            synchronized (history) {
                history.add(result);
            }
            listeners.forEach(listener -> listener.epoch(Training.this, result));
        }
    }

    static EpochResult result(Metrics.Row row) {
        return new EpochResult(row.epoch(), named(row.train()), row.validation() == null ? Map.of() : named(row.validation()));
    }

    static Map<String, Double> named(Map<Term, Double> terms) {
        Map<String, Double> named = new LinkedHashMap<>();
        terms.forEach((term, value) -> named.put(Metrics.name(term), value));
        return named;
    }

    @Override
    public String toString() {
        return "Training[" + asked.model().preset() + ", " + data.training().rows() + " rows, epoch " + history().size() + " of "
                + asked.training().epochs() + "]";
    }
}
