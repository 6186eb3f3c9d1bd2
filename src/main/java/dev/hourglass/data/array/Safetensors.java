package dev.hourglass.data.array;

import dev.hourglass.io.AtomicFiles;
import dev.hourglass.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The safetensors format: 8 bytes little-endian header length, a JSON header {@code {"__metadata__":{..},"name":{"dtype":..,"shape":[..],
 * "data_offsets":[begin,end]}}}, then the elements, little-endian and row-major, without gaps. No code in it, so safe to load from anyone.
 *
 * <p>Source: <a href="https://github.com/huggingface/safetensors#format">the format's description</a>.
 */
public final class Safetensors {
    /** Elements travel through one buffer of this size, whatever the size of the tensor. */
    static final int BUFFER_BYTES = 1 << 20;

    private Safetensors() {
    }

    /**
     * Writes a file atomically: after a failure the old file, if any, is still there. The same content gives the same bytes: metadata is sorted
     * by key; tensors keep the given order except that those of wider types go first, so that each starts at a multiple of its element size.
     *
     * @param file     the target, replaced when it exists
     * @param metadata free texts, stored under {@code __metadata__}; may be empty
     * @param tensors  what to write
     * @throws IllegalArgumentException      if two tensors have the same name
     * @throws java.io.UncheckedIOException with one line if the file cannot be written
     */
    public static void write(Path file, Map<String, String> metadata, List<TensorEntry> tensors) {
        write(file, metadata, tensors, false);
    }

    /** Writes a file as {@link #write} does, with a checksum of all of it among the metadata: {@link #open} then finds any damage. */
    public static void writeWithChecksum(Path file, Map<String, String> metadata, List<TensorEntry> tensors) {
        Map<String, String> texts = new HashMap<>(metadata);
        texts.put(Checksum.KEY, Checksum.ZEROS);
        write(file, texts, tensors, true);
    }

    private static void write(Path file, Map<String, String> metadata, List<TensorEntry> tensors, boolean checked) {
        Set<String> names = new HashSet<>();
        for (TensorEntry tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("safetensors: two tensors are named '" + tensor.name() + "', expected distinct names");
            }
        }
        List<TensorEntry> ordered = new ArrayList<>(tensors);
        ordered.sort(Comparator.comparingInt(tensor -> -tensor.type().bytes()));
        byte[] header = SafetensorsHeader.encode(metadata, ordered);
        AtomicFiles.write(file, channel -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            if (checked) {
                // Tensors are read twice, so that the file is written from start to end, as a pipe must be.
                Checksum checksum = new Checksum(header);
                elements(ordered, buffer, checksum::update);
                Checksum.write(header, checksum.digits());
            }
            AtomicFiles.writeFully(channel, buffer.clear().putLong(header.length).flip());
            AtomicFiles.writeFully(channel, ByteBuffer.wrap(header));
            elements(ordered, buffer, piece -> AtomicFiles.writeFully(channel, piece));
        });
    }

    /** Takes the next bytes of the elements. */
    private interface Piece {
        void take(ByteBuffer bytes) throws IOException;
    }

    private static void elements(List<TensorEntry> tensors, ByteBuffer buffer, Piece taker) throws IOException {
        for (TensorEntry tensor : tensors) {
            elements(tensor, buffer, taker);
        }
    }

    private static void elements(TensorEntry tensor, ByteBuffer buffer, Piece taker) throws IOException {
        long bytes = tensor.bytes();
        for (long done = 0; done < bytes; done += BUFFER_BYTES) {
            int piece = (int) Math.min(BUFFER_BYTES, bytes - done);
            buffer.clear().limit(piece);
            tensor.source().fill(done / tensor.type().bytes(), buffer);
            taker.take(buffer.position(0).limit(piece));
        }
    }

    /**
     * Opens a file and checks all of its header, and all of its bytes when it holds a checksum; elements are read later, by name. Sizes are checked against
     * the bytes that are there before any are ordered: at most 64 bytes for each byte of the header, and a megabyte besides.
     *
     * @throws FormatException              with one line if the file is damaged or no safetensors file
     * @throws java.io.UncheckedIOException with one line if the file cannot be read
     */
    public static SafetensorsFile open(Path file) {
        return SafetensorsFile.open(file);
    }
}
