package dev.hourglass.io;

import dev.hourglass.message.Require;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes files so that nobody ever sees half of one: into a temporary file in the same folder, flushed to the disk, then moved over the
 * target in one step. When writing fails the target is untouched and the temporary file is gone. A target that exists and is no regular file
 * (a pipe, {@code /dev/stdout}) cannot be replaced and is written to directly; a symbolic link is followed.
 *
 * <p>Every method throws {@link UncheckedIOException} with a one-line message: what could not be written, why, what to do.
 */
public final class AtomicFiles {
    private static final AtomicLong COUNTER = new AtomicLong();

    private AtomicFiles() {
    }

    /** Writes the content of a file, from the start of the channel, in any number of steps. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything to the channel; the caller flushes and closes it. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /** Replaces the target by what {@code content} writes. An exception of {@code content} leaves the target as it was. */
    public static void write(Path target, Content content) {
        try {
            Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath().normalize();
            if (Files.isDirectory(real)) {
                throw new IOException("it is a folder; name a file");
            }
            if (Files.exists(real) && !Files.isRegularFile(real)) {
                try (FileChannel channel = FileChannel.open(real, StandardOpenOption.WRITE)) {
                    content.writeTo(channel);
                }
            } else {
                replace(real, content);
            }
        } catch (IOException failure) {
            throw failure("write", target, failure);
        }
    }

    /** Replaces the target by these bytes. */
    public static void write(Path target, byte[] bytes) {
        write(target, channel -> writeFully(channel, ByteBuffer.wrap(bytes)));
    }

    /** Replaces the target by this text in UTF-8. */
    public static void write(Path target, String text) {
        write(target, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Appends one line, flushed to the disk, as one write: a crash leaves at most one torn line at the end, and the next line then starts on a
     * line of its own instead of continuing the torn one. Creates the file when it is missing.
     *
     * @throws IllegalArgumentException if the line itself holds a line break
     */
    public static void appendLine(Path target, String line) {
        Require.that(line.indexOf('\n') < 0 && line.indexOf('\r') < 0, "append line", "the line holds a line break", "file", target,
                "a single line");
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            ByteBuffer last = ByteBuffer.allocate(1);
            boolean torn = size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n';
            channel.position(size);
            try {
                writeFully(channel, ByteBuffer.wrap(((torn ? "\n" : "") + line + "\n").getBytes(StandardCharsets.UTF_8)));
            } catch (IOException failure) {
                channel.truncate(size);
                throw failure;
            }
            channel.force(false);
        } catch (IOException failure) {
            throw failure("append to", target, failure);
        }
    }

    /** Writes all that remains in the buffer; {@link FileChannel#write} may write less. */
    public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void replace(Path target, Content content) throws IOException {
        Path temporary = besides(target, "tmp-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet());
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        flushFolder(target.getParent());
    }

    /** {@code .NAME.SUFFIX} in the folder of the target: same file system, so that a move is one step. */
    static Path besides(Path target, String suffix) {
        return target.resolveSibling("." + target.getFileName() + "." + suffix);
    }

    /** Makes the move itself survive a power cut; Windows does not open folders and needs no such thing. */
    static void flushFolder(Path folder) throws IOException {
        if (!System.getProperty("os.name").startsWith("Windows")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** One line for any failure: {@code cannot <verb> <file>: <reason>}. */
    static UncheckedIOException failure(String verb, Path file, IOException cause) {
        String reason;
        if (cause instanceof NoSuchFileException) {
            Path folder = file.toAbsolutePath().getParent();
            reason = folder != null && !Files.isDirectory(folder) ? "the folder " + folder + " does not exist; create it or name another"
                    : "no such file; check the name";
        } else if (cause instanceof AccessDeniedException) {
            reason = "permission denied; check the rights of the file and its folder";
        } else if (cause instanceof FileAlreadyExistsException) {
            reason = "it exists already; remove it or name another";
        } else if (cause.getMessage() != null && cause.getMessage().contains("No space left")) {
            reason = "the disk is full; free some space or name another folder (nothing was replaced)";
        } else {
            reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        }
        return new UncheckedIOException(FormatException.oneLine("cannot " + verb + " " + file + ": " + reason), cause);
    }
}
