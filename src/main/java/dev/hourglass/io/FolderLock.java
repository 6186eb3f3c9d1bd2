package dev.hourglass.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lock of whoever writes to a folder: a file {@code .NAME.lock} beside it, locked as long as this is open. The system gives the lock back when a process
 * ends, however it ends. Readers need none.
 */
public final class FolderLock implements AutoCloseable {
    /** Locked by this process. The system's lock is of the process: closing any channel to the file gives it back, so nobody here opens it twice. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();
    private static final int MOST_BYTES = 1 << 20;

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
        Path file = file(folder);
        if (!OWN.add(file)) {
            throw taken(folder);
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null || !isThere(file, channel)) {
                throw taken(folder);
            }
            locked = true;
            return new FolderLock(file, channel, lock);
        } catch (IOException failure) {
            throw AtomicFiles.failure("lock", folder, failure);
        } finally {
            if (!locked) {
                closeQuietly(channel);
                OWN.remove(file);
            }
        }
    }

    /** Nothing was written through it, so that nothing is lost when it cannot be closed. */
    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // The system closes it when the process ends.
        }
    }

    /** By whatever name a folder goes, it has one lock. */
    private static Path file(Path folder) {
        try {
            Path parent = Links.follow(folder).getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            return AtomicFiles.besides(Links.follow(folder), "lock");
        } catch (IOException failure) {
            throw AtomicFiles.failure("lock", folder, failure);
        }
    }

    private static FormatException taken(Path folder) {
        return new FormatException(folder, "another training writes to this folder now", "one at a time",
                "wait for it or name another folder");
    }

    /**
     * Whether the locked file is the one that stands there: who held it before may have deleted it between our opening and our locking. Told by a length made up
     * just now, since reading the file would open and close it.
     */
    private static boolean isThere(Path file, FileChannel channel) throws IOException {
        int length = 1 + new SecureRandom().nextInt(MOST_BYTES);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(new byte[] {'\n'}), length - 1);
        return Files.exists(file) && Files.size(file) == length;
    }

    @Override
    public void close() {
        try {
            // Deleted while it is held: who opened it before and locks it afterwards finds that it is not there any more.
            Files.deleteIfExists(file);
            lock.release();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot unlock " + file + ": " + failure.getMessage(), failure);
        } finally {
            closeQuietly(channel);
            OWN.remove(file);
        }
    }
}
