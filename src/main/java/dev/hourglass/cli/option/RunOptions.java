package dev.hourglass.cli.option;

import dev.hourglass.Autoencoder;
import dev.hourglass.cli.output.Notes;
import dev.hourglass.cli.output.UsageException;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Examples;
import dev.hourglass.data.csv.Csv;
import dev.hourglass.data.spec.DataSpec;
import dev.hourglass.message.Label;
import dev.hourglass.model.Schema;
import dev.hourglass.train.Configuration;
import dev.hourglass.train.DataDescription;
import dev.hourglass.train.SavedRun;
import dev.hourglass.train.TrainingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which trained model a command uses, and on what. */
public final class RunOptions {
    @Option(names = "--run", paramLabel = "DIR", required = true, order = 1, description = "the run folder")
    public Path run;
    @Option(names = "--epoch", paramLabel = "E", defaultValue = "best", order = 2,
            description = "the model of the best or the last epoch (best)")
    public SavedRun.Kept kept;
    @ArgGroup(validate = false, order = 90, heading = "%nDevice:%n")
    DeviceOptions device = new DeviceOptions();

    private SavedRun saved;

    /** Opens the run, once. */
    public SavedRun open() {
        if (saved == null) {
            saved = SavedRun.open(run);
        }
        return saved;
    }

    /** Does something with the model and closes it. */
    public <R> R use(Function<Autoencoder, R> work) {
        try (Autoencoder model = Autoencoder.open(open(), kept, device.possible(open().configuration().device()))) {
            return work.apply(model);
        }
    }

    /** Which rows of the data. */
    public enum Part {
        /** What training learned from. */
        TRAIN,
        /** What was held out, or all there is. */
        VALIDATION
    }

    /** Which data a command reads. */
    public static final class DataChoice {
        @Option(names = "--data", paramLabel = "SPEC", order = 10, description = "the data (those of the run)")
        public String data;
        @Option(names = "--part", paramLabel = "P", defaultValue = "validation", order = 11,
                description = "train or validation, where there are both (validation)")
        public Part part;
        @Option(names = "--columns", paramLabel = "C,C", order = 12, description = "columns to use (as in training)")
        String columns;
        @Option(names = "--label-column", paramLabel = "C", order = 13,
                description = "the csv column of labels, none when there is none (as in training)")
        String labelColumn;
        @Option(names = "--header", paramLabel = "H", order = 14,
                description = "whether the first line of a csv file names the columns: auto, yes or no (as in training)")
        String header;

        /** Returns the choice of other data of the same layout, or of what the run held out when there is no SPEC. */
        public DataChoice of(String spec) {
            DataChoice other = new DataChoice();
            other.data = spec;
            other.part = Part.VALIDATION;
            other.columns = spec == null ? null : columns;
            other.labelColumn = spec == null ? null : labelColumn;
            other.header = spec == null ? null : header;
            return other;
        }
    }

    /**
     * Refuses to write a result over what is read, over the data of the run, or over its files.
     *
     * @param option that names the result
     * @param out the result; null is stdout
     * @param read what else is read, as a user writes it; null for nothing
     */
    public void requireApart(String option, Path out, String... read) {
        requireApart(open(), option, out, read);
    }

    /** The same of a run that was opened otherwise. */
    public static void requireApart(SavedRun run, String option, Path out, String... read) {
        if (out == null) {
            return;
        }
        DataDescription words = run.configuration().data();
        for (String spec : Stream.concat(Arrays.stream(read), Stream.of(words.train(), words.validation())).filter(Objects::nonNull)
                .toList()) {
            if (isSameFile(out, spec.replaceFirst("#[^#]*$", ""))) {
                throw new UsageException(option + " " + out + ": the data are read from this file, expected another; name one");
            }
        }
        for (Path own : run.files()) {
            if (isSameFile(out, own.toString())) {
                throw new UsageException(option + " " + out + ": it is a file of the run, expected another; name one");
            }
        }
    }

