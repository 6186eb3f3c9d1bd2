package dev.hourglass.train;

/** Training produced a value that is not a finite number. The message says where and what to try; kept models are those of earlier epochs. */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message of one line. */
    public DivergedException(String message) {
        super(message);
    }
}
