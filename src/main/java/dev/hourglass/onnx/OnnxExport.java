package dev.hourglass.onnx;

import dev.hourglass.io.AtomicFolders;
import dev.hourglass.io.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes the graphs of a model as two files in a folder, {@code encoder.onnx} and {@code decoder.onnx}. */
public final class OnnxExport {
    /** The file of the encoder. */
    public static final String ENCODER = "encoder.onnx";
    /** The file of the decoder. */
    public static final String DECODER = "decoder.onnx";

    private OnnxExport() {
    }

    /**
     * Writes both files into a folder, which appears complete or not at all.
     *
     * @param overwrite whether a folder that holds an export may be replaced; any other folder that is not empty is never touched
     * @throws FormatException when the folder is taken
     * @throws UncheckedIOException in one line when it cannot be written
     * @throws IllegalArgumentException when a network is larger than a file of this format may be, 2 GiB
     */
    public static void write(OnnxGraph encoder, OnnxGraph decoder, Path folder, boolean overwrite) {
        requireFree(folder, overwrite);
        try {
            Files.createDirectories(folder.toAbsolutePath().normalize().getParent());
        } catch (IOException failure) {
            throw new UncheckedIOException(folder + ": cannot be made: " + failure + "; name another folder", failure);
        }
        AtomicFolders.replace(folder, fresh -> {
            encoder.write(fresh.resolve(ENCODER));
            decoder.write(fresh.resolve(DECODER));
        });
    }

    /**
     * Refuses a folder that may not be written to.
     *
     * @throws FormatException in one line: what is in the way
     */
    public static void requireFree(Path folder, boolean overwrite) {
        if (folder.toAbsolutePath().normalize().getParent() == null) {
            throw new FormatException(folder, "the root of a file system", "a new folder", "name another");
        }
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new FormatException(folder, "this is a file", "a folder", "name another");
        }
        List<Path> entries = entries(folder);
        List<String> others = entries.stream().map(path -> path.getFileName().toString())
                .filter(name -> !name.equals(ENCODER) && !name.equals(DECODER)).toList();
        if (!others.isEmpty()) {
            throw new FormatException(folder, "the folder holds other files, such as " + others.get(0), "a new folder", "name another");
        }
        if (!entries.isEmpty() && !overwrite) {
            throw new FormatException(folder, "the folder already holds an export", "a new folder",
                    "name another, or allow it to be overwritten");
        }
    }

    private static List<Path> entries(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(folder + ": cannot be listed: " + failure.getMessage() + "; name another folder", failure);
        }
    }
}
