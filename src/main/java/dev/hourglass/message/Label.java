package dev.hourglass.message;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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

    /** Returns a constant in words for people: {@code FREE_BITS} is {@code free bits}. */
    public static String words(Enum<?> constant) {
        return of(constant).replace('-', ' ');
    }

    /** Returns the constant that is written so, the way back of {@link #of(Enum)}; empty when there is none. */
    public static <E extends Enum<E>> Optional<E> find(Class<E> type, String label) {
        return Arrays.stream(type.getEnumConstants()).filter(constant -> of(constant).equals(label)).findFirst();
    }

    /** Returns the part whose type is written so, the way back of {@link #of(Class)}; empty when there is none. */
    public static <P> Optional<P> find(Collection<P> parts, String label) {
        return parts.stream().filter(part -> of(part.getClass()).equals(label)).findFirst();
    }

    /** Returns how the constants of an enum are written, in their order. */
    public static List<String> all(Class<?> type) {
        return Arrays.stream(type.getEnumConstants()).map(constant -> of((Enum<?>) constant)).toList();
    }

    /** Returns how the types of parts are written, in their order. */
    public static List<String> all(Collection<?> parts) {
        return parts.stream().map(part -> of(part.getClass())).toList();
    }
}
