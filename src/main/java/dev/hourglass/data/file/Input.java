package dev.hourglass.data.file;

import dev.hourglass.data.DataException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Files as streams, unpacked when they are gzip, with one clear line for whatever goes wrong. */
public final class Input {
    /** What messages advise where a name of a file cannot be read or written in the character set of the system. */
    public static final String LOCALE_REMEDY = "set the environment variable LC_ALL=C.UTF-8";

    private static final int BUFFER_BYTES = 1 << 16;

    /**
     * What a reader does with an open file.
     *
     * @param <T> what it makes of it
     */
    public interface Reading<T> {
        /** Reads the unpacked bytes. */
        T read(InputStream in) throws IOException;
    }

    private Input() {
    }

    /** Opens, reads, closes. @throws DataException for a missing, empty, truncated or damaged file */
    public static <T> T read(Path file, Reading<T> reading) {
        requireFile(file);
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES); InputStream in = unpacked(raw)) {
            return reading.read(in);
        } catch (EOFException end) {
            throw new DataException(file + ": the file ends too early; it is truncated, copy or download it again", end);
        } catch (ZipException damaged) {
            throw new DataException(file + ": the compressed data is damaged (" + damaged.getMessage() + "); copy or download it again",
                    damaged);
        } catch (IOException failure) {
            throw unreadable(file, failure);
        }
    }

    /** What to throw for a file that cannot be read. */
    public static DataException unreadable(Path file, IOException failure) {
        boolean denied = failure instanceof AccessDeniedException;
        return new DataException(
                file + ": cannot be read: " + (denied ? "no permission; change the rights of the file" : failure.getMessage()), failure);
    }

    /** @throws DataException unless it is a file that is not empty */
    public static void requireFile(Path file) {
        if (!Files.exists(file)) {
            throw new DataException(file + ": there is no such file or folder");
        }
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": is not a file");
        }
        try {
            if (Files.size(file) == 0) {
                throw new DataException(file + ": the file is empty");
            }
        } catch (IOException failure) {
            throw unreadable(file, failure);
        }
    }

    private static InputStream unpacked(InputStream raw) throws IOException {
        raw.mark(2);
        boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
        raw.reset();
        return gzip ? new BufferedInputStream(new GZIPInputStream(raw, BUFFER_BYTES), BUFFER_BYTES) : raw;
    }

    /** Exactly {@code count} bytes. @throws EOFException if there are fewer */
    public static void readFully(InputStream in, byte[] target, int count) throws IOException {
        if (in.readNBytes(target, 0, count) < count) {
            throw new EOFException();
        }
    }
}
