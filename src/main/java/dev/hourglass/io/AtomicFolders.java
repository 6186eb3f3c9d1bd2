package dev.hourglass.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Replaces a whole folder at once, for things that are only meaningful together (a checkpoint: model, optimizer state, position).
 *
 * <p>The new folder is filled as {@code .NAME.new} beside the target. The file systems of Java cannot swap two folders in one step, so the old
 * one is moved to {@code .NAME.old}, the new one into place, the old one deleted. A crash between the two moves leaves {@code .NAME.old}
 * complete and no target; {@link #restore} puts it back when someone writes again, and readers look through {@link #current}. One writer at a time per
 * target, see {@link FolderLock}. Of a symbolic link the folder that it points to is replaced, beside itself; the link stays.
 */
public final class AtomicFolders {
    private AtomicFolders() {
    }

    /** Fills an empty folder with files. */
    @FunctionalInterface
    public interface Content {
        /** Writes every file below the given folder. */
        void writeInto(Path folder) throws IOException;
    }

    /**
     * Replaces the target folder by what {@code content} writes. An exception of {@code content} leaves the target as it was.
     *
     * @throws UncheckedIOException with one line if anything cannot be written
     */
    public static void replace(Path target, Content content) {
        Path absolute = follow("write", target);
        Path fresh = AtomicFiles.besides(absolute, "new");
        Path old = AtomicFiles.besides(absolute, "old");
        restore(absolute);
        try {
            delete(fresh);
            Files.createDirectory(fresh);
            try {
                content.writeInto(fresh);
                AtomicFiles.flushFolder(fresh);
                Links.keepPermissions(absolute, fresh);
                if (Files.exists(absolute)) {
                    Files.move(absolute, old, StandardCopyOption.ATOMIC_MOVE);
                }
                Files.move(fresh, absolute, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(fresh);
                restore(absolute);
            }
            AtomicFiles.flushFolder(absolute.getParent());
        } catch (IOException failure) {
            throw AtomicFiles.failure("write", target, failure);
        }
    }

    /**
     * Finishes what a crash interrupted: moves {@code .NAME.old} back if the target is missing, deletes it otherwise. Does nothing when there is
     * nothing to do.
     */
    public static void restore(Path target) {
        Path absolute = follow("restore", target);
        Path old = AtomicFiles.besides(absolute, "old");
        try {
            if (Files.exists(old) && !Files.exists(absolute)) {
                Files.move(old, absolute, StandardCopyOption.ATOMIC_MOVE);
            } else {
                delete(old);
            }
        } catch (IOException failure) {
            throw AtomicFiles.failure("restore", target, failure);
        }
    }

    /**
     * Returns where the content of a target is now: the target, or what a crash or a writer between its two moves left beside it. Changes nothing.
     */
    public static Path current(Path target) {
        if (Files.exists(target)) {
            return target;
        }
        Path old = AtomicFiles.besides(follow("read", target), "old");
        return Files.exists(old) ? old : target;
    }

    /** Returns where the content of a target is or will be, links followed. */
    public static Path place(Path target) {
        return follow("write", target);
    }

    private static Path follow(String verb, Path target) {
        try {
            return Links.follow(target);
        } catch (IOException failure) {
            throw AtomicFiles.failure(verb, target, failure);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
