package dev.hourglass.data;

import dev.hourglass.message.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An immutable table of rows of equal width in host memory, row-major: shape [rows, columns]. It may hold more than 2^31 elements.
 * Rows may carry a label (class code 0..C-1), columns a name, the whole a picture shape and the name of its source.
 * Values of a {@link Element#FLOAT32} or {@link Element#FLOAT64} set may be NaN or infinite until {@link #requireComplete} or an {@link Imputation} has seen them.
 */
public final class Dataset {
    private static final String NAME = "data set";
    private static final String ROWS = "rows of numbers";
    private static final String LABELS = "labels";
    private static final String ONE_EACH = "one for each row";
    private static final double MOST_WHOLE = 1e8;
    private static final String INFINITE = "the value is infinite, expected a finite number; correct it or leave the row out";

    /** The type of every value. */
    public enum Element {
        /** 0..255, one byte. */
        UINT8,
        /** IEEE single precision. */
        FLOAT32,
        /** IEEE double precision within the range of single precision: where a value is no float, such as 1000000.012. */
        FLOAT64
    }

    /** Two disjoint parts that together are the whole. */
    public record Split(Dataset train, Dataset validation) {
    }

    private record Details(PictureShape picture, List<String> columnNames, Labels labels, String source, List<String> notes) {
        Details withLabels(Labels other) {
            return new Details(picture, columnNames, other, source, notes);
        }
    }

    private final RowBlocks values;
    private final Details details;
    private String hash;

    private Dataset(RowBlocks values, Details details) {
        requireRow(values.rows());
        this.values = values;
        this.details = details;
    }

    private static void requireRow(int rows) {
        Require.that(rows >= 1, "data set", "it is empty", "rows", rows, "at least 1");
    }

    /** What a reader of {@code source} read. Takes over {@code values}: the caller must not change them again. */
    public static Dataset of(RowBlocks values, String source) {
        values.resize(values.rows());
        return new Dataset(values, new Details(null, List.of(), null, source, List.of()));
    }

    /** A FLOAT32 set of copies of the given rows. @throws IllegalArgumentException if there are none or they differ in length */
    public static Dataset of(float[][] rows) {
        requireRow(Require.given(rows, NAME, "rows", ROWS).length);
        RowBlocks values = new RowBlocks(Element.FLOAT32, Require.given(rows[0], NAME, "row 0", ROWS).length);
        for (int i = 0; i < rows.length; i++) {
            requireLength(i, rows[i], rows[i] == null ? 0 : rows[i].length, values.columns());
            values.append(rows[i], 0, 1);
        }
        return of(values, "");
    }

    /** A FLOAT32 set from row-major values, copied. @throws IllegalArgumentException if the length is no positive multiple of columns */
    public static Dataset of(int columns, float[] rowMajor) {
        return of(new RowBlocks(Element.FLOAT32, columns), rowMajor, Require.given(rowMajor, NAME, "rowMajor", ROWS).length);
    }

    /**
     * A set of copies of the given rows: FLOAT32 if every value is a float, FLOAT64 otherwise. Values beyond the range of a float become infinite.
     *
     * @throws IllegalArgumentException if there are none or they differ in length
     */
    public static Dataset of(double[][] rows) {
        requireRow(Require.given(rows, NAME, "rows", ROWS).length);
        RowBlocks values = new RowBlocks(Element.FLOAT32, Require.given(rows[0], NAME, "row 0", ROWS).length);
        for (int i = 0; i < rows.length; i++) {
            requireLength(i, rows[i], rows[i] == null ? 0 : rows[i].length, values.columns());
            values.appendNumbers(rows[i], 0, 1);
        }
        return of(values, "");
    }

    private static void requireLength(int row, Object values, int length, int columns) {
        if (length != columns) {
            throw new IllegalArgumentException("data set: row " + row + " differs from row 0: length="
                    + (values == null ? "null" : length) + ", expected " + columns);
        }
    }

    /** A UINT8 set from row-major bytes (0..255), copied. @throws IllegalArgumentException if the length is no positive multiple of columns */
    public static Dataset of(int columns, byte[] rowMajor) {
        return of(new RowBlocks(Element.UINT8, columns), rowMajor, Require.given(rowMajor, NAME, "rowMajor", ROWS).length);
    }

    private static Dataset of(RowBlocks values, Object rowMajor, int length) {
        Require.that(length % values.columns() == 0, NAME, "no whole rows", "values", length, "a multiple of columns=" + values.columns());
        values.append(rowMajor, 0, length / values.columns());
        return of(values, "");
    }

    /** The same data with labels: the sorted distinct numbers become classes 0..C-1, named by the number. One number per row. */
    public Dataset withLabels(int[] labels) {
        requireRows(Require.given(labels, LABELS, LABELS, ONE_EACH).length);
        return with(details.withLabels(Labels.of(labels)));
    }

    /** The same data with labels: the distinct texts become classes 0..C-1, ordered as numbers if all are, as text otherwise. One text per row. */
    public Dataset withLabels(List<String> labels) {
        requireRows(Require.given(labels, LABELS, LABELS, ONE_EACH).size());
        return with(details.withLabels(Labels.of(labels)));
    }

    /** The same data with class codes 0..C-1 of the C given names, which need not all occur. */
    public Dataset withLabels(int[] codes, List<String> classNames) {
        requireRows(Require.given(codes, LABELS, "codes", ONE_EACH).length);
        Require.given(classNames, LABELS, "classNames", "the names of the classes");
        for (int row = 0; row < codes.length; row++) {
            if (codes[row] < 0 || codes[row] >= classNames.size()) {
                throw new IllegalArgumentException(
                        "labels: row " + row + " code=" + codes[row] + ", expected 0.." + (classNames.size() - 1));
            }
        }
        return with(details.withLabels(new Labels(codes.clone(), List.copyOf(classNames))));
    }

    /**
     * The same labels under other codes: those of {@code classNames}, normally the training set's, so that both sets number their classes alike.
     *
     * @throws DataException if a row has a label that is not among them
     */
    public Dataset withLabelsAligned(List<String> classNames) {
        return with(details.withLabels(requireLabels().aligned(classNames, describeSource())));
    }

    /** The same data as pictures. @throws IllegalArgumentException unless height * width = columns */
    public Dataset withPictureShape(int height, int width) {
        PictureShape picture = new PictureShape(height, width);
        Require.that(picture.size() == columns(), "picture shape", "it does not fit the columns", "size",
                height + " x " + width + " = " + picture.size(), "columns=" + columns());
        return with(new Details(picture, details.columnNames, details.labels, details.source, details.notes));
    }

    /** The same data with column names, one per column, all different. */
    public Dataset withColumnNames(List<String> names) {
        Require.given(names, NAME, "column names", "one for each column");
        Require.that(names.size() == columns() && names.stream().distinct().count() == names.size(), NAME, "the names do not fit",
                "column names", names, columns() + " different ones");
        return with(new Details(details.picture, List.copyOf(names), details.labels, details.source, details.notes));
    }

    /** The same data under the name of where it came from, which messages and provenance show. */
    public Dataset withSource(String source) {
        return with(
                new Details(details.picture, details.columnNames, details.labels,
                        Require.given(source, NAME, "source", "a text"), details.notes));
    }

    /** The same data with one more note, see {@link #notes}. */
    public Dataset withNote(String note) {
        List<String> notes = new ArrayList<>(details.notes);
        notes.add(note);
        return with(new Details(details.picture, details.columnNames, details.labels, details.source, List.copyOf(notes)));
    }

    private Dataset with(Details other) {
        Dataset result = new Dataset(values, other);
        result.hash = hash;
        return result;
    }

    /** The same description over other rows of values. */
    Dataset withValues(RowBlocks other) {
        return new Dataset(other, details);
    }

    /** Number of examples. */
    public int rows() {
        return values.rows();
    }

    /** Number of values in a row. */
    public int columns() {
        return values.columns();
    }

    /** How a value is stored. */
    public Element element() {
        return values.element();
    }

    /** Height and width if the rows are pictures. */
    public Optional<PictureShape> pictureShape() {
        return Optional.ofNullable(details.picture);
    }

    /** One name per column, or an empty list. */
    public List<String> columnNames() {
        return details.columnNames;
    }

    /** Where the data came from; empty if it was made in memory. */
    public String source() {
        return details.source;
    }

    /** What the reader guessed or left out, one line each with the file and what to do if the guess is wrong; to be shown to the user. Normally empty. */
    public List<String> notes() {
        return details.notes;
    }

    /** Whether rows have a class. */
    public boolean hasLabels() {
        return details.labels != null;
    }

    /** Class code of each row, a copy. @throws IllegalStateException if there are no labels */
    public int[] labels() {
        return requireLabels().codes().clone();
    }

    /** Class code of one row. @throws IllegalStateException if there are no labels */
    public int label(int row) {
        return requireLabels().codes()[row];
    }

    /** Names of the classes 0..C-1; empty if there are no labels. */
    public List<String> classNames() {
        return hasLabels() ? details.labels.classNames() : List.of();
    }

    /** The value at (row, column), both from 0; a UINT8 as 0..255, a FLOAT64 as the nearest float. */
    public float value(int row, int column) {
        return (float) number(row, column);
    }

    /** The value at (row, column), both from 0, exactly; a UINT8 as 0..255. */
    public double number(int row, int column) {
        Objects.checkIndex(row, rows());
        Objects.checkIndex(column, columns());
        return values.get(row, column);
    }

    /** The value at (row, column), both from 0, as the shortest text that is read back as it is; whole numbers below 1e8 without a point. For messages. */
    public String text(int row, int column) {
        double number = number(row, column);
        if (number == Math.rint(number) && Math.abs(number) < MOST_WHOLE) {
            return Long.toString((long) number);
        }
        return element() == Element.FLOAT64 ? Double.toString(number) : Float.toString((float) number);
    }

    /** The sum of each column [columns], in double precision; UINT8 as 0..255. */
    public double[] columnSums() {
        return values.columnSums();
    }

    /** One row as floats, a copy [columns]; UINT8 as 0..255, FLOAT64 as the nearest floats. */
    public float[] row(int row) {
        Objects.checkIndex(row, rows());
        return values.row(row);
    }

    /** One row exactly, a copy [columns]; UINT8 as 0..255. */
    public double[] numbers(int row) {
        double[] numbers = new double[columns()];
        Arrays.setAll(numbers, column -> number(row, column));
        return numbers;
    }

    /** This set with the nearest float in place of every double; the same object if it holds none. */
    public Dataset toFloats() {
        return element() == Element.FLOAT64 ? withValues(values.toFloats()) : this;
    }

    /**
     * Copies rows firstRow..firstRow+count-1 of a UINT8 set.
     *
     * @param target row-major from offset on. Modified.
     * @throws IllegalStateException if the set is not UINT8
     */
    public void copyRows(int firstRow, int count, byte[] target, int offset) {
        requireElement(Element.UINT8);
        copyRows(firstRow, count, target, offset, target.length);
    }

    /**
     * Copies rows firstRow..firstRow+count-1 of a FLOAT32 set.
     *
     * @param target row-major from offset on. Modified.
     * @throws IllegalStateException if the set is not FLOAT32
     */
    public void copyRows(int firstRow, int count, float[] target, int offset) {
        requireElement(Element.FLOAT32);
        copyRows(firstRow, count, target, offset, target.length);
    }

    private void copyRows(int firstRow, int count, Object target, int offset, int length) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        if (offset < 0 || offset + (long) count * columns() > length) {
            throw new IndexOutOfBoundsException(
                    "copyRows: offset=" + offset + " count=" + count + " columns=" + columns() + " length=" + length);
        }
        values.copy(target, offset, firstRow, count, false);
    }

    /** The given rows (from 0, repeats allowed) in the given order. */
    public Dataset select(int[] rows) {
        for (int row : rows) {
            Objects.checkIndex(row, rows());
        }
        Labels labels = hasLabels() ? details.labels.select(rows) : null;
        return new Dataset(values.selectRows(rows), details.withLabels(labels));
    }

    /** The first {@code n} rows, or all if there are fewer. */
    public Dataset head(int n) {
        return n >= rows() ? this : select(IntStream.range(0, n).toArray());
    }

    /** The given columns (from 0) in the given order. The picture shape is lost. */
    public Dataset selectColumns(int... columns) {
        for (int column : columns) {
            Objects.checkIndex(column, columns());
        }
        List<String> names = details.columnNames.isEmpty() ? List.of()
                : Arrays.stream(columns).mapToObj(details.columnNames::get).toList();
        return new Dataset(values.selectColumns(columns), new Details(null, names, details.labels, details.source, details.notes));
    }

    /** The columns of the given names in the given order. @throws DataException if there is no such column */
    public Dataset selectColumns(String... names) {
        return selectColumns(Columns.named(List.of(names), details.columnNames, columns(), describeSource()));
    }

    /**
     * Splits at random, as {@link RowSplit} says.
     *
     * @param validationFraction between 0 and 1, neither included
     */
    public Split split(double validationFraction, long seed) {
        RowSplit rows = RowSplit.of(rows(), validationFraction, seed);
        return new Split(select(rows.training()), select(rows.validation()));
    }

    /** This set if every value is finite. @throws DataException naming the first row and column that is not */
    public Dataset requireComplete() {
        if (element() == Element.UINT8) {
            return this;
        }
        for (int row = 0; row < rows(); row++) {
            for (int column = 0; column < columns(); column++) {
                double value = values.get(row, column);
                if (!Double.isFinite(value)) {
                    throw new DataException(describeSource() + ": row " + (row + 1) + ", " + describeColumn(column) + ": "
                            + (Double.isNaN(value) ? "the value is missing; " + Imputation.REMEDY : INFINITE));
                }
            }
        }
        return this;
    }

    /** This set if none of its values is infinite; NaN, a missing value, may be there. @throws DataException naming the first that is, by row and column */
    public Dataset requireNothingInfinite() {
        for (int row = 0; row < rows() && element() != Element.UINT8; row++) {
            for (int column = 0; column < columns(); column++) {
                if (Double.isInfinite(values.get(row, column))) {
                    throw new DataException(describeSource() + ": row " + (row + 1) + ", " + describeColumn(column)
                            + ": " + INFINITE);
                }
            }
        }
        return this;
    }

    /** "column 3" or "column 'age'", for messages. */
    String describeColumn(int column) {
        return Columns.describe(column, details.columnNames);
    }

    /** Returns where the data came from, or "data set", for messages. */
    public String describeSource() {
        return details.source.isEmpty() ? NAME : details.source;
    }

    /**
     * SHA-256, in hexadecimal, of: the element type's name in ASCII, rows and columns as little-endian 64-bit numbers, then all values row by row,
     * a byte each or the little-endian bits of each float or double. Computed on the first call and kept. Names and labels do not enter.
     */
    public synchronized String sha256() {
        if (hash == null) {
            hash = DataHash.sha256(values);
        }
        return hash;
    }

    /**
     * SHA-256, in hexadecimal, of the labels row by row: the name of each row's class in UTF-8 and a byte 0xff; how classes are numbered does not enter.
     *
     * @throws IllegalStateException if there are no labels
     */
    public String labelsSha256() {
        return DataHash.sha256(requireLabels());
    }

    private Labels requireLabels() {
        Require.state(details.labels != null, describeSource(), "there are no labels", "labels", "none",
                "one for each row; name a label column or read a file with labels");
        return details.labels;
    }

    private void requireRows(int labels) {
        Require.that(labels == rows(), LABELS, "not one for each row", "length", labels, "rows=" + rows());
    }

    private void requireElement(Element wanted) {
        Require.state(element() == wanted, "copyRows", "values of another type", "element", element(), wanted.name());
    }

    @Override
    public String toString() {
        return "Dataset[" + describeSource() + ", " + rows() + " x " + columns() + " " + element() + "]";
    }
}
