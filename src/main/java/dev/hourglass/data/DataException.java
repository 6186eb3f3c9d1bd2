package dev.hourglass.data;

/** Data that cannot be used. The message is one line for the user: where, what was found, what was expected, what to do. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With that message, on one line. */
    public DataException(String message) {
        super(oneLine(message));
    }

    /** With that message, on one line, and what led to it. */
    public DataException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Messages quote what damaged files hold: line breaks and other control characters become spaces. */
    private static String oneLine(String message) {
        return message.replaceAll("\\p{Cntrl}", " ");
    }
}
