package dev.hourglass.io;

import java.nio.file.Path;

/** A file is not what its format demands. The message is one line: file, what is wrong, what was expected, what to do. */
public final class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Builds the message {@code <file>: <what>, expected <expected>; <remedy>}.
     *
     * @param file     the offending file
     * @param what     the fact, with its value
     * @param expected what a good file has there
     * @param remedy   what the user can do about it
     */
    public FormatException(Path file, String what, String expected, String remedy) {
        super(oneLine(file + ": " + what + ", expected " + expected + "; " + remedy));
    }

    /** Names inside damaged files may hold anything: control characters become '?' so that the message stays one line. */
    static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
    }
}
