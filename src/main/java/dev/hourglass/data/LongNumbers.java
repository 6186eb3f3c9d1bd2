package dev.hourglass.data;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers of more digits than a double holds: whole ones beyond 2^53, or of more than 17 digits. The nearest double is taken. Where that blurs a column, because
 * its numbers lie close together, a note names it.
 */
public final class LongNumbers {
    private static final int ALWAYS_HELD = 15;
    private static final int DIGITS_OF_DOUBLES = 17;
    private static final int SHOWN_COLUMNS = 8;
    /** A column is blurred if rounding moves a number by more than this share of its range. */
    private static final double SHARE = 0x1p-20;

    private LongNumbers() {
    }

    /** Whether a double holds a whole number of 64 bits, signed or not, exactly. */
    public static boolean isHeld(long magnitude) {
        return magnitude == 0 || Long.SIZE - Long.numberOfLeadingZeros(magnitude) - Long.numberOfTrailingZeros(magnitude) <= 53;
    }

    /** Whether a finite double holds what the text of a number says: a whole number exactly, another to 17 digits. */
    public static boolean isHeld(String text, double number) {
        if (text.length() <= ALWAYS_HELD) {
            return true;
        }
        int digits = 0;
        boolean whole = true;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            digits += character >= '1' && character <= '9' || character == '0' && digits > 0 ? 1 : 0;
            whole &= character != '.' && character != 'e' && character != 'E';
        }
        return digits <= (whole ? ALWAYS_HELD : DIGITS_OF_DOUBLES) || new BigDecimal(text.strip()).compareTo(new BigDecimal(number)) == 0;
    }

    /** The data with a note that names the columns that are blurred, or the same data if none is. */
    public static Dataset noted(Dataset data) {
        List<String> blurred = new ArrayList<>();
        for (int column = 0; column < data.columns(); column++) {
            if (isBlurred(data, column)) {
                blurred.add(data.describeColumn(column));
            }
        }
        if (blurred.isEmpty()) {
            return data;
        }
        String names = String.join(", ", blurred.subList(0, Math.min(SHOWN_COLUMNS, blurred.size())));
        return data.withNote(data.describeSource() + ": " + names
                + (blurred.size() > SHOWN_COLUMNS ? " and " + (blurred.size() - SHOWN_COLUMNS) + " more" : "")
                + ": numbers of more digits than a double holds are rounded, which blurs values so close together; subtract a constant first");
    }

    private static boolean isBlurred(Dataset data, int column) {
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        for (int row = 0; row < data.rows(); row++) {
            double value = data.number(row, column);
            if (Double.isFinite(value)) {
                least = Math.min(least, value);
                greatest = Math.max(greatest, value);
            }
        }
        double rounding = Math.ulp(Math.max(Math.abs(least), Math.abs(greatest))) / 2;
        return least <= greatest && rounding > SHARE * (greatest - least);
    }
}
