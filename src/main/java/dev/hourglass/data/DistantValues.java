package dev.hourglass.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntBinaryOperator;

/**
 * Values so far from the rest of their column that they rather stand for something missing, such as -9999 or 1e9, or are mistakes. One of them alone decides on
 * the scaling of its column. They are told of, never changed. Pictures and bytes have none.
 *
 * <p>Only columns whose extremes lie beyond 5 spreads of the median are sorted; the spread is twice the smaller of the distances from the median to the
 * quartiles, which a third of the column at one value does not move. Each end is then judged by {@link Tail}.
 */
public final class DistantValues {
    private static final int MOST_SHOWN = 5;
    private static final int SAMPLE = 1001;
    private static final int LEAST_ROWS = 10;
    /** Whole numbers of a column that is mostly one value: less far than this there is nothing that looks like a mark. */
    private static final double LEAST_MARK = 999;

    private final List<Dataset> parts;
    private final int rows;
    private final float[] least;
    private final float[] greatest;
    private final boolean[] whole;

    /**
     * The distant values of one column.
     *
     * @param column from 0
     * @param part the data set, from 0, that holds the first of them
     * @param row of it, from 0
     * @param value of it
     * @param rows that hold such values in all
     */
    public record Found(int column, int part, int row, float value, int rows) {
    }

    private DistantValues(List<Dataset> parts) {
        this.parts = parts;
        int columns = parts.get(0).columns();
        least = new float[columns];
        greatest = new float[columns];
        whole = new boolean[columns];
        Arrays.fill(least, Float.POSITIVE_INFINITY);
        Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
        Arrays.fill(whole, true);
        rows = parts.stream().mapToInt(Dataset::rows).sum();
        for (Dataset part : parts) {
            for (int row = 0; row < part.rows(); row++) {
                float[] values = part.row(row);
                for (int column = 0; column < columns; column++) {
                    least[column] = Math.min(least[column], values[column]);
                    greatest[column] = Math.max(greatest[column], values[column]);
                    whole[column] &= values[column] == Math.rint(values[column]);
                }
            }
        }
    }

    /** Returns the columns with such values in data sets of the same columns that are looked at together, such as those of training and validation. */
    public static List<Found> of(List<Dataset> parts) {
        boolean pictures = parts.stream().anyMatch(part -> part.pictureShape().isPresent() || part.element() == Dataset.Element.UINT8);
        DistantValues all = pictures ? null : new DistantValues(parts);
        List<Found> found = new ArrayList<>();
        for (int column = 0; all != null && all.rows >= LEAST_ROWS && column < all.least.length; column++) {
            if (all.isSuspect(column)) {
                all.look(column).ifPresent(found::add);
            }
        }
        return found;
    }

    /**
     * Returns one line that names them, those of five columns at most; empty when there are none.
     *
     * @param number the number of a row (second) of a part (first) that the user knows it by
     */
    public static Optional<String> line(List<Dataset> parts, IntBinaryOperator number) {
        List<Found> found = of(parts);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<String> places = new ArrayList<>();
        for (Found each : found.subList(0, Math.min(MOST_SHOWN, found.size()))) {
            Dataset part = parts.get(each.part());
            String source = each.part() == found.get(0).part() ? "" : part.describeSource() + ": ";
            places.add(source + "row " + number.applyAsInt(each.part(), each.row()) + ", " + part.describeColumn(each.column()) + " is "
                    + part.text(each.row(), each.column()) + (each.rows() == 1 ? "" : " (such values in " + each.rows() + " rows)"));
        }
        int more = found.size() - places.size();
        return Optional.of(parts.get(found.get(0).part()).describeSource() + ": " + String.join("; ", places)
                + (more == 0 ? "" : " and " + more + (more == 1 ? " more column" : " more columns"))
                + ": far from the rest of the column, and it decides on its scaling; if it stands for a missing value, empty the cell and ask"
                + " for an imputation");
    }

    /** Whether an end of the column is far out, by a sample of the rows. */
    private boolean isSuspect(int column) {
        int step = (rows + SAMPLE - 1) / SAMPLE;
        float[] sample = new float[(rows + step - 1) / step];
        int at = 0;
        int skipped = 0;
        for (Dataset part : parts) {
            for (int row = skipped; row < part.rows(); row += step) {
                sample[at++] = part.value(row, column);
                skipped = row + step - part.rows();
            }
        }
        float[] sorted = Arrays.copyOf(sample, at);
        Arrays.sort(sorted);
        double middle = sorted[at / 2];
        double spread = 2 * Math.min(middle - sorted[at / 4], sorted[3 * at / 4] - middle);
        double distance = Math.max(middle - least[column], greatest[column] - middle);
        if (spread == 0) {
            return distance > 0 && !(whole[column] && distance < LEAST_MARK);
        }
        return distance > Tail.LEAST_TIMES * spread
                || distance > Tail.LEAST_SPREADS * spread && (Tail.isMark(least[column]) || Tail.isMark(greatest[column]));
    }

    private Optional<Found> look(int column) {
        float[] sorted = new float[rows];
        int at = 0;
        for (Dataset part : parts) {
            for (int row = 0; row < part.rows(); row++) {
                sorted[at++] = part.value(row, column);
            }
        }
        Arrays.sort(sorted);
        int low = new Tail(sorted, 1).distant();
        float[] mirrored = new float[rows];
        for (int i = 0; i < rows; i++) {
            mirrored[i] = -sorted[rows - 1 - i];
        }
        int high = new Tail(mirrored, -1).distant();
        if (low + high == 0) {
            return Optional.empty();
        }
        float below = low == 0 ? Float.NEGATIVE_INFINITY : sorted[low - 1];
        float above = high == 0 ? Float.POSITIVE_INFINITY : sorted[rows - high];
        for (int part = 0; part < parts.size(); part++) {
            for (int row = 0; row < parts.get(part).rows(); row++) {
                float value = parts.get(part).value(row, column);
                if (value <= below || value >= above) {
                    return Optional.of(new Found(column, part, row, value, low + high));
                }
            }
        }
        throw new IllegalStateException("a value that was there is gone");
    }
}
