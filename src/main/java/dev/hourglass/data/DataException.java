package dev.hourglass.data;

/** Data that cannot be used. The message is one line for the user: where, what was found, what was expected, what to do. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
