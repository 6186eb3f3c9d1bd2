package dev.hourglass.cli.option;

import java.io.PrintStream;
import picocli.CommandLine.Option;

/** What every command has. */
public final class Common {
    @Option(names = "--stacktrace", order = 98, description = "after a failure, where in the program it happened")
    boolean stacktrace;
    @Option(names = {"-h", "--help"}, order = 99, usageHelp = true, description = "show this")
    boolean help;

    /** Results. */
    public PrintStream out() {
        return System.out;
    }

    /** Everything else. */
    public PrintStream err() {
        return System.err;
    }
}
