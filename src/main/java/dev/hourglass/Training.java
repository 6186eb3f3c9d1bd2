package dev.hourglass;

import dev.hourglass.backend.Backend;
import dev.hourglass.data.Examples;
import dev.hourglass.message.Require;
import dev.hourglass.model.Model;
import dev.hourglass.model.loss.Term;
import dev.hourglass.report.RunPictures;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DataDescription;
import dev.hourglass.train.DivergedException;
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
    private volatile Request request;
    private final List<TrainingListener> listeners;
    private final boolean logs;
    private final List<Listener> watchers = new ArrayList<>();
    private final List<EpochResult> history = new ArrayList<>();
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private volatile Trainer trainer;
    private volatile boolean stopAsked;
    private volatile String description = "";
    private volatile String model = "";
    private volatile String reason = "";
    private volatile String warning = "";
    private boolean drawsPictures;
    private boolean started;

    /**
     * What is to be done.
     *
     * @param likelihoodChosen whether someone chose the likelihood; if not, the data do
     * @param folder of the run, null for none
     * @param resumed whether the folder holds the run that goes on
     */
    private record Request(Configuration configuration, boolean likelihoodChosen, TrainingData data, Path folder, boolean overwrite,
            boolean resumed) {
        Request withData(TrainingData other) {
            return new Request(configuration, likelihoodChosen, other, folder, overwrite, resumed);
        }
    }

    private Training(Request request, List<TrainingListener> listeners, boolean logs) {
        this.request = request;
        this.listeners = List.copyOf(listeners);
        this.logs = logs;
    }

    Training(ModelBuilder builder, Examples training, Examples validation) {
        this(request(builder, training, validation), builder.listeners(), true);
        this.drawsPictures = builder.drawsPictures();
    }

    private static Request request(ModelBuilder builder, Examples training, Examples validation) {
        Configuration asked = builder.configuration();
        DataDescription words = DataDescription
                .inMemory(training.features().describeSource(), builder.heldOutShare(), builder.scalingWords())
                .withImputation(builder.imputationOfMissing().kind());
        return new Request(asked, builder.choseLikelihood(), data(training, validation, words, asked.training().seed()), builder.folder(),
                builder.mayOverwrite(), false);
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

    /**
     * The form of the command line: a training of what a configuration describes, on data that were read as it says. Nothing goes to the logger; who calls
     * tells of it.
     *
     * @param asked without a schema
     * @param likelihoodChosen whether someone chose the likelihood; if not, the data do
     * @param folder of the run
     * @param overwrite whether a run that the folder already holds may be replaced
     */
    public static Training of(Configuration asked, boolean likelihoodChosen, TrainingData data, Path folder, boolean overwrite) {
        return new Training(new Request(asked, likelihoodChosen, data, folder, overwrite, false), List.of(), false);
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
        return resume(run, configuration, data(data, validation, configuration.data(), configuration.training().seed()), List.of(listeners),
                true);
    }

    /** The form of the command line: goes on with a run under a configuration that differs from its own in epochs, time budget or device. */
    public static Training resume(SavedRun run, Configuration configuration, TrainingData data) {
        return resume(run, configuration, data, List.of(), false);
    }

    private static Training resume(SavedRun run, Configuration configuration, TrainingData data, List<TrainingListener> listeners,
            boolean logs) {
        TrainingData whole = run.requireSameData(data);
        Training training = new Training(new Request(configuration, true, whole, run.folder(), false, true), listeners, logs);
        training.description = "resumes " + run.folder();
        run.history().forEach(row -> training.history.add(result(row)));
        return training;
    }

    /** Also tells a listener of the trainer itself, for who shows more than {@link TrainingListener} is told. Before {@link #run}. */
    public Training watch(Listener listener) {
        watchers.add(listener);
        return this;
    }

    /** Also draws the pictures of the run into its folder, as {@link ModelBuilder#pictures} does. Before {@link #run}. */
    public Training withPictures() {
        drawsPictures = true;
        return this;
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
        Configuration configuration = request.resumed ? request.configuration : prepare();
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
        TrainingRun.Prepared prepared = TrainingRun.prepare(request.configuration, request.likelihoodChosen, request.data);
        description = prepared.line();
        request = request.withData(prepared.data());
        if (logs) {
            LOG.log(System.Logger.Level.INFO, description);
        }
        prepared.notes().forEach(this::tell);
        return prepared.configuration();
    }

    /** Keeps a line that should be known, if there is one, and tells the watchers. */
    private void tell(String line) {
        if (!line.isEmpty()) {
            keep(line);
            watchers.forEach(watcher -> watcher.note(line));
        }
    }

    private void keep(String line) {
        notes.add(line);
        if (logs) {
            LOG.log(System.Logger.Level.WARNING, line);
        }
    }

    private record Trained(Model model, TrainingRun.Result result) {
    }

    private Trained train(Configuration configuration, Backend backend) {
        Map<String, String> words = Devices.describe(backend);
        if (request.resumed) {
            tell(SavedRun.open(request.folder).changedMachine(words));
        }
        Provenance fresh = request.resumed ? null : Provenance.now(configuration, request.data, words);
        try (RunFolder writer = request.folder == null ? null
                : request.resumed ? RunFolder.resume(request.folder, run -> configuration, words)
                        : RunFolder.create(request.folder, configuration, fresh, request.overwrite)) {
            SavedRun before = request.resumed ? SavedRun.open(request.folder) : null;
            Provenance provenance = request.resumed ? before.provenance() : fresh;
            return train(configuration, backend, writer, before, provenance);
        }
    }

    private Trained train(Configuration configuration, Backend backend, RunFolder writer, SavedRun before, Provenance provenance) {
        Model fresh = Model.create(backend, configuration.model(), configuration.schema(), configuration.training().seed(),
                request.data.training().features());
        model = fresh + ", " + fresh.parameters().values().size() + " parameters";
        boolean kept = false;
        try {
            TrainingRun.Result result = new TrainingRun(configuration, request.data, writer, listeners(configuration, writer)).run(fresh,
                    before, provenance,
                    this::begin);
            reason = result.reason();
            warning = result.warning();
            if (logs && !warning.isEmpty()) {
                LOG.log(System.Logger.Level.WARNING, warning);
            }
            kept = true;
            return new Trained(fresh, result);
        } catch (DivergedException diverged) {
            throw writer == null || !writer.isPublished() ? diverged
                    : new DivergedException(diverged.getMessage() + " in " + request.folder);
        } finally {
            trainer = null;
            if (!kept) {
                fresh.close();
            }
        }
    }

    private List<Listener> listeners(Configuration configuration, RunFolder writer) {
        List<Listener> all = new ArrayList<>(List.of(new Watch()));
        all.addAll(watchers);
        if (drawsPictures && writer != null) {
            all.add(new RunPictures(writer, request.data.accepted(configuration.model(), configuration.schema()).shown()));
        }
        return all;
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
     * Returns what should be known, one line each, as far as it is known by now: values far from the rest of their column, columns whose values become equal as
     * floats, rows without a finite validation loss, a machine other than before. The logger of this class gets the same as warnings.
     */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** Returns the model, its layers, its device and the number of its parameters in one line, once the training has begun. */
    public String model() {
        return model;
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
        public void note(String line) {
            keep(line);
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
        return "Training[" + request.configuration.model().preset() + ", " + request.data.training().rows() + " rows, epoch "
                + history().size()
                + " of " + request.configuration.training().epochs() + "]";
    }
}
