package dev.hourglass.export;

import dev.hourglass.io.AtomicFolders;
import dev.hourglass.io.FormatException;
import dev.hourglass.io.onnx.OnnxGraph;
import dev.hourglass.model.Autoencoder;
import dev.hourglass.model.Specification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes a model as two ONNX files, {@code encoder.onnx} and {@code decoder.onnx}, that take and give values in the units of the data. What goes
 * in and comes out of each is in its graph: {@code x}, {@code c} to {@code code} and its variance, {@code z}, {@code c} to {@code mean}.
 * The metadata name the preset, the likelihood, the features and the classes, one a line.
 */
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
    public static void write(Autoencoder model, Path folder, boolean overwrite) {
        requireFree(folder, overwrite);
        try {
            Files.createDirectories(folder.toAbsolutePath().normalize().getParent());
        } catch (IOException failure) {
            throw new UncheckedIOException(folder + ": cannot be made: " + failure + "; name another folder", failure);
        }
        AtomicFolders.replace(folder, fresh -> {
            described(EncoderGraph.of(model), model).write(fresh.resolve(ENCODER));
            described(DecoderGraph.of(model), model).write(fresh.resolve(DECODER));
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
        List<String> others = entries.stream().map(path -> path.getFileName().toString()).filter(name -> !name.equals(ENCODER) && !name.equals(DECODER)).toList();
        if (!others.isEmpty()) {
            throw new FormatException(folder, "the folder holds other files, such as " + others.get(0), "a new folder", "name another");
        }
        if (!entries.isEmpty() && !overwrite) {
            throw new FormatException(folder, "the folder already holds an export", "a new folder", "name another, or allow it to be overwritten");
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

    private static OnnxGraph described(OnnxGraph graph, Autoencoder model) {
        Specification specification = model.specification();
        graph.metadata("hourglass.preset", specification.preset());
        graph.metadata("hourglass.likelihood", Specification.label(specification.likelihood().kind()));
        graph.metadata("hourglass.code", Specification.label(specification.code().kind()));
        if (!model.domain().columnNames().isEmpty()) {
            graph.metadata("hourglass.features", String.join("\n", model.domain().columnNames()));
        }
        if (!model.domain().classNames().isEmpty()) {
            graph.metadata("hourglass.classes", String.join("\n", model.domain().classNames()));
        }
        return graph;
    }
}
