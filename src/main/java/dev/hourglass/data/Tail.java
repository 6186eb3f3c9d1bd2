package dev.hourglass.data;

import java.util.Set;

/**
 * The lower end of a sorted column, and how many values there are no part of the rest. Up to five different values, a third of the rows at most, are distant when
 * the nearest of them is 5 spreads or more from the median of the rest and d, its distance, exceeds that of the rest's own end, e, by
 * <pre> log(d / e) &gt; max(log 16, 15 H)     H = 1/k sum_i log(e_i / e_k+1)  over the k outermost values of the rest (Hill 1975), raised by 1/sqrt(k), its own error </pre>
 * For a tail that falls as a power, log(d / e) is exponential with mean H (Rényi 1953), so that the chance is e^-15; lighter tails have a smaller one. For a number
 * that people write for what is missing (-999, 99999.9, 1e9, -32768) the bound is max(log 2, 4.6 H): one in a hundred, and few values look so. A rest without a
 * tail to measure, mostly one value, takes a mark 10 times as far as e, or a single value 1000 times as far. 0 is no distant value: many columns are mostly 0.
 */
final class Tail {
    /** Nothing nearer to the median is far. */
    static final double LEAST_SPREADS = 5;

    /** No value that is not a mark is distant when it is less than so many times as far as the rest. */
    static final double LEAST_TIMES = 16;

    private static final int MOST_VALUES = 5;
    private static final int LEAST_TAIL = 10;
    private static final double RARE = 15;
    private static final double RARE_MARK = 4.6;
    private static final Set<Double> MARKS = Set.of(32767.0, 32768.0, 65535.0, (double) (float) Integer.MAX_VALUE,
            (double) (float) Long.MAX_VALUE,
            (double) Float.MAX_VALUE, (double) 9.96921e36f);

    private final float[] sorted;
    private final int sign;

    /** {@code sign} is -1 when the column is negated, so that its upper end is looked at. */
    Tail(float[] sorted, int sign) {
        this.sorted = sorted;
        this.sign = sign;
    }

    /** Returns how many of the least values are distant, 0 for none. */
    int distant() {
        int found = 0;
        int outer = 0;
        for (int i = 0; i < MOST_VALUES; i++) {
            float value = sorted[outer];
            while (outer < sorted.length && sorted[outer] == value) {
                outer++;
            }
            if (3L * outer > sorted.length || sorted.length - outer < 2) {
                return found;
            }
            found = value != 0 && isDistant(value, outer) ? outer : found;
        }
        return found;
    }

    private boolean isDistant(float value, int from) {
        int count = sorted.length - from;
        double middle = sorted[from + count / 2];
        double near = 2 * Math.min(middle - sorted[from + count / 4], sorted[from + 3 * count / 4] - middle);
        double distance = middle - value;
        double end = middle - sorted[from];
        boolean mark = isMark(sign * value);
        if (near > 0 && distance < LEAST_SPREADS * near) {
            return mark && sorted[from] >= 0 && value < 0 && from > 2 && distance > 2 * near && distance > 2 * end;
        }
        double tail = near > 0 ? tail(from, middle, count / 2) : tail(from, middle, outside(from, middle));
        if (Double.isNaN(tail)) {
            double reach = Math.max(Math.max(end, near), near > 0 ? 0 : Math.max(1, Math.abs(middle)));
            return mark && Math.abs(value) > 100 && distance > 10 * reach
                    || from == 1 && (end > 0 || middle != 0) && distance > 1000 * reach;
        }
        double excess = Math.log(distance / Math.max(end, near));
        return excess > (mark ? Math.max(Math.log(2), RARE_MARK * tail) : Math.max(Math.log(LEAST_TIMES), RARE * tail));
    }

    /** How many values of the rest lie below its median. */
    private int outside(int from, double middle) {
        int count = 0;
        while (from + count < sorted.length && sorted[from + count] < middle) {
            count++;
        }
        return count;
    }

    /** H of the rest, NaN when it has no tail to measure. */
    private double tail(int from, double middle, int side) {
        int k = Math.max(LEAST_TAIL, (int) Math.sqrt(side));
        if (side <= k || !(middle - sorted[from + k] > 0)) {
            return Double.NaN;
        }
        double sum = 0;
        for (int i = 0; i < k; i++) {
            sum += Math.log((middle - sorted[from + i]) / (middle - sorted[from + k]));
        }
        // Of so few values H is uncertain by a share of 1/sqrt(k).
        return sum / k * (1 + 1 / Math.sqrt(k));
    }

    /** Numbers that people and programs write for what is missing: nines alone, powers of ten from 1e5 and negative ones from -1000, the ends of types. */
    static boolean isMark(float value) {
        double size = Math.abs((double) value);
        String text = new java.math.BigDecimal(Float.toString(Math.abs(value))).stripTrailingZeros().toPlainString();
        boolean power = text.matches("10{3,}") && (value < 0 || text.length() > 5)
                || size > 1e7 && Math.abs(Math.log10(size) - Math.rint(Math.log10(size))) < 1e-6;
        return text.matches("99+(\\.9+)?") || power || MARKS.contains(size);
    }
}
