package dev.hourglass.data;

import java.util.Locale;
import java.util.Set;

/** What counts as a number and as a missing value in text. */
final class Numbers {
    private static final Set<String> MISSING = Set.of("", "?", "na", "n/a", "nan", "null");

    private Numbers() {
    }

    static boolean isMissing(String text) {
        return MISSING.contains(text.strip().toLowerCase(Locale.ROOT));
    }

    /** True for what {@link Double#parseDouble} reads, less Java's type suffixes and hexadecimal ("1f", "0x1p3"). */
    static boolean isNumber(String text) {
        String number = text.strip();
        if (number.isEmpty()) {
            return false;
        }
        char last = number.charAt(number.length() - 1);
        boolean suffixed = last == 'f' || last == 'F' || last == 'd' || last == 'D';
        if (suffixed || number.indexOf('x') >= 0 || number.indexOf('X') >= 0) {
            return false;
        }
        try {
            Double.parseDouble(number);
            return true;
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }
}
