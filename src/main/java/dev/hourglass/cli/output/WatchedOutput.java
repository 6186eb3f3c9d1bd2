package dev.hourglass.cli.output;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Stdout that remembers why it could not be written to, which a {@link java.io.PrintStream} keeps to itself. A reader that went away, as {@code head} does, is
 * no failure.
 */
public final class WatchedOutput extends FilterOutputStream {
    private String failure;

    /** Passes everything on to {@code out}. */
    public WatchedOutput(OutputStream out) {
        super(out);
    }

    /** Returns what went wrong first, or null. */
    public String failure() {
        return failure;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        try {
            out.write(bytes, from, count);
        } catch (IOException failed) {
            String words = String.valueOf(failed.getMessage());
            failure = failure == null && !words.contains("Broken pipe") ? words : failure;
            throw failed;
        }
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }
}
