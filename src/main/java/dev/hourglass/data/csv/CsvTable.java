package dev.hourglass.data.csv;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.message.Require;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A csv file as text beside the numbers read from it, so that results can be written next to the original columns.
 *
 * @param header names of all columns of the file; empty if it has no header line
 * @param rows every field of every row of data as it was; row i belongs to row i of {@code data}
 * @param data the chosen columns as numbers; with missing values if the options asked for an imputation, which is still to be applied
 */
public record CsvTable(List<String> header, List<String[]> rows, Dataset data) {

    /**
     * Writes the original columns followed by the added ones, comma-separated, with a header line if the file read had one.
     *
     * @param added one row per row of this table; needs column names if there is a header
     * @throws DataException if the file cannot be written
     */
    public void write(Path file, Dataset added) {
        Require.that(added.rows() == rows.size(), "csv table", "another number of rows", "added rows", added.rows(), "" + rows.size());
        Require.that(header.isEmpty() || !added.columnNames().isEmpty(), "csv table", "the table has a header, the added columns no names",
                "names", added.columnNames(), "one for each column");
        try (CsvWriter out = CsvWriter.builder().build(file)) {
            if (!header.isEmpty()) {
                List<String> names = new ArrayList<>(header);
                names.addAll(added.columnNames());
                out.writeRecord(names);
            }
            for (int i = 0; i < rows.size(); i++) {
                List<String> fields = new ArrayList<>(List.of(rows.get(i)));
                for (float value : added.row(i)) {
                    fields.add(Float.toString(value));
                }
                out.writeRecord(fields);
            }
        } catch (IOException failure) {
            throw new DataException(file + ": cannot be written: " + failure, failure);
        }
    }
}
