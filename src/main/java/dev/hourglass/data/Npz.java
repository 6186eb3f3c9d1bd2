package dev.hourglass.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * NumPy's archives of arrays. The rows are the member asked for, else the member X, else the first array with two or more dimensions. The labels are the member
 * whose name has y for the first letter x (X: y, x_train: y_train), else y, if it is there and holds one whole number per row.
 */
public final class Npz {
    private Npz() {
    }

    /** Reads X or the first matrix, with labels if there are any. @throws DataException if that is impossible, or values are missing */
    public static Dataset read(Path file) {
        return readAsIs(file, null).requireComplete();
    }

    /** Reads the named member, with or without .npy. @throws DataException if there is none, or values are missing */
    public static Dataset read(Path file, String member) {
        return readAsIs(file, member).requireComplete();
    }

    static Dataset readAsIs(Path file, String member) {
        Input.requireFile(file);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Map<String, ZipEntry> members = members(zip);
            String name = member == null ? choose(file, zip, members) : stem(member);
            if (!members.containsKey(name)) {
                throw new DataException(file + ": there is no member '" + name + "'; the members are " + String.join(", ", members.keySet()));
            }
            Dataset data = readMember(file, zip, name, members.get(name));
            return withLabels(file, zip, members, name, data);
        } catch (ZipException damaged) {
            throw new DataException(file + ": is no npz archive or a damaged one (" + damaged.getMessage() + "); copy or save it again", damaged);
        } catch (EOFException end) {
            throw new DataException(file + ": the file ends too early; it is truncated, copy or save it again", end);
        } catch (IOException failure) {
            throw new DataException(file + ": cannot be read: " + failure.getMessage(), failure);
        }
    }

    private static Map<String, ZipEntry> members(ZipFile zip) {
        Map<String, ZipEntry> members = new LinkedHashMap<>();
        zip.stream().filter(entry -> entry.getName().endsWith(".npy")).forEach(entry -> members.put(stem(entry.getName()), entry));
        return members;
    }

    private static String stem(String name) {
        return name.endsWith(".npy") ? name.substring(0, name.length() - ".npy".length()) : name;
    }

    private static String choose(Path file, ZipFile zip, Map<String, ZipEntry> members) throws IOException {
        if (members.containsKey("X")) {
            return "X";
        }
        for (Map.Entry<String, ZipEntry> member : members.entrySet()) {
            try (InputStream in = open(zip, member.getValue())) {
                if (Npy.readHeader(where(file, member.getKey()), in).shape().length >= 2) {
                    return member.getKey();
                }
            }
        }
        throw new DataException(file + ": there is no member X and no matrix among the members " + String.join(", ", members.keySet())
            + "; name one with " + file.getFileName() + "#MEMBER");
    }

    private static Dataset readMember(Path file, ZipFile zip, String name, ZipEntry entry) throws IOException {
        try (InputStream in = open(zip, entry)) {
            return Npy.readAsIs(where(file, name), in);
        }
    }

    private static InputStream open(ZipFile zip, ZipEntry entry) throws IOException {
        return new BufferedInputStream(zip.getInputStream(entry), 1 << 16);
    }

    private static String where(Path file, String member) {
        return file + "#" + member;
    }

    private static Dataset withLabels(Path file, ZipFile zip, Map<String, ZipEntry> members, String name, Dataset data) throws IOException {
        String twin = name.matches("[xX].*") ? "y" + name.substring(1) : "y";
        String label = members.containsKey(twin) ? twin : "y";
        if (!members.containsKey(label) || label.equals(name)) {
            return data;
        }
        Dataset column = readMember(file, zip, label, members.get(label));
        if (column.rows() != data.rows() || column.columns() != 1) {
            return data;
        }
        int[] labels = new int[column.rows()];
        for (int row = 0; row < labels.length; row++) {
            float value = column.value(row, 0);
            if (value != Math.rint(value) || Math.abs(value) > 1 << 24) {
                return data;
            }
            labels[row] = (int) value;
        }
        return data.withLabels(labels);
    }
}
