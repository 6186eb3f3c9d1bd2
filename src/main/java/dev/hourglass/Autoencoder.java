package dev.hourglass;

import dev.hourglass.backend.Backend;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.evaluate.code.Latents;
import dev.hourglass.inference.HeldOutScores;
import dev.hourglass.inference.Inference;
import dev.hourglass.inference.ScoreSettings;
import dev.hourglass.message.Require;
import dev.hourglass.model.LossTerms;
import dev.hourglass.model.Model;
import dev.hourglass.model.ModelGraphs;
import dev.hourglass.model.Schema;
import dev.hourglass.onnx.OnnxExport;
import dev.hourglass.report.Estimates;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DeviceChoice;
import dev.hourglass.train.Run;
import dev.hourglass.train.RunFolder;
import dev.hourglass.train.SavedRun;
import dev.hourglass.train.Trainer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * A fitted model: encodes, decodes, reconstructs, samples and scores rows in the units of the data. A float has 7 digits: where columns need more, such as
 * 1000000.012, give rows as doubles or as a data set, and take them by the methods that return doubles.
 *
 * <p><b>Threads.</b> The parameters never change any more, so any number of threads may share one model, and each gets what it would get alone, bit for bit. On
 * the CPU they work side by side, each call in a workspace that is lent to it; on a GPU calls queue for the device. What a row gets does not depend on the rows
 * beside it; only whether pictures or conditions are of the range of training, and so are taken at all, is judged by all rows of a call together.
 */
