package dev.hourglass.cli;

/** The command line or its configuration file asks for something that cannot be: exit code 2. The message is one line. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    UsageException(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }
}