    private static boolean isSameFile(Path out, String file) {
        try {
            return Files.isRegularFile(out) && Files.exists(Path.of(file)) && Files.isSameFile(out, Path.of(file));
        } catch (IOException | InvalidPathException unknown) {
            return false;
        }
    }

    /** Returns the columns and labels to read of the data. */
    public DataDescription described(DataChoice choice) {
        DataDescription words = open().configuration().data();
        String label = choice.labelColumn == null ? words.labelColumn() : choice.labelColumn.equals("none") ? null : choice.labelColumn;
        List<String> columns = choice.columns == null ? words.columns() : OptionText.names(choice.columns);
        List<String> conditions = words.conditionColumns();
        Schema schema = open().configuration().schema();
        if (choice.columns == null && goesByName(choice, schema)) {
            columns = schema.columnNames().stream().map(DataOptions::named).toList();
            conditions = schema.condition().columnNames().isEmpty() ? conditions
                    : schema.condition().columnNames().stream().map(DataOptions::named).toList();
        }
        label = isNeeded(label, choice) ? label : null;
        return words.withColumns(columns, conditions, label)
                .withHeader(choice.header == null ? words.header() : DataOptions.Header.parse(choice.header));
    }

    /** Whether the labels are wanted: a model that is not conditioned on them takes new rows without the column. */
    private boolean isNeeded(String label, DataChoice choice) {
        Configuration configuration = open().configuration();
        boolean conditioned = configuration.model().condition() == ConditionKind.LABELS;
        return conditioned || choice.labelColumn != null || label == null || !label.matches("=?[^0-9=].*")
                || !goesByName(choice, configuration.schema())
                || Csv.firstLine(Path.of(choice.data)).contains(label.replaceFirst("^=", ""));
    }

    /** Whether the first line of the file names a column of the model: then columns are found by their names, whatever their order. */
    private static boolean goesByName(DataChoice choice, Schema schema) {
        return choice.data != null && DataSpec.isCsv(choice.data)
                && !Collections.disjoint(schema.columnNames(), Csv.firstLine(Path.of(choice.data)));
    }

    /** Reads data for the model: same columns, imputation and label numbers as in training. */
    public Examples read(DataChoice choice) {
        Configuration configuration = open().configuration();
        DataDescription words = described(choice);
        ConditionKind condition = configuration.model().condition();
        boolean held = choice.part == Part.VALIDATION;
        Examples examples;
        if (choice.data == null) {
            TrainingData data = open().requireSameData(words.read(condition, configuration.training().seed()));
            examples = held ? data.shown() : data.training();
        } else {
            examples = words.readPart(choice.data, held);
            words.requireFileColumns(choice.data, choice.columns == null ? configuration.schema().fileColumns() : null);
        }
        Notes.tell(examples);
        return configuration.schema().accept(examples, condition, "; choose them with --columns");
    }

    /** Returns {@code count} conditions of one class, by its name; null for a model without a condition. */
    public double[][] conditions(String className, int count) {
        Configuration configuration = open().configuration();
        Schema schema = configuration.schema();
        ConditionKind kind = configuration.model().condition();
        if (kind != ConditionKind.LABELS) {
            if (className != null) {
                throw new UsageException(
                        "--class " + className + ": the model's condition is " + Label.of(kind) + ", expected labels; leave it out");
            }
            return null;
        }
        int code = className == null ? -1 : schema.classNames().indexOf(className);
        if (code < 0) {
            throw new UsageException("--class " + (className == null ? "is missing" : className + ": unknown class") + ", expected one of "
                    + String.join(", ", schema.classNames()));
        }
        List<double[]> conditions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double[] condition = new double[schema.conditions()];
            condition[code] = 1;
            conditions.add(condition);
        }
        return conditions.toArray(double[][]::new);
    }
}
