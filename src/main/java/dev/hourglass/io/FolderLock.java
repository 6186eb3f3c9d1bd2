package dev.hourglass.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The lock of whoever writes to a folder: a file {@code .NAME.lock} beside it, locked as long as this is open. The system gives the lock back when a process
 * ends, however it ends. Readers need none.
 */
public final class FolderLock implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;

    private FolderLock(Path file, FileChannel channel, FileLock lock) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Locks a folder, which need not exist yet; the folders above it are made.
     *
     * @throws FormatException when another process or another thread of this one writes to it
     * @throws UncheckedIOException in one line when the lock cannot be made
     */
    public static FolderLock of(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path file = AtomicFiles.besides(absolute, "lock");
        try {
            Files.createDirectories(absolute.getParent());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null || !isThere(file, channel)) {
                channel.close();
                throw new FormatException(folder, "another training writes to this folder now", "one at a time", "wait for it or name another folder");
            }
            return new FolderLock(file, channel, lock);
        } catch (IOException failure) {
            throw AtomicFiles.failure("lock", folder, failure);
        }
    }

    /** Whether the locked file is the one that stands there: who held it before may have deleted it between our opening and our locking. */
    private static boolean isThere(Path file, FileChannel channel) throws IOException {
        String token = ProcessHandle.current().pid() + " " + System.nanoTime();
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(token.getBytes(StandardCharsets.US_ASCII)), 0);
        return Files.exists(file) && Files.readString(file, StandardCharsets.US_ASCII).equals(token);
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException own) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            // Deleted while it is held: who opened it before and locks it afterwards finds that it is not there any more.
            Files.deleteIfExists(file);
            lock.release();
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot unlock " + file + ": " + failure.getMessage(), failure);
        }
    }
}