public final class Autoencoder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Autoencoder.class.getName());
    private static final String ROWS = "rows of numbers";

    private final DeviceThread device;
    private final Model model;
    private final Origin origin;
    private final Inference inference;
    private final Object exclusive = new Object();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Scorer scorer;
    /** Calls share it, {@link #close} has it alone: it waits for those that are running. */
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

    /** Where a model comes from; of a run on disk, what is seldom needed is read when it is. */
    private record Origin(Configuration configuration, IntSupplier epoch, Supplier<HeldOutScores> heldOut, Supplier<Run> run) {
        static Origin of(Run run) {
            return new Origin(run.configuration(), () -> run.best().epoch(), run::heldOut, () -> run);
        }
    }

    Autoencoder(DeviceThread device, Model model, Run run) {
        this(device, model, Origin.of(run), new Inference(model, Devices.threads(run.configuration().device())));
    }

    private Autoencoder(DeviceThread device, Model model, Origin origin, Inference inference) {
        this.device = device;
        this.model = model;
        this.origin = origin;
        this.inference = inference;
    }

    /**
     * Opens a model that {@link #save} or a training left in a folder, on the best device there is; of a run, the model of the best epoch.
     *
     * @throws dev.hourglass.io.FormatException in one line when the folder holds none or a damaged one
     */
    public static Autoencoder load(Path folder) {
        return load(folder, "auto");
    }

    /** The same on a device by its name: auto, cpu, cuda or cuda:N. */
    public static Autoencoder load(Path folder, String deviceName) {
        Require.given(folder, "model", "folder", "the folder of a model or a run");
        return uninterrupted(() -> {
            SavedRun saved = SavedRun.open(folder);
            Run run = saved.load();
            String precision = Devices.isGpu(deviceName) ? run.configuration().device().precision() : "fp32";
            return opened(Origin.of(run), backend -> saved.model(backend, SavedRun.Kept.BEST, run.best()),
                    new DeviceChoice(deviceName, 0, precision));
        });
    }

    /**
     * The form of the command line: opens the best or the last model of a run. What only {@link #save} and {@link #history} need is read when they are called,
     * so one row is quick; until then the folder has to stay as it is.
     */
    public static Autoencoder open(SavedRun saved, SavedRun.Kept kept, DeviceChoice choice) {
        Origin origin = new Origin(saved.configuration(), () -> saved.epoch(kept), saved::heldOut, saved::load);
        return opened(origin, backend -> saved.model(backend, kept), choice);
    }

    private static Autoencoder opened(Origin origin, Function<Backend, Model> reading, DeviceChoice choice) {
        DeviceThread device = DeviceThread.open(choice);
        boolean kept = false;
        try {
            Model model = device.call(reading);
            kept = true;
            return new Autoencoder(device, model, origin, new Inference(model, Devices.threads(choice)));
        } finally {
            if (!kept) {
                device.close();
            }
        }
    }

    /**
     * Writes the model into a new folder: a run folder, with which every command of the command line works, on another machine and without the training data.
     *
     * @throws dev.hourglass.io.FormatException when the folder is taken
     * @throws java.io.UncheckedIOException in one line when it cannot be written
     */
    public void save(Path folder) {
        save(folder, false);
    }

    /** Writes the model as {@link #save(Path)} does, in place of a run that stands there when {@code overwrite} allows it. */
    public void save(Path folder, boolean overwrite) {
        Require.given(folder, "model", "folder", "a new folder");
        uninterrupted(() -> {
            RunFolder.save(origin.run().get(), folder, overwrite);
            return null;
        });
    }

    /** Does work with files on a thread that may be interrupted, as one whose training was: an interrupt would close them. The thread stays interrupted. */
    private static <R> R uninterrupted(Supplier<R> work) {
        boolean interrupted = Thread.interrupted();
        try {
            return work.get();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Runs work where the device may be used. @throws IllegalStateException after {@link #close} */
    <R> R onDevice(Supplier<R> work) {
        requireOpen();
        use.readLock().lock();
        try {
            requireOpen();
            return device.call(backend -> work.get());
        } finally {
            use.readLock().unlock();
        }
    }

    private void requireOpen() {
        Inference.requireOpen(!closed.get(), origin.configuration().model());
    }

    private static Dataset one(float[] row) {
        return Dataset.of(Require.given(row, "model", "row", "[features]").length, row);
    }

    private static float[][] given(float[][] rows, String name) {
        return Require.given(rows, "model", name, ROWS);
    }

    private static Examples given(Examples examples) {
        return Require.given(examples, "model", "examples", "rows to work on");
    }

    // ---- codes ------------------------------------------------------------------------------------------------------------------------

    /** Returns h, or the mean of q(z|x), of a row: [latent]. Inputs are not corrupted. */
    public float[] encode(float[] row) {
        return encode(one(row))[0];
    }

    /** Returns h, or the mean of q(z|x), of every row: [rows][latent]. */
    public float[][] encode(float[][] rows) {
        return given(rows, "rows").length == 0 ? rows : encode(Dataset.of(rows));
    }

    /** Returns h, or the mean of q(z|x), of a row: [latent]. Inputs are not corrupted. */
    public float[] encode(double[] row) {
        return encode(new double[][] {row})[0];
    }

    /** Returns h, or the mean of q(z|x), of every row: [rows][latent]. */
    public float[][] encode(double[][] rows) {
        return Require.given(rows, "model", "rows", ROWS).length == 0 ? new float[0][] : encode(Dataset.of(rows));
    }

    /** Returns h, or the mean of q(z|x), of every row: [rows][latent]; a model conditioned on labels needs labelled rows. */
    public float[][] encode(Dataset rows) {
        return encode(Examples.of(rows));
    }

    /** Returns h, or the mean of q(z|x), of every example: [rows][latent]. */
    public float[][] encode(Examples examples) {
        return onDevice(() -> inference.encode(given(examples)));
    }

    /** Returns one sample of q(z|x) for every row, the same for the same seed and row: [rows][latent]; h for a deterministic code. */
    public float[][] encodeSample(Dataset rows, long seed) {
        return encodeSample(Examples.of(rows), seed);
    }

    /** Returns one sample of q(z|x, c) for every example, the same for the same seed and example: [rows][latent]; h for a deterministic code. */
    public float[][] encodeSample(Examples examples, long seed) {
        return onDevice(() -> inference.encodeSample(given(examples), seed));
    }

    // ---- data -------------------------------------------------------------------------------------------------------------------------

    /** Returns the mean of p(x|z) at the mean code of a row: [features]. */
    public float[] reconstruct(float[] row) {
        return reconstruct(one(row))[0];
    }

    /** Returns the mean of p(x|z) at the mean code of every row: [rows][features]. */
    public float[][] reconstruct(float[][] rows) {
        return given(rows, "rows").length == 0 ? rows : reconstruct(Dataset.of(rows));
    }

    /** Returns the mean of p(x|z) at the mean code of a row: [features], with all the digits that columns such as 1000000.012 need. */
    public double[] reconstruct(double[] row) {
        return reconstruct(new double[][] {row})[0];
    }

    /** Returns the mean of p(x|z) at the mean code of every row: [rows][features]; see {@link #reconstruct(double[])}. */
    public double[][] reconstruct(double[][] rows) {
        return Require.given(rows, "model", "rows", ROWS).length == 0 ? rows
                : onDevice(() -> inference.reconstructDouble(Examples.of(Dataset.of(rows))));
    }

    /** Returns what {@link #reconstruct(Examples)} does, with all the digits that columns such as 1000000.012 need: [rows][features]. */
    public double[][] reconstructDouble(Examples examples) {
        return onDevice(() -> inference.reconstructDouble(given(examples)));
    }

    /** Returns the mean of p(x|z) at the mean code of every row: [rows][features]. */
    public float[][] reconstruct(Dataset rows) {
        return reconstruct(Examples.of(rows));
    }

    /** Returns the mean of p(x|z, c) at the mean code of every example: [rows][features]. */
    public float[][] reconstruct(Examples examples) {
        return onDevice(() -> inference.reconstruct(given(examples)));
    }

    /** Returns the mean of p(x|z) of a code: [features]. */
    public float[] decode(float[] code) {
        return decode(new float[][] {Require.given(code, "model", "code", "[latent]")})[0];
    }

    /** Returns the mean of p(x|z) of every code: [codes][features]. */
    public float[][] decode(float[][] codes) {
        return given(codes, "codes").length == 0 ? codes : onDevice(() -> inference.decode(codes, null));
    }

    /** Returns the mean of p(x|z) of every code: [codes][features], with all the digits that columns such as 1000000.012 need. */
    public double[][] decodeDouble(float[][] codes) {
        return decodeDouble(codes, null);
    }

    /** The same under the condition of each code, [codes][conditions]; null for an unconditional model. */
    public double[][] decodeDouble(float[][] codes, double[][] conditions) {
        return given(codes, "codes").length == 0 ? new double[0][] : onDevice(() -> inference.decodeDouble(codes, conditions));
    }

    /** Returns the mean of p(x|z, c) of every code under its condition [codes][conditions], null for an unconditional model: [codes][features]. */
    public float[][] decode(float[][] codes, float[][] conditions) {
        return given(codes, "codes").length == 0 ? codes : onDevice(() -> inference.decode(codes, conditions));
    }

    /** Returns walks through the space of codes: along a dimension, from one code to another, over a grid. */
    public Latents latents() {
        return new Latents((codes, conditions) -> decode(codes, conditions), latent());
    }

    /** Returns the mean of p(x|z, c) of every code for a class by its name: [codes][features]. */
    public float[][] decode(float[][] codes, String className) {
        float[][] conditions = conditions(className, given(codes, "codes").length);
        return onDevice(() -> inference.decode(codes, conditions));
    }

    /** Returns {@code count} new examples, the mean of p(x|z) for z drawn from the prior, seed 0: [count][features]. */
    public float[][] sample(int count) {
        return sample(count, 0);
    }

    /** Returns {@code count} new examples, the same for the same seed: [count][features]. @throws IllegalStateException for a deterministic code, which has no prior */
    public float[][] sample(int count, long seed) {
        requireCount(count);
        return onDevice(() -> inference.sample(count, seed, null));
    }

    /** Returns what {@link #sample(int, long)} does, with all the digits that columns such as 1000000.012 need: [count][features]. */
    public double[][] sampleDouble(int count, long seed) {
        requireCount(count);
        return onDevice(() -> inference.sampleDouble(count, seed, null));
    }

    /** Returns what {@link #sample(float[][], long)} does, with all the digits that columns such as 1000000.012 need: [conditions.length][features]. */
    public double[][] sampleDouble(double[][] conditions, long seed) {
        requireCount(Require.given(conditions, "model", "conditions", ROWS).length);
        return onDevice(() -> inference.sampleDouble(conditions.length, seed, conditions));
    }

    /** Returns {@code count} new examples of a class by its name, seed 0: [count][features]. */
    public float[][] sample(int count, String className) {
        return sample(count, className, 0);
    }

    /** Returns {@code count} new examples of a class by its name, the same for the same seed: [count][features]. */
    public float[][] sample(int count, String className, long seed) {
        requireCount(count);
        float[][] conditions = conditions(className, count);
        return onDevice(() -> inference.sample(count, seed, conditions));
    }

    /** Returns a new example for each condition [rows][conditions], the same for the same seed: [rows][features]. */
    public float[][] sample(float[][] conditions, long seed) {
        requireCount(given(conditions, "conditions").length);
        return onDevice(() -> inference.sample(conditions.length, seed, conditions));
    }

    private void requireCount(int count) {
        Require.that(count >= 1, "sample", "nothing to draw", "count", count, "at least 1");
        inference.requireRoom("sample", count);
    }

    private float[][] conditions(String className, int count) {
        Require.that(origin.configuration().model().condition() == ConditionKind.LABELS, "condition",
                "the model is not conditioned on labels",
                "class", className,
                "a model conditioned on labels, or no class");
        int code = classNames().indexOf(className);
        Require.that(code >= 0, "condition", "unknown class", "class", className, "one of " + classNames());
        float[][] conditions = new float[count][classNames().size()];
        for (float[] condition : conditions) {
            condition[code] = 1;
        }
        return conditions;
    }

    // ---- scores -----------------------------------------------------------------------------------------------------------------------

    /** Returns how unusual a row is, by the usual score of the model: higher is more anomalous. */
    public double score(float[] row) {
        return scorer().score(row);
    }

    /** Returns how unusual a row is, by the usual score of the model: higher is more anomalous. */
    public double score(double[] row) {
        return scorer().score(row);
    }

    /** Returns how unusual every row is. */
    public double[] score(float[][] rows) {
        return scorer().score(rows);
    }

    /** Returns how unusual every row is. */
    public double[] score(double[][] rows) {
        return scorer().score(rows);
    }

    /** Returns how unusual every row is. */
    public double[] score(Dataset rows) {
        return scorer().score(rows);
    }

    /** Returns how unusual every example is. */
    public double[] score(Examples examples) {
        return scorer().score(examples);
    }

    /** Returns the scorer of the model, with the held-out scores it keeps: the same each time. */
    public Scorer scorer() {
        Scorer made = scorer;
        if (made == null) {
            HeldOutScores kept = origin.heldOut().get();
            ScoreSettings settings = kept == null ? ScoreSettings.of(model.specification()) : kept.settings();
            made = new Scorer(this, model, inference, settings, kept);
            scorer = made;
        }
        return made;
    }

    /**
     * Returns the mean of every term of the objective on other data, nats per example, by name: {@code loss}, {@code reconstruction}, {@code kl}, ...; the KL
     * with its full weight. One call at a time works, others wait. Values that the likelihood gives no probability to, and those that make the loss
     * infinite, go to the logger of this class as a warning.
     */
    public Map<String, Double> evaluate(Dataset rows) {
        return evaluate(Examples.of(rows));
    }

    /** The same for examples with real-valued conditions. */
    public Map<String, Double> evaluate(Examples examples) {
        requireOpen();
        Examples accepted = accepted(examples, this::warn);
        Map<String, Double> terms = withModel(own -> terms(own, accepted));
        tellIfInfinite(terms.values(), accepted, this::warn);
        return terms;
    }

    private void warn(String line) {
        LOG.log(System.Logger.Level.WARNING, line);
    }

    private Examples accepted(Examples examples, Consumer<String> told) {
        Examples accepted = schema().accept(given(examples), origin.configuration().model().condition());
        schema().outsideTheSupport(accepted, origin.configuration().model()).ifPresent(told);
        return accepted;
    }

    private void tellIfInfinite(Collection<Double> terms, Examples accepted, Consumer<String> told) {
        if (!terms.stream().allMatch(Double::isFinite)) {
            told.accept(schema().farthest(accepted));
        }
    }

    private Map<String, Double> terms(Model own, Examples accepted) {
        try (LossTerms terms = new LossTerms(own, accepted, origin.configuration().training().batch(),
                own.specification().importanceSamples())) {
            return Training.named(LossTerms.withoutNaN(terms.evaluate(Trainer.validationSeed(origin.configuration().training().seed()),
                    own.specification().prior().weight().beta())));
        }
    }

    /**
     * Returns what is to be measured of the model on examples: the terms of the objective and, as {@code wanted} says, log p(x), the ELBO taken apart and the
     * Jacobian of the encoder. One call at a time works, others wait.
     *
     * @param seed of all samples
     * @param announcer gives what the progress of each part is told to
     * @throws IllegalArgumentException when the model does not have what is asked
     */
    public Estimates estimate(Examples examples, Estimates.Wanted wanted, long seed, Estimates.Announcer announcer) {
        return estimate(examples, wanted, seed, announcer, this::warn);
    }

    /** The same; {@code told} gets the lines that otherwise go to the logger of this class, as those of {@link #evaluate(Dataset)} do. */
    public Estimates estimate(Examples examples, Estimates.Wanted wanted, long seed, Estimates.Announcer announcer, Consumer<String> told) {
        requireOpen();
        Examples accepted = accepted(examples, told);
        Estimates estimates = withModel(
                own -> Estimates.of(own, accepted, wanted, origin.configuration().training().batch(), seed, announcer));
        tellIfInfinite(estimates.terms().values(), accepted, told);
        return estimates;
    }

    /**
     * Runs work on the model itself, where its device may be used: the way to what this class has no method for. The parameters must not change. One call at a
     * time works, others wait.
     */
    public <R> R withModel(Function<Model, R> work) {
        if (device.isOwner()) {
            return work.apply(model);
        }
        synchronized (exclusive) {
            return onDevice(() -> work.apply(model));
        }
    }

    /**
     * Writes {@code encoder.onnx} and {@code decoder.onnx}, which take and give numbers in the units of the data, into a folder.
     *
     * @param overwrite whether an export that the folder already holds may be replaced
     * @throws dev.hourglass.io.FormatException when the folder is taken
     */
    public void exportOnnx(Path folder, boolean overwrite) {
        withModel(own -> {
            OnnxExport.write(ModelGraphs.encoder(own), ModelGraphs.decoder(own), folder, overwrite);
            return null;
        });
    }

    // ---- what it is -------------------------------------------------------------------------------------------------------------------

    /** Returns what every epoch of its training brought. */
    public List<EpochResult> history() {
        return origin.run().get().history().stream().map(Training::result).toList();
    }

    /** Returns the epoch of its training whose parameters it has: the best one, or that which was asked for. */
    public int epoch() {
        return origin.epoch().getAsInt();
    }

    /** Returns the number of its parameters. */
    public int parameters() {
        return model.parameters().values().size();
    }

    /** Returns where it comes from as JSON: seed, hashes of the data, version, Java, machine and device of its training. */
    public String provenance() {
        return origin.run().get().provenance().toJson();
    }

    /** Returns the columns of x. */
    public int features() {
        return schema().features();
    }

    /** Returns the latent dimensions. */
    public int latent() {
        return model.specification().code().latent();
    }

    /** Returns the names of the features, x1, x2, ... when they have none. */
    public List<String> featureNames() {
        return schema().featureNames();
    }

    /** Returns the names of the classes of a model conditioned on labels, empty otherwise. */
    public List<String> classNames() {
        return schema().classNames();
    }

    private Schema schema() {
        return model.schema();
    }

    /** Returns the model, its layers and its device in one line. */
    @Override
    public String toString() {
        return closed.get() ? "Autoencoder[" + origin.configuration().model().preset() + ", closed]" : model.toString();
    }

    /**
     * Gives the device back once the calls that are running have ended. Later ones are refused, and closing twice does nothing.
     *
     * @throws IllegalStateException from within one of its calls, which would wait for itself
     */
    @Override
    public void close() {
        Require.state(use.getReadHoldCount() == 0 && !device.isOwner(), "model", "it cannot be closed from within one of its own calls",
                "model",
                origin.configuration().model().preset(), "close after the call");
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        use.writeLock().lock();
        try {
            device.call(backend -> {
                inference.close();
                model.close();
                return null;
            });
            device.close();
        } finally {
            use.writeLock().unlock();
        }
    }
}
