package dev.hourglass.data.spec;

import dev.hourglass.data.Columns;
import dev.hourglass.data.DataException;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.DataPair;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Imputation;
import dev.hourglass.data.array.Idx;
import dev.hourglass.data.array.Npy;
import dev.hourglass.data.array.Npz;
import dev.hourglass.data.csv.Csv;
import dev.hourglass.data.digits.SyntheticDigits;
import dev.hourglass.data.file.Input;
import dev.hourglass.data.picture.Images;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The SPEC of the command line, one word that names data:
 * <ul>
 * <li>{@code digits}, {@code digits:N}: the built-in {@link SyntheticDigits}, 30000 (N) for training and a tenth of that for validation; {@code digits} alone is
 *     refused where there is a file or folder of that name;
 * <li>{@code mnist:DIR}, {@code fashion:DIR}: the four usual idx files, plain or .gz; t10k is the validation part; label files may be absent.
 *     Names are train-images-idx3-ubyte or, as some unpackers write them, train-images.idx3-ubyte;
 * <li>{@code binarized:DIR}: train-images and valid-images (or test-images) idx files of fixed binarised MNIST, pixels 0 and 1, no labels;
 * <li>a folder with such idx files, read the same way, or a folder of pictures, see {@link Images};
 * <li>a file: idx, npy, npz (with {@code #member}) or csv, recognised by its name or else its first bytes; idx, npy and csv may be gzip.
 *     An idx file NAME-images-idx3-ubyte takes its labels from NAME-labels-idx1-ubyte beside it if that is there.
 * </ul>
 */
public final class DataSpec {
    private static final String IMAGES = "-images-idx3-ubyte";
    private static final String LABELS = "-labels-idx1-ubyte";
    private static final int DIGITS = 30_000;
    private static final long DIGITS_TRAIN_SEED = 1;
    private static final long DIGITS_VALIDATION_SEED = 2;
    private static final List<String> FASHION_CLASSES = List.of("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
            "Sneaker", "Bag",
            "Ankle boot");

    private DataSpec() {
    }

    /**
     * Reads what the SPEC names: limits rows, picks columns, imputes (fitted on the training part) and numbers the validation labels as the training ones.
     *
     * @throws DataException if there is nothing of that name, or it cannot be used
     */
    public static DataPair read(String spec, DataOptions options) {
        DataPair raw = readWithinMemory(spec, options);
        Imputation imputation = options.imputation().fit(raw.train());
        Dataset train = imputation.apply(raw.train());
        if (!raw.hasValidation()) {
            return new DataPair(train, null, imputation);
        }
        Dataset validation = imputation.apply(raw.validation());
        boolean labelled = train.hasLabels() && validation.hasLabels();
        return new DataPair(train, labelled ? validation.withLabelsAligned(train.classNames()) : validation, imputation);
    }

    /** Returns whether the SPEC names one csv file, so that {@link Csv#readTable} gives the texts of the same rows. */
    public static boolean isCsv(String spec) {
        return Files.isRegularFile(path(spec)) && FileKind.of(path(spec)) == FileKind.CSV;
    }

    /** Returns how many columns the data have before any are chosen, that of the label included. */
    public static int width(String spec, DataOptions options) {
        return isCsv(spec) ? Csv.firstLine(path(spec)).size() : readWithinMemory(spec, options).train().columns();
    }

    /** @throws DataException for a name that is none here, most often one with an umlaut where the system's character set is ASCII */
    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException unusable) {
            boolean ascii = name.chars().allMatch(character -> character < 0x80);
            throw new DataException(
                    name + ": this name is no path here (" + unusable.getReason() + "); "
                            + (ascii ? "name another file" : Input.LOCALE_REMEDY),
                    unusable);
        }
    }

    private static DataPair readWithinMemory(String spec, DataOptions options) {
        try {
            return readAsIs(spec, options);
        } catch (OutOfMemoryError tooLarge) {
            throw new DataException(spec + ": the data do not fit into the " + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MiB that Java may use; allow more, such as JAVA_TOOL_OPTIONS=-Xmx16g, or use fewer rows", tooLarge);
        }
    }

    private static DataPair readAsIs(String spec, DataOptions options) {
        String[] parts = spec.split(":", 2);
        String argument = parts.length == 2 ? parts[1] : "";
        DataPair whole = switch (parts[0]) {
            case "digits" -> digits(spec, argument);
            case "mnist" -> idxFolder(spec, argument, "t10k");
            case "fashion" -> fashion(spec, argument);
            case "binarized" -> idxFolder(spec, argument, "valid", "test");
            default -> holdsIdxParts(spec) ? idxFolder(spec, spec, "t10k", "valid", "test") : null;
        };
        return whole == null ? new DataPair(readPath(spec, options), null)
                : new DataPair(chosen(whole.train(), options), chosen(whole.validation(), options));
    }

    private static Dataset readPath(String spec, DataOptions options) {
        int hash = spec.lastIndexOf('#');
        if (hash > 0 && !Files.exists(path(spec))) {
            return chosen(Npz.readAsIs(path(spec.substring(0, hash)), spec.substring(hash + 1)), options);
        }
        Path file = path(spec);
        return switch (FileKind.of(file)) {
            case CSV -> Csv.readAsIs(file, options);
            case PICTURES -> chosen(Images.read(file), options);
            case IDX -> chosen(idxFile(file), options);
            case NPY -> chosen(Npy.readAsIs(file), options);
            case NPZ -> chosen(Npz.readAsIs(file, null), options);
        };
    }

    /** Columns and rows as asked; the csv reader does that itself. */
    private static Dataset chosen(Dataset data, DataOptions options) {
        if (options.labelColumn() != null) {
            throw new DataException(
                    data.source() + ": label column '" + options.labelColumn() + "': only csv files have one; leave it out");
        }
        Dataset rows = data.head(options.maxRows());
        return options.columns().isEmpty() ? rows
                : rows.selectColumns(Columns.positions(options.columns(), rows.columnNames(), rows.columns(), rows.source()));
    }

    private static DataPair digits(String spec, String argument) {
        if (!argument.isEmpty() && !argument.matches("[1-9]\\d{0,7}") || argument.isEmpty() && spec.contains(":")) {
            throw new DataException(spec + ": expected digits or digits:N with N from 1 to 99999999");
        }
        if (argument.isEmpty() && Files.exists(Path.of(spec))) {
            throw new DataException("digits: there is a " + (Files.isDirectory(Path.of(spec)) ? "folder" : "file")
                    + " of that name here besides the built-in digits; write ./digits for it, or digits:" + DIGITS
                    + " for the built-in ones");
        }
        int count = argument.isEmpty() ? DIGITS : Integer.parseInt(argument);
        return new DataPair(SyntheticDigits.generate(count, DIGITS_TRAIN_SEED),
                SyntheticDigits.generate(Math.max(1, count / 10), DIGITS_VALIDATION_SEED));
    }

    private static DataPair fashion(String spec, String folder) {
        DataPair pair = idxFolder(spec, folder, "t10k");
        return new DataPair(named(pair.train()), named(pair.validation()));
    }

    private static Dataset named(Dataset data) {
        if (!data.hasLabels()) {
            return data;
        }
        int[] numbers = Arrays.stream(data.labels()).map(code -> Integer.parseInt(data.classNames().get(code))).toArray();
        return data.withLabels(numbers, FASHION_CLASSES);
    }

    private static DataPair idxFolder(String spec, String folder, String... validationParts) {
        Path directory = path(folder);
        if (folder.isEmpty() || !Files.isDirectory(directory)) {
            throw new DataException(spec + ": there is no folder '" + folder
                    + "'; give the folder with train-images-idx3-ubyte or train-images-idx3-ubyte.gz");
        }
        Dataset train = idxPart(directory, "train").orElseThrow(() -> absent(directory, "train"));
        for (String part : validationParts) {
            Optional<Dataset> validation = idxPart(directory, part);
            if (validation.isPresent()) {
                return new DataPair(train, validation.get());
            }
        }
        throw absent(directory, validationParts[0]);
    }

    private static boolean holdsIdxParts(String folder) {
        return Files.isDirectory(path(folder)) && present(path(folder), "train" + IMAGES).isPresent();
    }

    /** NAME-images-idx3-ubyte with its labels from NAME-labels-idx1-ubyte beside it; other idx files have none. */
    private static Dataset idxFile(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.gz$", "").replaceFirst("\\.(?=idx3-ubyte$)", "-");
        Optional<Path> labels = name.endsWith(IMAGES)
                ? present(file.resolveSibling(""), name.substring(0, name.length() - IMAGES.length()) + LABELS) : Optional.empty();
        return withLabels(file, labels);
    }

    private static Dataset withLabels(Path images, Optional<Path> labels) {
        return labels.isPresent() ? Idx.read(images, labels.get()) : Idx.readAsIs(images);
    }

    private static DataException absent(Path directory, String part) {
        String name = part + IMAGES;
        return new DataException(directory + ": there is no " + name + " or " + name + ".gz in the folder; put it there");
    }

    private static Optional<Dataset> idxPart(Path directory, String part) {
        return present(directory, part + IMAGES).map(images -> withLabels(images, present(directory, part + LABELS)));
    }

    /** The file of that name, or with a dot before idx, or one of them as .gz; the first that is there. */
    private static Optional<Path> present(Path directory, String name) {
        String dotted = name.replace("-idx", ".idx");
        return Stream.of(name, name + ".gz", dotted, dotted + ".gz").map(directory::resolve).filter(Files::isRegularFile).findFirst();
    }
}
