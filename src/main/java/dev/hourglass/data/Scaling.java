package dev.hourglass.data;

import dev.hourglass.data.Dataset.Element;
import dev.hourglass.message.Label;
import dev.hourglass.message.Suggestion;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * From the values of a data set to those of a model and back; part of every model, fitted once on the training set.
 * For column j: model = (x - shift[j]) * scale[j] and x = model / scale[j] + shift[j], of {@link Kind#LOG} on the scale l(x) = sign(x) log(1 + |x|)
 * (Webber 2012). Arrays of length 1 hold for every column.
 * The values are rounded to floats first, and the arithmetic is that of floats, except in {@link WideColumns}, where it is that of doubles.
 * A column that is constant in the training set gets scale 1, so that it becomes 0 there and other values stay finite.
 * Later data may leave the range of the training set; nothing is clipped.
 *
 * @param kind how the numbers were found; AUTO once fitted is replaced by what it chose
 * @param shift length 1 or columns
 * @param scale same length, never 0
 * @param wide columns that are shifted and scaled in double, and have shift 0 and scale 1 besides; null if there are none
 */
public record Scaling(Kind kind, float[] shift, float[] scale, WideColumns wide) {
    /** How shift and scale are found. */
    public enum Kind {
        /** shift 0, scale 1. */
        NONE,
        /** shift 0, scale 1 / divisor. */
        DIVIDE,
        /** Per column: shift = least, scale = 1 / (greatest - least): the training set fills [0, 1]. */
        MINMAX,
        /** Per column: shift = mean, scale = 1 / deviation (dividing by the row count, not one less). */
        STANDARDIZE,
        /** Per column, on the scale of logarithms l(x): shift = mean, scale = 1 / deviation. For values that spread over orders of magnitude, such as counts. */
        LOG,
        /**
         * Pictures: NONE if all values lie in [0, 1], DIVIDE by 255 or 65535 if they lie in that range, else one MINMAX for all pixels. All else: MINMAX if
         * the model needs the unit interval, STANDARDIZE otherwise.
         */
        AUTO
    }

    private static final double UNIT_SLACK = 1e-6;
    private static final int MOST_16_BITS = 65535;

    /** @throws IllegalArgumentException if the lengths differ or are 0, a number is not finite or a scale is 0 */
    public Scaling {
        if (shift.length != scale.length || shift.length == 0) {
            throw new IllegalArgumentException(
                    "scaling: shift length=" + shift.length + " scale length=" + scale.length + ", expected equal and at least 1");
        }
        for (int i = 0; i < scale.length; i++) {
            if (!Float.isFinite(shift[i]) || !Float.isFinite(scale[i]) || scale[i] == 0) {
                throw new IllegalArgumentException(
                        "scaling: index=" + i + " shift=" + shift[i] + " scale=" + scale[i] + ", expected finite and scale not 0");
            }
        }
        shift = shift.clone();
        scale = scale.clone();
        for (int column : wide == null ? List.<Integer>of() : wide.columns()) {
            if (column >= shift.length) {
                throw new IllegalArgumentException("scaling: wide column=" + column + ", expected less than the columns=" + shift.length);
            }
            shift[column] = 0;
            scale[column] = 1;
        }
    }

    /** Without wide columns. @throws IllegalArgumentException if the lengths differ or are 0, a number is not finite or a scale is 0 */
    public Scaling(Kind kind, float[] shift, float[] scale) {
        this(kind, shift, scale, null);
    }

    /** Leaves values as they are. */
    public static Scaling none() {
        return new Scaling(Kind.NONE, new float[] {0}, new float[] {1});
    }

    /** Divides every value. @throws IllegalArgumentException unless the divisor is finite and positive */
    public static Scaling divide(double divisor) {
        if (!(divisor > 0) || divisor == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("scaling divide: divisor=" + divisor + ", expected a positive number");
        }
        return new Scaling(Kind.DIVIDE, new float[] {0}, new float[] {(float) (1 / divisor)});
    }

    /**
     * Fits what a user wrote: {@code auto}, {@code none}, {@code divide:V}, {@code minmax}, {@code standardize} or {@code log}.
     *
     * @param support the values that the model allows once they are scaled
     * @throws DataException for another word, and as {@link #fit(Kind, Dataset, Support)}
     */
    public static Scaling fit(String words, Dataset training, Support support) {
        if (words.startsWith("divide:")) {
            return divide(divisor(words)).checked(training, support);
        }
        Kind kind = Label.find(Kind.class, words).filter(found -> found != Kind.DIVIDE).orElseThrow(
                () -> new DataException("scaling '" + words + "': expected " + Suggestion.among(words,
                        Label.all(Kind.class).stream().map(label -> label.equals("divide") ? "divide:V" : label).toList())));
        return fit(kind, training, support);
    }

    private static double divisor(String words) {
        String text = words.substring(words.indexOf(':') + 1);
        if (!Numbers.isNumber(text) || !(Double.parseDouble(text) > 0) || Double.isInfinite(Double.parseDouble(text))) {
            throw new DataException("scaling '" + words + "': expected a positive number after divide:, such as divide:255");
        }
        return Double.parseDouble(text);
    }

    /**
     * Fits to the training set. {@link Kind#DIVIDE} divides by 255; use {@link #divide} for another divisor.
     *
     * @param support the values that the model allows once they are scaled
     * @throws DataException if a value is missing, or the scaled training set leaves the support
     */
    public static Scaling fit(Kind kind, Dataset training, Support support) {
        Scaling fitted = switch (kind) {
            case NONE -> none();
            case DIVIDE -> divide(255);
            case MINMAX -> minmax(training);
            case STANDARDIZE -> standardize(training, Kind.STANDARDIZE);
            case LOG -> standardize(training, Kind.LOG);
            case AUTO -> automatic(training, support);
        };
        return fitted.checked(training, support);
    }

    private static Scaling automatic(Dataset training, Support support) {
        if (training.pictureShape().isPresent()) {
            return training.element() != Element.UINT8 ? ofPictures(training) : isBinary(training) ? none() : divide(255);
        }
        return support == Support.UNIT_INTERVAL ? minmax(training) : standardize(training, Kind.STANDARDIZE);
    }

    /** Pictures are never scaled pixel by pixel: all pixels together have one black and one white. */
    private static Scaling ofPictures(Dataset pictures) {
        ColumnStatistics statistics = ColumnStatistics.of(pictures, Scaling::rounded);
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        for (int column = 0; column < pictures.columns(); column++) {
            least = Math.min(least, statistics.least()[column]);
            greatest = Math.max(greatest, statistics.greatest()[column]);
        }
        if (least < 0 || greatest > MOST_16_BITS) {
            return new Scaling(Kind.MINMAX, new float[] {(float) least}, new float[] {inverse(greatest - least)});
        }
        return greatest <= 1 ? none() : divide(greatest <= 255 ? 255 : MOST_16_BITS);
    }

    private static boolean isBinary(Dataset pictures) {
        byte[] row = new byte[pictures.columns()];
        for (int i = 0; i < pictures.rows(); i++) {
            pictures.copyRows(i, 1, row, 0);
            for (byte pixel : row) {
                if ((pixel & 0xff) > 1) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Scaling minmax(Dataset training) {
        ColumnStatistics statistics = ColumnStatistics.of(training, Scaling::rounded);
        float[] shift = new float[training.columns()];
        float[] scale = new float[training.columns()];
        for (int column = 0; column < scale.length; column++) {
            shift[column] = (float) statistics.least()[column];
            scale[column] = inverse(statistics.greatest()[column] - statistics.least()[column]);
        }
        return new Scaling(Kind.MINMAX, shift, scale, WideColumns.of(training, Scaling::same, Scaling::rounded, true));
    }

    private static Scaling standardize(Dataset training, Kind kind) {
        DoubleUnaryOperator rounded = kind == Kind.LOG ? Scaling::roundedLog : Scaling::rounded;
        ColumnStatistics statistics = ColumnStatistics.of(training, rounded);
        float[] shift = new float[training.columns()];
        float[] scale = new float[training.columns()];
        for (int column = 0; column < scale.length; column++) {
            shift[column] = (float) statistics.mean()[column];
            scale[column] = inverse(statistics.deviation(column));
        }
        return new Scaling(kind, shift, scale, WideColumns.of(training, kind == Kind.LOG ? Scaling::log : Scaling::same, rounded, false));
    }

    /** 1 / width, or 1 where that is no usable float: a constant column. */
    private static float inverse(double width) {
        float inverse = (float) (1 / width);
        return Float.isFinite(inverse) && inverse != 0 ? inverse : 1;
    }

    private Scaling checked(Dataset training, Support support) {
        boolean bytesFit = training.element() == Element.UINT8 && kind == Kind.DIVIDE && 255 * scale[0] <= 1 + UNIT_SLACK;
        if (support == Support.REAL || support == Support.UNIT_INTERVAL && (kind == Kind.MINMAX || bytesFit)) {
            return this;
        }
        float[] values = new float[training.columns()];
        for (int row = 0; row < training.rows(); row++) {
            encode(training, row, values, 0);
            for (int column = 0; column < values.length; column++) {
                if (!support.contains(values[column])) {
                    throw new DataException(
                            training.describeSource() + ": row " + (row + 1) + ", " + training.describeColumn(column) + " is "
                                    + values[column] + " after scaling " + Label.of(kind)
                                    + ", expected " + support.words() + " for " + (support == Support.UNIT_INTERVAL
                                            ? "a Bernoulli likelihood; use scaling minmax or a Gaussian likelihood"
                                            : "this likelihood; leave scaling to auto or choose another"));
                }
            }
        }
        return this;
    }

    /** Returns how it is told to people. */
    public String words() {
        return switch (kind) {
            case NONE -> "not scaled";
            case DIVIDE -> "divided by " + String.format(Locale.ROOT, "%.6g", 1.0 / scale[0]).replaceAll("\\.?0+$", "");
            case MINMAX -> shift.length == 1 ? "scaled to [0, 1]" : "scaled to [0, 1] column by column";
            case STANDARDIZE -> "standardised";
            case LOG -> "as logarithms, standardised";
            case AUTO -> "scaled automatically";
        };
    }

    /** What is subtracted first: one for each column or one for all; a copy. */
    @Override
    public float[] shift() {
        return shift.clone();
    }

    /** What the difference is multiplied by: one for each column or one for all; a copy. */
    @Override
    public float[] scale() {
        return scale.clone();
    }

    /**
     * A row of a data set to the values of the model.
     *
     * @param to from {@code at} on. Modified.
     * @throws IllegalArgumentException if fitted on another number of columns
     */
    public void encode(Dataset rows, int row, float[] to, int at) {
        prescale(rows, row, to, at);
        finish(to, at, rows.columns());
    }

    /** A row of values of the data to those of the model. @throws IllegalArgumentException if fitted on another number of columns */
    public float[] encode(double[] row) {
        requireColumns(row.length);
        float[] values = new float[row.length];
        for (int column = 0; column < row.length; column++) {
            values[column] = narrow(row[column]);
        }
        for (int k = 0; k < wideColumns(); k++) {
            values[wide.columns().get(k)] = wide.scaled(k, wider(row[wide.columns().get(k)]));
        }
        finish(values, 0, row.length);
        return values;
    }

    /** One value of a column of the data to that of the model. @throws IllegalArgumentException if there is no such column */
    public float encode(int column, double value) {
        int k = wide == null ? -1 : wide.columns().indexOf(column);
        if (k >= 0) {
            return wide.scaled(k, wider(value));
        }
        requireColumns(Math.max(column + 1, shift.length));
        int j = shift.length == 1 ? 0 : column;
        return (narrow(value) - shift[j]) * scale[j];
    }

    /**
     * The first part of {@link #encode(Dataset, int, float[], int)}, for a device that does the rest: floats of a row, their logarithms where that is this scaling, of which {@link #shift}
     * and {@link #scale} make the values of the model.
     *
     * @param to from {@code at} on. Modified.
     */
    public void prescale(Dataset rows, int row, float[] to, int at) {
        requireColumns(rows.columns());
        if (rows.element() == Element.FLOAT32) {
            rows.copyRows(row, 1, to, at);
            for (int column = 0; kind == Kind.LOG && column < rows.columns(); column++) {
                to[at + column] = narrow(to[at + column]);
            }
        } else {
            for (int column = 0; column < rows.columns(); column++) {
                to[at + column] = narrow(rows.number(row, column));
            }
        }
        for (int k = 0; k < wideColumns(); k++) {
            int column = wide.columns().get(k);
            to[at + column] = wide.scaled(k, wider(rows.number(row, column)));
        }
    }

    private void finish(float[] values, int at, int columns) {
        for (int column = 0; column < columns; column++) {
            int j = shift.length == 1 ? 0 : column;
            values[at + column] = (values[at + column] - shift[j]) * scale[j];
        }
    }

    /**
     * To the values of the model, in place, for {@code rows} rows.
     *
     * @param values row-major from offset on. Modified.
     * @param columns the width of a row
     * @throws IllegalArgumentException if fitted on another number of columns
     */
    public void apply(float[] values, int offset, int columns, int rows) {
        requireColumns(columns);
        for (int row = 0; row < rows; row++) {
            int at = offset + row * columns;
            double[] numbers = new double[columns];
            Arrays.setAll(numbers, column -> values[at + column]);
            System.arraycopy(encode(numbers), 0, values, at, columns);
        }
    }

    /**
     * Back to the values of the data set, in place, for {@code rows} rows; see {@link #decode}.
     *
     * @param values row-major from offset on. Modified.
     * @throws IllegalArgumentException if fitted on another number of columns
     */
    public void invert(float[] values, int offset, int columns, int rows) {
        for (int row = 0; row < rows; row++) {
            int at = offset + row * columns;
            double[] decoded = decode(Arrays.copyOfRange(values, at, at + columns));
            for (int column = 0; column < columns; column++) {
                values[at + column] = (float) decoded[column];
            }
        }
    }

    /**
     * A row of values of the model back to those of the data set: floats, except in the wide columns.
     *
     * @throws IllegalArgumentException if fitted on another number of columns
     */
    public double[] decode(float[] row) {
        requireColumns(row.length);
        double[] decoded = new double[row.length];
        for (int column = 0; column < row.length; column++) {
            int j = shift.length == 1 ? 0 : column;
            float value = row[column] / scale[j] + shift[j];
            decoded[column] = kind == Kind.LOG ? Math.copySign((float) Math.expm1(Math.abs(value)), value) : value;
        }
        for (int k = 0; k < wideColumns(); k++) {
            int column = wide.columns().get(k);
            double value = wide.unscaled(k, row[column]);
            decoded[column] = kind == Kind.LOG ? Math.copySign(Math.expm1(Math.abs(value)), value) : value;
        }
        return decoded;
    }

    private int wideColumns() {
        return wide == null ? 0 : wide.columns().size();
    }

    /** Returns what is subtracted first as doubles, of the wide columns too: one for each column or one for all. */
    public double[] exactShift() {
        return exact(shift, wide == null ? null : wide.shift());
    }

    /** Returns what the difference is multiplied by as doubles, of the wide columns too: one for each column or one for all. */
    public double[] exactScale() {
        return exact(scale, wide == null ? null : wide.scale());
    }

    private double[] exact(float[] floats, double[] ofWide) {
        double[] doubles = new double[floats.length];
        Arrays.setAll(doubles, column -> floats[column]);
        for (int k = 0; k < wideColumns(); k++) {
            doubles[wide.columns().get(k)] = ofWide[k];
        }
        return doubles;
    }

    /** Returns whether a column is shifted and scaled in double, so that its values need more digits than a float has. */
    public boolean isWide(int column) {
        return wide != null && wide.columns().contains(column);
    }

    private float narrow(double x) {
        return (float) (kind == Kind.LOG ? roundedLog(x) : x);
    }

    private double wider(double x) {
        return kind == Kind.LOG ? log(x) : x;
    }

    private static double same(double x) {
        return x;
    }

    private static double rounded(double x) {
        return (float) x;
    }

    /** sign(x) log(1 + |x|). */
    private static double log(double x) {
        return Math.copySign(Math.log1p(Math.abs(x)), x);
    }

    private static double roundedLog(double x) {
        return (float) log((float) x);
    }

    /** Returns whether values are taken to the scale of logarithms before they are shifted. */
    public boolean isLogarithmic() {
        return kind == Kind.LOG;
    }

    private void requireColumns(int columns) {
        if (shift.length != 1 && shift.length != columns) {
            throw new IllegalArgumentException("scaling: columns=" + columns + ", expected " + shift.length);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scaling that && kind == that.kind && Arrays.equals(shift, that.shift) && Arrays.equals(scale, that.scale)
                && Objects.equals(wide, that.wide);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, Arrays.hashCode(shift), Arrays.hashCode(scale), wide);
    }

    @Override
    public String toString() {
        return "Scaling[" + kind + ", shift=" + Arrays.toString(shift) + ", scale=" + Arrays.toString(scale)
                + (wide == null ? "" : ", " + wide) + "]";
    }
}
