package dev.hourglass.train;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.DistantValues;
import dev.hourglass.data.Examples;
import dev.hourglass.inference.HeldOutScores;
import dev.hourglass.inference.Inference;
import dev.hourglass.inference.ScoreSettings;
import dev.hourglass.message.Require;
import dev.hourglass.model.DataDefaults;
import dev.hourglass.model.Model;
import dev.hourglass.model.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One training from its first step to the model of its best epoch: the same for the command line and for Java. */
public final class TrainingRun {
    /** Held-out rows that are scored at most; more say little more of a quantile. */
    private static final int MOST_HELD_OUT = 10_000;

    private final Configuration configuration;
    private final TrainingData data;
    private final RunFolder folder;
    private final List<Listener> listeners;

    /**
     * What a training will do.
     *
     * @param configuration with likelihood and schema
     * @param data in the precision that the schema needs
     * @param line what to tell of the likelihood, the scaling and why
     * @param notes what looks odd about the data, one line each
     */
    public record Prepared(Configuration configuration, TrainingData data, String line, List<String> notes) {
    }

    /**
     * Chooses what nobody chose by the data and learns their schema.
     *
     * @param chosen whether someone chose the likelihood
     * @throws IllegalArgumentException when the parts do not fit together
     * @throws dev.hourglass.data.DataException when the data do not suit the model
     */
    public static Prepared prepare(Configuration asked, boolean chosen, TrainingData data) {
        DataDefaults defaults = DataDefaults.of(asked.model(), chosen, data.description().scaling(), data.training().features());
        Schema schema = Schema.fit(defaults.specification(), data.training(), defaults.scaling())
                .withImputation(data.description().imputation(), data.description().conditionImputation())
                .withFileColumns(data.description().fileColumns());
        TrainingData accepted = data.accepted(defaults.specification(), schema);
        Configuration full = new Configuration(Configuration.FORMAT, defaults.specification(), asked.training(),
                data.description().withScaling(defaults.scaling()), asked.device(), schema);
        return new Prepared(full, data.suiting(schema), defaults.line(schema), notes(accepted, schema));
    }

    private static List<String> notes(TrainingData data, Schema schema) {
        List<Dataset> parts = Stream.of(data.training(), data.validation()).filter(Objects::nonNull).map(Examples::features).toList();
        Stream<String> distant = DistantValues
                .line(parts, (part, row) -> part == 0 ? data.numbers().training(row) : data.numbers().validation(row)).stream();
        return Stream.concat(distant, MergedValues.line(schema, data.training()).stream()).toList();
    }

    /** A training that writes to a folder, or to none when that is null; the folder stays open. */
    public TrainingRun(Configuration configuration, TrainingData data, RunFolder folder, List<Listener> listeners) {
        this.configuration = configuration;
        this.data = data.accepted(configuration.model(), configuration.schema());
        this.folder = folder;
        this.listeners = listeners;
    }

    /**
     * What a training left.
     *
     * @param run everything on the host
     * @param reason why it ended, in words
     * @param warning one line on what should be looked at, empty when all is well
     */
    public record Result(Run run, String reason, String warning) {
    }

    /** Keeps the best and the last epoch on the host. */
    private static final class Memory implements Listener {
        private final List<Metrics.Row> history;
        private Checkpoint best;
        private Checkpoint last;

        Memory(List<Metrics.Row> history) {
            this.history = new ArrayList<>(history);
        }

        @Override
        public void epoch(Trainer trainer, EpochReport report) {
            history.add(Metrics.row(report));
            last = Checkpoint.of(trainer);
            best = report.best() || best == null ? last : best;
        }
    }

    /**
     * Trains a model that lives on a device; afterwards it holds the parameters of the best epoch.
     *
     * @param resumed the run that goes on, null for a new one
     * @param prepared sees the trainer before its first step
     * @throws DivergedException when the loss or a parameter is no longer finite
     * @throws IllegalStateException when it was stopped before the end of its first epoch
     */
    public Result run(Model model, SavedRun resumed, Provenance provenance, Consumer<Trainer> prepared) {
        Memory memory = new Memory(resumed == null ? List.of() : folder.history());
        List<Listener> all = new ArrayList<>(List.of(memory));
        if (folder != null) {
            all.add(folder);
        }
        all.addAll(listeners);
        String reason;
        try (Trainer trainer = new Trainer(model, configuration.training(), data, all)) {
            if (resumed != null) {
                resumed.restore(trainer);
                trainer.leaveOut(memory.history.isEmpty() ? List.of() : Metrics.leftOut(memory.history.get(memory.history.size() - 1)));
                memory.best = resumed.checkpoint(SavedRun.Kept.BEST);
                memory.last = resumed.checkpoint(SavedRun.Kept.LAST);
            }
            prepared.accept(trainer);
            reason = trainer.run();
        }
        Require.state(memory.best != null, "training", reason + ", so there is no model yet", "epochs", 0, "at least one whole epoch");
        memory.best.apply(model, folder == null ? Path.of("memory") : folder.folder());
        HeldOutScores scores = scores(model);
        if (folder != null) {
            folder.keep(scores);
        }
        String warning = model.specification().likelihood().warning(model.parameters(), model.schema().featureNames());
        return new Result(new Run(configuration, provenance, memory.history, memory.best, memory.last, scores), reason, warning);
    }

    /** Scores of held-out rows by the model of the best epoch, of training rows where none were held out. */
    private HeldOutScores scores(Model model) {
        Examples rows = data.shown().head(MOST_HELD_OUT);
        ScoreSettings settings = ScoreSettings.of(model.specification());
        try (Inference inference = new Inference(model)) {
            String part = data.validation() == null ? " (training rows: none were held out)" : "";
            return HeldOutScores.of(settings, rows.features().describeSource() + part, inference.score(rows, settings));
        }
    }
}
