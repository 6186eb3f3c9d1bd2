package dev.hourglass.data.spec;

import dev.hourglass.data.DataException;
import dev.hourglass.data.DataOptions;

/** Reads one SPEC and says what came of it: for tests that need a Java of their own, in another folder, character set or memory. */
final class ReadAlone {
    private ReadAlone() {
    }

    public static void main(String[] arguments) {
        try {
            System.out.println(DataSpec.read(arguments[0], DataOptions.defaults()).train().rows() + " rows");
        } catch (DataException refused) {
            System.out.println(refused.getMessage());
        }
    }
}
