package dev.hourglass.cli.option;

import dev.hourglass.cli.output.UsageException;
import dev.hourglass.message.Label;
import dev.hourglass.message.Suggestion;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How option values are read: enum constants by their kebab-case labels, lists by commas, pairs by colons. */
public final class OptionText {
    private OptionText() {
    }

    /** Reads the constants of an enum by their labels. */
    public static <E extends Enum<E>> ITypeConverter<E> of(Class<E> type) {
        return word -> Label.find(type, word)
                .orElseThrow(() -> new TypeConversionException("'" + word + "', expected " + Suggestion.among(word, Label.all(type))));
    }

    /**
     * Reads the kind of a part by its label: {@code now} where it is of that kind or none is named, else the one of {@code all}.
     *
     * @param word null when none is named
     * @param all one of each kind of the family
     */
    static <P> P part(String option, String word, P now, List<P> all) {
        if (word == null || word.equals(Label.of(now.getClass()))) {
            return now;
        }
        return Label.find(all, word)
                .orElseThrow(() -> new UsageException(option + " " + word + ": expected " + Suggestion.among(word, Label.all(all))));
    }

    /** Reads {@code 400,200}; {@code none} is empty. */
    public static Integer[] widths(String option, String text) {
        if (text.equals("none")) {
            return new Integer[0];
        }
        return Arrays.stream(text.split(",", -1))
                .map(word -> (int) number(option, text, word.strip(), "whole numbers joined by commas such as 400,200, or none", true))
                .toArray(Integer[]::new);
    }

    /** Reads {@code 10,20.5}. */
    static List<Double> numbers(String option, String text) {
        return Arrays.stream(text.split(",", -1))
                .map(word -> number(option, text, word.strip(), "numbers joined by commas such as 10,20", false)).toList();
    }

    /** Reads column names joined by commas. */
    public static List<String> names(String text) {
        List<String> names = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (names.contains("")) {
            throw new UsageException("'" + text + "': one of the names is empty, expected names or numbers joined by commas");
        }
        return names;
    }

    /** Reads {@code A:B}, two numbers. */
    public static double[] pair(String option, String text, String form) {
        String[] words = text.split(":", -1);
        if (words.length != 2) {
            throw new UsageException(option + " " + text + ": expected " + form);
        }
        return new double[] {number(option, text, words[0], form, false), number(option, text, words[1], form, false)};
    }

    /** Reads one number out of an option's text. */
    static double number(String option, String text, String word, String form, boolean whole) {
        try {
            return whole ? Integer.parseInt(word) : Double.parseDouble(word);
        } catch (NumberFormatException notOne) {
            throw new UsageException(
                    option + " " + text + ": '" + word + "' is no " + (whole ? "whole " : "") + "number, expected " + form);
        }
    }
}
