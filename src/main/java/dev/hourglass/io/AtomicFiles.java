package dev.hourglass.io;

import dev.hourglass.message.Require;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Writes files so that nobody ever sees half of one: into a temporary file in the same folder, flushed to the disk, then moved over the
 * target in one step. When writing fails the target is untouched and the temporary file is gone. A target that exists and is no regular file
 * (a pipe, {@code /dev/stdout}) cannot be replaced and is written to directly; a symbolic link is followed, and stays. A new file has the permissions of
 * the umask, one that was there keeps its own.
 *
 * <p>Every method throws {@link UncheckedIOException} with a one-line message: what could not be written, why, what to do.
 */
public final class AtomicFiles {
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final Pattern LEFT = Pattern.compile("\\..+\\.tmp-\\d+-\\d+");

    private AtomicFiles() {
    }

    /** Writes the content of a file, from the start of the channel, in any number of steps. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything to the channel; the caller flushes and closes it. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /** Writes the content of a file under a name that it will not keep. */
    @FunctionalInterface
    public interface NamedContent {
        /** Makes the file, or writes to it where it is a pipe or a device. */
        void writeTo(Path file) throws IOException;
    }

    /** Replaces the target by what {@code content} writes. An exception of {@code content} leaves the target as it was. */
    public static void write(Path target, Content content) {
        writeNamed(target, file -> {
            StandardOpenOption made = Files.exists(file) ? StandardOpenOption.WRITE : StandardOpenOption.CREATE_NEW;
            try (FileChannel channel = FileChannel.open(file, made, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
            }
        });
    }

    /** The same for content that wants the name of a file: a temporary one beside the target, or that of a pipe or a device. */
    public static void writeNamed(Path target, NamedContent content) {
        try {
            Path real = Links.follow(target);
            if (Files.isDirectory(real)) {
                throw new IOException("it is a folder; name a file");
            }
            if (Files.exists(real) && !Files.isRegularFile(real)) {
                content.writeTo(real);
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

    private static void replace(Path target, NamedContent content) throws IOException {
        Path temporary = besides(target, "tmp-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet());
        try {
            content.writeTo(temporary);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Links.keepPermissions(target, temporary);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        flushFolder(target.getParent());
    }

    /** Deletes the temporary files that a process that was killed left in a folder; nobody else may write there now. */
    public static void deleteLeftovers(Path folder) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, path -> LEFT.matcher(path.getFileName().toString()).matches())) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw failure("tidy", folder, failure);
        }
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
    public static UncheckedIOException failure(String verb, Path file, IOException cause) {
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
