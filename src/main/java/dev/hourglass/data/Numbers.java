package dev.hourglass.data;

import java.util.Locale;
import java.util.Set;

/** What counts as a number and as a missing value in text. */
public final class Numbers {
    private static final Set<String> MISSING = Set.of("", "?", "na", "n/a", "nan", "null");

    private Numbers() {
    }

    /** Whether the text stands for a missing value: nothing, ?, NA, N/A, NaN or null, in any case. */
    public static boolean isMissing(String text) {
        return MISSING.contains(text.strip().toLowerCase(Locale.ROOT));
    }

    /** Whether the text would be a number with a point in place of its one comma: "1,5", "-0,25", ",5", "3,1e-4". */
    public static boolean hasDecimalComma(String text) {
        String number = text.strip();
        int comma = number.indexOf(',');
        return comma >= 0 && comma == number.lastIndexOf(',') && number.indexOf('.') < 0 && isNumber(number.replace(',', '.'));
    }

    /** Whether the text is digits alone: no sign, point or exponent. */
    public static boolean isPlainWhole(String text) {
        String number = text.strip();
        return !number.isEmpty() && number.chars().allMatch(character -> character >= '0' && character <= '9');
    }

    /** True for numbers as {@link #parse} reads them. */
    public static boolean isNumber(String text) {
        try {
            parse(text);
            return true;
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }

    /**
     * What {@link Double#parseDouble} reads, less Java's type suffixes and hexadecimal ("1f", "0x1p3"); also inf as NumPy writes it.
     *
     * @throws NumberFormatException for anything else
     */
    public static double parse(String text) {
        String number = text.strip();
        char last = number.isEmpty() ? ' ' : number.charAt(number.length() - 1);
        if (last >= '0' && last <= '9' && number.indexOf('x') < 0 && number.indexOf('X') < 0 || last == '.') {
            return Double.parseDouble(number);
        }
        return switch (number.toLowerCase(Locale.ROOT)) {
            case "nan" -> Double.NaN;
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw new NumberFormatException(text);
        };
    }
}
