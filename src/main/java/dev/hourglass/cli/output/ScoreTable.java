package dev.hourglass.cli.output;

import dev.hourglass.Score;
import dev.hourglass.data.csv.CsvTable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A csv table that grows row by row: the original fields, as they were, followed by new ones. */
public final class ScoreTable {
    private final PrintStream out;
    private final CsvTable original;
    private final StringBuilder line = new StringBuilder();
    private boolean first = true;

    /**
     * Writes the header, if there are names for all columns.
     *
     * @param original the table that was read, null when the data were no csv file: rows are then numbered from 1
     */
    public ScoreTable(PrintStream out, CsvTable original, List<String> added) {
        this.out = out;
        this.original = original;
        List<String> names = new ArrayList<>(original == null ? List.of("row") : original.header());
        if (!names.isEmpty()) {
            for (String name : added) {
                String free = name;
                while (names.contains(free)) {
                    free = "_" + free;
                }
                names.add(free);
            }
            names.forEach(this::field);
            end();
        }
    }

    /** Starts a row with what it was. */
    public void start(int row) {
        if (original == null) {
            field(Integer.toString(row + 1));
        } else {
            for (String text : original.rows().get(row)) {
                field(text);
            }
        }
    }

    /** Adds a field. */
    public void field(String text) {
        line.append(first ? "" : ",").append(Output.quoted(text));
        first = false;
    }

    /** Adds a number. */
    public void field(double value) {
        field(Float.toString((float) value));
    }

    /** Adds a score, how unusual it is and whether that is an anomaly. */
    public void score(Score score) {
        field(score.value());
        field(score.probability());
        field(score.anomaly() ? "1" : "0");
    }

    /** Ends the row. */
    public void end() {
        out.append(line).append('\n');
        line.setLength(0);
        first = true;
    }
}
