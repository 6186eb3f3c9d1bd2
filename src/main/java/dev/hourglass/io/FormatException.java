package dev.hourglass.io;

import java.nio.file.Path;

/** A file is not what its format demands. The message is one line: file, what is wrong, what was expected, what to do. */
public final class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Longest part of a message: names and numbers inside damaged files may be megabytes. */
    private static final int MOST_CHARACTERS = 2000;

    /**
     * Builds the message {@code <file>: <what>, expected <expected>; <remedy>}, what and expected at most 2000 characters each.
     *
     * @param file     the offending file
     * @param what     the fact, with its value
     * @param expected what a good file has there
     * @param remedy   what the user can do about it
     */
    public FormatException(Path file, String what, String expected, String remedy) {
        super(oneLine(file + ": " + shortened(what) + ", expected " + shortened(expected) + "; " + remedy));
    }

    private static String shortened(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    }

    /** Names inside damaged files may hold anything: control characters become '?' so that the message stays one line. */
    static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
    }
}
