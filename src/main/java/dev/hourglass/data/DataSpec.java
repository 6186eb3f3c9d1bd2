package dev.hourglass.data;

/** The SPEC of the command line. */
public final class DataSpec {
    private DataSpec() {
    }

    /** Reads what the SPEC names. @throws DataException if there is nothing or it cannot be used */
    public static DataPair read(String spec, DataOptions options) {
        throw new DataException(spec + ": cannot be read with " + options);
    }
}
