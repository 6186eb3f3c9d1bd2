package dev.hourglass.data.csv;

import dev.hourglass.data.Columns;
import dev.hourglass.data.DataException;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.DataOptions.Header;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.Imputation;
import dev.hourglass.data.Imputation.Kind;
import dev.hourglass.data.LongNumbers;
import dev.hourglass.data.Numbers;
import dev.hourglass.data.RowBlocks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Turns the records of a csv file, one after the other, into a data set: finds the header, picks the columns, reads the numbers. The first record waits for the
 * second, because both tell whether it is a header.
 */
final class CsvRows {
    private record Line(long number, List<String> fields) {
    }

    private final Path file;
    private final DataOptions options;
    private final Consumer<List<String>> texts;
    private final List<String> labels = new ArrayList<>();
    private final Map<String, String> knownLabels = new HashMap<>();
    private final List<String> notes = new ArrayList<>();
    private Line first;
    private List<String> header = List.of();
    private int width;
    private int[] columns;
    private int labelColumn = -1;
    private RowBlocks values;
    private double[] row;
    private boolean longNumbers;

    /** @param texts receives all fields of every row of data */
    CsvRows(Path file, DataOptions options, Consumer<List<String>> texts) {
        this.file = file;
        this.options = options;
        this.texts = texts;
    }

    /** Names of all columns of the file, empty without a header line. */
    List<String> header() {
        return header;
    }

    boolean isFull() {
        return values != null && values.rows() >= options.maxRows();
    }

    /** Takes the next record. @throws DataException naming the line for anything that does not fit */
    void accept(long line, List<String> fields) {
        Line next = new Line(line, fields);
        if (first == null) {
            first = next;
            return;
        }
        if (values == null) {
            start(fields);
        }
        add(next);
    }

    private void start(List<String> below) {
        width = first.fields.size();
        boolean headed = isHeader(below);
        if (headed) {
            header = first.fields.stream().map(String::strip).toList();
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
        noteNumberedNames();
        values = new RowBlocks(Element.FLOAT32, columns.length);
        row = new double[columns.length];
        if (!headed) {
            add(first);
        }
    }

    /** As the options say; else a first line is a header if a column is asked for by name, or if {@link CsvHeader} takes it for one. */
    private boolean isHeader(List<String> below) {
        List<String> words = new ArrayList<>(options.columns());
        if (options.labelColumn() != null) {
            words.add(options.labelColumn());
        }
        if (options.header() != Header.AUTO || words.stream().anyMatch(Columns::isName)) {
            return options.header() != Header.NO;
        }
        int label = options.labelColumn() == null ? -1 : Columns.position(options.labelColumn(), List.of(), width, file.toString());
        CsvHeader guess = CsvHeader.guess(first.fields, below, options.columns().isEmpty()
                ? IntStream.range(0, width).filter(column -> column != label).toArray()
                : Columns.positions(options.columns(), List.of(), width, file.toString()));
        if (guess.doubt() != null) {
            notes.add(guess.note(file.toString()));
        }
        return guess.present();
    }

    private void requireDistinct() {
        Set<String> seen = new HashSet<>();
        for (String name : header) {
            if (!seen.add(name)) {
                throw new DataException(
                        file + ": line 1: the header has the name '" + Columns.shortened(name) + "' twice; give every column its own name");
            }
        }
    }

    /** Numbers are positions; whoever means a name that looks like one learns how to write it. */
    private void noteNumberedNames() {
        List<String> words = new ArrayList<>(options.columns());
        words.add(options.labelColumn() == null ? "" : options.labelColumn());
        for (String word : words) {
            if (!Columns.isName(word) && header.contains(word) && !word.equals(Integer.toString(header.indexOf(word) + 1))) {
                notes.add(file + ": column " + word + " is taken by its position, though another column is named '" + word
                        + "'; for that one write "
                        + DataOptions.named(word));
            }
        }
    }

    private void add(Line line) {
        if (isFull()) {
            return;
        }
        if (line.fields.size() != width) {
            throw new DataException(
                    file + ": line " + line.number + " has " + line.fields.size() + " fields, expected " + width + " as in the first line");
        }
        for (int i = 0; i < columns.length; i++) {
            row[i] = number(line, columns[i]);
        }
        if (labelColumn >= 0) {
            labels.add(knownLabels.computeIfAbsent(label(line), label -> label));
        }
        values.appendNumbers(row, 0, 1);
        texts.accept(line.fields);
    }

    private double number(Line line, int column) {
        String text = line.fields.get(column);
        boolean missing = Numbers.isMissing(text);
        double value = missing ? Double.NaN : parsed(line, column, text);
        if (options.imputation().kind() == Kind.NONE && !Float.isFinite((float) value)) {
            throw new DataException(
                    place(line, column) + ": the value " + (missing ? "is missing" : "'" + text.strip() + "' is infinite as a float")
                            + "; " + (missing ? Imputation.REMEDY : "correct it or leave the row out") + headerRemedy(line));
        }
        return value;
    }

    private double parsed(Line line, int column, String text) {
        try {
            double number = Numbers.parse(text);
            longNumbers = longNumbers || Double.isFinite(number) && !LongNumbers.isHeld(text, number);
            return number;
        } catch (NumberFormatException notANumber) {
            throw new DataException(place(line, column) + ": '" + Columns.shortened(text) + "' " + remedy(text) + headerRemedy(line),
                    notANumber);
        }
    }

    private String remedy(String text) {
        if (Numbers.hasDecimalComma(text)) {
            return "has a decimal comma, expected a decimal point; save the table with decimal points";
        }
        if (text.chars().noneMatch(Character::isLetterOrDigit)) {
            return "is not a number; leave the cell empty or write NA if the value is missing";
        }
        return "is not a number; choose the columns to use, or name it as the label column"
                + (width == 1 ? " (columns are separated by comma, semicolon or tab)" : "");
    }

    /** What is wrong with a first line taken for data may be that it is none. */
    private String headerRemedy(Line line) {
        return line == first && options.header() == Header.AUTO ? "; if this line holds the names of the columns, say so with header yes"
                : "";
    }

    private String label(Line line) {
        String label = line.fields.get(labelColumn).strip();
        if (label.isEmpty()) {
            throw new DataException(place(line, labelColumn) + ": the label is missing; fill it in or remove the line");
        }
        if (label.indexOf('\n') >= 0) {
            throw new DataException(place(line, labelColumn) + ": the label '" + Columns.shortened(label)
                    + "' goes over several lines; a quote may be missing");
        }
        return label;
    }

    private String place(Line line, int column) {
        return file + ": line " + line.number + ", " + Columns.describe(column, header);
    }

    /** The data set. @throws DataException if there was no row of data */
    Dataset finish() {
        if (first != null && values == null) {
            start(List.of());
        }
        if (values == null || values.rows() == 0) {
            throw new DataException(file + ": there is no row of data" + (header.isEmpty() ? "" : " after the header"));
        }
        Dataset data = Dataset.of(values, file.toString());
        if (!header.isEmpty()) {
            data = data.withColumnNames(IntStream.of(columns).mapToObj(header::get).toList());
        }
        data = labels.isEmpty() ? data : data.withLabels(labels);
        for (String mark : knownLabels.keySet().stream().filter(Numbers::isMissing).sorted().toList()) {
            data = data.withNote(file + ": the label '" + mark + "' of some rows is taken for a class of its own;"
                    + " if it means a missing label, remove these rows");
        }
        for (String note : notes) {
            data = data.withNote(note);
        }
        return longNumbers ? LongNumbers.noted(data) : data;
    }
}
