package dev.hourglass.data;

import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.Imputation.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Turns the records of a csv file, one after the other, into a data set: finds the header, picks the columns, reads the numbers. */
final class CsvRows {
    private static final int SHOWN_CHARACTERS = 40;

    private final Path file;
    private final DataOptions options;
    private final List<String> labels = new ArrayList<>();
    private List<String> header = List.of();
    private int width = -1;
    private int[] columns;
    private int labelColumn = -1;
    private RowBlocks values;
    private float[] row;

    CsvRows(Path file, DataOptions options) {
        this.file = file;
        this.options = options;
    }

    /** Names of all columns of the file, empty without a header line. */
    List<String> header() {
        return header;
    }

    boolean isFull() {
        return values != null && values.rows() >= options.maxRows();
    }

    /** Takes the next record; false if it was the header. @throws DataException naming the line for anything that does not fit */
    boolean accept(long line, List<String> fields) {
        if (width < 0 && start(fields)) {
            return false;
        }
        if (fields.size() != width) {
            throw new DataException(file + ": line " + line + " has " + fields.size() + " fields, expected " + width + " as in the first line");
        }
        for (int i = 0; i < columns.length; i++) {
            row[i] = number(line, columns[i], fields.get(columns[i]));
        }
        if (labelColumn >= 0) {
            labels.add(label(line, fields.get(labelColumn)));
        }
        values.append(row, 0, 1);
        return true;
    }

    private boolean start(List<String> first) {
        width = first.size();
        boolean headed = isHeader(first);
        if (headed) {
            header = first.stream().map(String::strip).toList();
            requireDistinct();
        }
        if (options.labelColumn() != null) {
            labelColumn = Columns.position(options.labelColumn(), header, width, file.toString());
        }
        columns = options.columns().isEmpty()
            ? IntStream.range(0, width).filter(column -> column != labelColumn).toArray()
            : Columns.positions(options.columns(), header, width, file.toString());
        if (columns.length == 0) {
            throw new DataException(file + ": there is no column besides the label column; the label is not part of the data");
        }
        values = new RowBlocks(Element.FLOAT32, columns.length);
        row = new float[columns.length];
        return headed;
    }

    /**
     * A first line is a header if a column is asked for by name, or if it holds text in a column of numbers: those chosen by number, or all but the label
     * column. So a label in words does not turn the first row of data into a header.
     */
    private boolean isHeader(List<String> first) {
        List<String> words = new ArrayList<>(options.columns());
        if (options.labelColumn() != null) {
            words.add(options.labelColumn());
        }
        if (!words.stream().allMatch(word -> Columns.isNumbered(word, first.size()))) {
            return true;
        }
        int label = options.labelColumn() == null ? -1 : Columns.position(options.labelColumn(), List.of(), first.size(), file.toString());
        int[] numeric = options.columns().isEmpty() ? IntStream.range(0, first.size()).filter(column -> column != label).toArray()
            : Columns.positions(options.columns(), List.of(), first.size(), file.toString());
        return IntStream.of(numeric).mapToObj(first::get).anyMatch(field -> !Numbers.isMissing(field) && !Numbers.isNumber(field));
    }

    private void requireDistinct() {
        Set<String> seen = new HashSet<>();
        for (String name : header) {
            if (!seen.add(name)) {
                throw new DataException(file + ": line 1: the header has the name '" + name + "' twice; give every column its own name");
            }
        }
    }

    private float number(long line, int column, String text) {
        boolean missing = Numbers.isMissing(text);
        float value = missing ? Float.NaN : parsed(line, column, text);
        if (options.imputation().kind() == Kind.NONE && !Float.isFinite(value)) {
            throw new DataException(place(line, column) + ": the value " + (missing ? "is missing" : "'" + text.strip() + "' is infinite as a float")
                + "; " + Imputation.REMEDY);
        }
        return value;
    }

    private float parsed(long line, int column, String text) {
        try {
            return (float) Numbers.parse(text);
        } catch (NumberFormatException notANumber) {
            throw new DataException(place(line, column) + ": '" + shortened(text) + "' is not a number; choose the columns to use, or name it as the label column",
                notANumber);
        }
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
    }

    private String label(long line, String text) {
        if (text.isBlank()) {
            throw new DataException(place(line, labelColumn) + ": the label is missing; fill it in or remove the line");
        }
        return text.strip();
    }

    private String place(long line, int column) {
        return file + ": line " + line + ", " + Columns.describe(column, header);
    }

    /** The data set. @throws DataException if there was no row of data */
    Dataset finish() {
        if (values == null || values.rows() == 0) {
            throw new DataException(file + ": there is no row of data" + (header.isEmpty() ? "" : " after the header"));
        }
        Dataset data = Dataset.of(values, file.toString());
        if (!header.isEmpty()) {
            data = data.withColumnNames(IntStream.of(columns).mapToObj(header::get).toList());
        }
        return labels.isEmpty() ? data : data.withLabels(labels);
    }
}
