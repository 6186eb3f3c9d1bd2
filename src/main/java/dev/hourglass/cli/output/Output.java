package dev.hourglass.cli.output;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.PictureShape;
import dev.hourglass.data.array.Npy;
import dev.hourglass.io.AtomicFiles;
import dev.hourglass.model.Schema;
import dev.hourglass.picture.Brightness;
import dev.hourglass.picture.PictureGrid;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Writes a table of numbers: csv, npy or, for pictures, a png grid, by the ending of the file; csv on stdout without a file. */
public final class Output {
    private static final int ACROSS = 10;
    private static final int MOST_PICTURES = 400;

    private Output() {
    }

    /** Refuses an ending that cannot be written, before any work is done. */
    public static void require(Path file, Schema picturesOf) {
        String kind = file == null ? "csv" : ending(file);
        if (!kind.equals("csv") && !kind.equals("npy") && !(kind.equals("png") && picturesOf != null)) {
            throw new UsageException(
                    "--out " + file + ": expected a file that ends in .csv, .npy" + (picturesOf == null ? "" : " or .png"));
        }
        if (kind.equals("png") && picturesOf.picture() == null) {
            throw new UsageException("--out " + file + ": the data are no pictures, expected a file that ends in .csv or .npy");
        }
    }

    /**
     * Writes rows.
     *
     * @param header names of the columns
     * @param rows floats, but for the wide columns of a schema
     * @param schema of the data whose features end the rows; null for other numbers
     * @param originals shown above each row of pictures, or null
     */
    public static void write(Path file, PrintStream out, List<String> header, double[][] rows, Schema schema, float[][] originals) {
        switch (file == null ? "csv" : ending(file)) {
            case "npy" -> AtomicFiles.writeNamed(file, fresh -> Npy.write(fresh, Dataset.of(rows)));
            case "png" -> grid(file, schema, floats(rows), originals);
            default -> lines(file, out, text -> csv(text, header, rows, schema));
        }
    }

    /** The same of floats alone. */
    public static void write(Path file, PrintStream out, List<String> header, float[][] rows) {
        write(file, out, header, doubles(rows), null, null);
    }

    public static float[][] floats(double[][] rows) {
        return Arrays.stream(rows).map(row -> {
            float[] floats = new float[row.length];
            for (int j = 0; j < row.length; j++) {
                floats[j] = (float) row[j];
            }
            return floats;
        }).toArray(float[][]::new);
    }

    static double[][] doubles(float[][] rows) {
        return Arrays.stream(rows).map(row -> IntStream.range(0, row.length).mapToDouble(j -> row[j]).toArray()).toArray(double[][]::new);
    }

    /** Writes lines to a file, which appears when all are there, or to stdout without a file. */
    public static void lines(Path file, PrintStream out, Consumer<PrintStream> content) {
        if (file == null) {
            PrintStream buffered = new PrintStream(new BufferedOutputStream(out, 1 << 16), false, StandardCharsets.UTF_8);
            content.accept(buffered);
            buffered.flush();
            return;
        }
        AtomicFiles.writeNamed(file, fresh -> {
            try (PrintStream text = new PrintStream(new BufferedOutputStream(Files.newOutputStream(fresh), 1 << 16), false,
                    StandardCharsets.UTF_8)) {
                content.accept(text);
                if (text.checkError()) {
                    throw new IOException("the disk is full or the file cannot be written; name another");
                }
            }
        });
    }

    /** Refuses a file that cannot be there, before any work is done; null is stdout. */
    public static void requirePlace(Path file) {
        Path folder = file == null ? null : file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new UsageException("cannot write " + file + ": the folder " + folder + " does not exist; create it or name another");
        }
        if (folder != null && (Files.isDirectory(file) || !Files.isWritable(Files.exists(file) ? file : folder))) {
            throw new UsageException("cannot write " + file + ": "
                    + (Files.isDirectory(file) ? "it is a folder; name a file" : "permission denied; name another"));
        }
    }

    /** Returns {@code prefix1}, {@code prefix2}, ... */
    public static List<String> numbered(String prefix, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> prefix + i).toList();
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Wide columns with the digits of doubles, all others with those of floats. */
    private static void csv(PrintStream out, List<String> header, double[][] rows, Schema schema) {
        boolean[] wide = new boolean[header.size()];
        for (int j = 0; schema != null && j < schema.features(); j++) {
            wide[header.size() - schema.features() + j] = schema.scaling().isWide(j);
        }
        out.print(String.join(",", header.stream().map(Output::quoted).toList()));
        out.print('\n');
        StringBuilder line = new StringBuilder();
        for (double[] row : rows) {
            line.setLength(0);
            for (int j = 0; j < row.length; j++) {
                line.append(line.length() == 0 ? "" : ",").append(wide[j] ? Double.toString(row[j]) : Float.toString((float) row[j]));
            }
            out.print(line.append('\n'));
        }
    }

    /** Returns a csv field, in quotes where it needs them. */
    public static String quoted(String name) {
        return name.matches("[^\",\\r\\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    private static void grid(Path file, Schema schema, float[][] rows, float[][] originals) {
        Brightness brightness = Brightness.of(schema.scaling());
        PictureShape picture = schema.picture();
        int count = Math.min(rows.length, MOST_PICTURES);
        float[] shown = brightness.apply(java.util.Arrays.copyOf(rows, count));
        PictureGrid grid = originals == null ? PictureGrid.of(picture.height(), picture.width(), ACROSS, shown)
                : PictureGrid.pairs(picture.height(), picture.width(), ACROSS, brightness.apply(java.util.Arrays.copyOf(originals, count)),
                        shown);
        grid.write(file);
    }

    /** Writes text to a file, or to stdout when it is {@code -}. */
    public static void text(String file, PrintStream out, String text) {
        if (file.equals("-")) {
            out.print(text);
            out.flush();
        } else {
            AtomicFiles.write(Path.of(file), text);
        }
    }
}
