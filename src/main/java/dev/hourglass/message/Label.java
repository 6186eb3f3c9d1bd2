package dev.hourglass.message;

import java.util.Locale;

/** The way names of the program are written in files and on the command line: words in lower case, joined by hyphens. */
public final class Label {
    private Label() {
    }

    /** Returns a constant as it is written: {@code SALT_AND_PEPPER} is {@code salt-and-pepper}. */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the simple name of a type as it is written: {@code SquaredError} is {@code squared-error}. */
    public static String of(Class<?> type) {
        return ofName(Character.toLowerCase(type.getSimpleName().charAt(0)) + type.getSimpleName().substring(1));
    }

    /** Returns a Java name as it is written: {@code clipNorm} is {@code clip-norm}. */
    public static String ofName(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
