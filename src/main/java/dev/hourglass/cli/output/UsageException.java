package dev.hourglass.cli.output;

/** The command line or its configuration file asks for something that cannot be: exit code 2. The message is one line. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message of one line. */
    public UsageException(String message) {
        super(message);
    }

    /** With the message of what was refused. */
    public UsageException(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }
}
