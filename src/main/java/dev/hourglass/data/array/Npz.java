package dev.hourglass.data.array;

import dev.hourglass.data.Columns;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.file.Input;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * NumPy's archives of arrays. The rows are the member asked for, else X, x_train, X_train or x, else the first array of numbers with two or more dimensions that
 * is not named y or y_... When there were several to choose from, a note says which was taken.
 *
 * <p>The labels are the member whose name has y for the first letter x (X: y, x_train: y_train), else y, if it is there: one whole number or text per row, or
 * rows of zeros with one 1. Labels of another kind do not stand in the way of the rows: a note says which member is not used and why.
 */
public final class Npz {
    private static final List<String> PREFERRED = List.of("X", "x_train", "X_train", "x");
    private static final int SHOWN_MEMBERS = 12;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final ZipFile zip;
    private final Map<String, ZipEntry> members = new LinkedHashMap<>();

    private Npz(Path file, ZipFile zip) throws ZipException {
        this.file = file;
        this.zip = zip;
        try {
            zip.stream().filter(entry -> entry.getName().endsWith(".npy")).forEach(entry -> members.put(stem(entry.getName()), entry));
        } catch (IllegalArgumentException noText) { // a name that is not UTF-8
            throw new ZipException("the name of a member is " + noText.getMessage());
        }
    }

    /** Reads the rows and their labels, see above. @throws DataException if that is impossible, or values are missing */
    public static Dataset read(Path file) {
        return readAsIs(file, null).requireComplete();
    }

    /** Reads the named member, with or without .npy, and its labels. @throws DataException if there is none, or values are missing */
    public static Dataset read(Path file, String member) {
        return readAsIs(file, member).requireComplete();
    }

    /** The same, with missing values as NaN; a null member is the rows, see above. */
    public static Dataset readAsIs(Path file, String member) {
        Input.requireFile(file);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Npz archive = new Npz(file, zip);
            return member == null ? archive.choose() : archive.rows(stem(member));
        } catch (ZipException damaged) {
            throw new DataException(file + ": is no npz archive or a damaged one (" + damaged.getMessage() + "); copy or save it again",
                    damaged);
        } catch (EOFException end) {
            throw new DataException(file + ": the file ends too early; it is truncated, copy or save it again", end);
        } catch (IOException failure) {
            throw Input.unreadable(file, failure);
        }
    }

    private static String stem(String name) {
        return name.endsWith(".npy") ? name.substring(0, name.length() - ".npy".length()) : name;
    }

    private Dataset choose() throws IOException {
        if (members.isEmpty()) {
            throw new DataException(file
                    + ": the archive has no member that ends in .npy, expected arrays as numpy.savez writes them; save a spreadsheet as csv");
        }
        List<String> matrices = matrices();
        String chosen = Stream.concat(PREFERRED.stream().filter(members::containsKey), matrices.stream()).findFirst()
                .orElseThrow(() -> new DataException(
                        file + ": there is no member X and no matrix among the members " + listed(List.copyOf(members.keySet()))
                                + "; name one with " + file.getFileName() + "#MEMBER"));
        Dataset data = rows(chosen);
        List<String> others = matrices.stream().filter(other -> !other.equals(chosen)).toList();
        return others.isEmpty() ? data : data.withNote(where(chosen) + ": this member is taken; there are also " + listed(others)
                + ", to be named as " + file.getFileName() + "#" + Columns.shortened(others.get(0)));
    }

    /** Names of the arrays that may be rows, in the order of the archive. */
    private List<String> matrices() throws IOException {
        List<String> matrices = new ArrayList<>();
        for (String name : members.keySet()) {
            if (!name.matches("[yY](_.*)?") && isMatrix(name)) {
                matrices.add(name);
            }
        }
        return matrices;
    }

    private boolean isMatrix(String name) throws IOException {
        try (InputStream in = open(name)) {
            NpyHeader header = Npy.readHeader(where(name), in);
            return header.shape().length >= 2 && header.hasNumbers();
        } catch (DataException otherwise) { // what is no array cannot be the rows; asked for by name, it is refused with its reason
            return false;
        }
    }

    private static String listed(List<String> names) {
        List<String> shown = names.stream().limit(SHOWN_MEMBERS).map(Columns::shortened).toList();
        return String.join(", ", shown) + (names.size() > shown.size() ? ", ..." : "");
    }

    private Dataset rows(String name) throws IOException {
        if (!members.containsKey(name)) {
            throw new DataException(file + ": there is no member '" + name + "'; the members are " + listed(List.copyOf(members.keySet())));
        }
        Dataset data = read(name, Npy::readAsIs);
        Optional<String> labels = labels(name);
        return labels.isEmpty() ? data : read(labels.get(), (where, in) -> NpyLabels.attach(data, where, in));
    }

    private interface Reading {
        Dataset read(String where, InputStream in) throws IOException;
    }

    /** Reads a whole member and checks its sum, which Java does not do for this kind of access. */
    private Dataset read(String name, Reading reading) throws IOException {
        CRC32 sum = new CRC32();
        try (InputStream in = new BufferedInputStream(new CheckedInputStream(zip.getInputStream(members.get(name)), sum), BUFFER_BYTES)) {
            Dataset data = reading.read(where(name), in);
            in.transferTo(OutputStream.nullOutputStream());
            if (sum.getValue() != members.get(name).getCrc()) {
                throw new ZipException("the checksum of " + Columns.shortened(name) + " does not fit");
            }
            return data;
        }
    }

    private Optional<String> labels(String name) {
        String rest = name.startsWith("x") || name.startsWith("X") ? name.substring(1) : "";
        return Stream.of("y" + rest, "Y" + rest, "y").filter(label -> members.containsKey(label) && !label.equals(name)).findFirst();
    }

    private InputStream open(String name) throws IOException {
        return new BufferedInputStream(zip.getInputStream(members.get(name)), BUFFER_BYTES);
    }

    private String where(String member) {
        return file + "#" + member;
    }
}
