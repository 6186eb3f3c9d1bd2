package dev.hourglass.data;

import dev.hourglass.message.Label;
import dev.hourglass.message.Require;
import dev.hourglass.message.Suggestion;
import java.util.List;

/**
 * What of a file to use.
 *
 * @param columns the columns to use, empty for all (less the label column). A number from 1 or a range such as 3-10 is always a position, whatever the header
 *     says; any other word is a name of the header; {@code =NAME} is a name whatever it looks like, so {@code =2019} is the column named 2019
 * @param labelColumn the csv column that holds the label, one such word; null for none
 * @param imputation what stands in for missing values; fitted on the training set unless it already is
 * @param maxRows at most this many rows of each part
 * @param header whether the first line of a csv file holds the names of the columns
 */
public record DataOptions(List<String> columns, String labelColumn, Imputation imputation, int maxRows, Header header) {
    /** Whether the first line of a csv file holds the names of the columns. */
    public enum Header {
        /** Told from the line, see {@link dev.hourglass.data.csv.Csv}; a doubtful guess is in the {@link Dataset#notes}. */
        AUTO,
        /** It does. */
        YES,
        /** It is data. */
        NO;

        /** Reads auto, yes or no. @throws DataException for another word */
        public static Header parse(String word) {
            return Label.find(Header.class, word).orElseThrow(
                    () -> new DataException("header '" + word + "': expected " + Suggestion.among(word, Label.all(Header.class))));
        }
    }

    /** @throws IllegalArgumentException if {@code maxRows} is less than 1 */
    public DataOptions {
        columns = List.copyOf(Require.given(columns, "data options", "columns", "words for columns, none for all"));
        Require.given(imputation, "data options", "imputation", "one, of kind none to refuse missing values");
        Require.given(header, "data options", "header", "auto, yes or no");
        Require.that(maxRows >= 1, "data options", "no rows", "maxRows", maxRows, "at least 1");
    }

    /** The same with {@link Header#AUTO}. */
    public DataOptions(List<String> columns, String labelColumn, Imputation imputation, int maxRows) {
        this(columns, labelColumn, imputation, maxRows, Header.AUTO);
    }

    /** All columns and rows, no label column, missing values refused, the header told from the first line. */
    public static DataOptions defaults() {
        return new DataOptions(List.of(), null, Imputation.of(Imputation.Kind.NONE), Integer.MAX_VALUE);
    }

    /** The word for {@link #columns} that means the column of this name, even if the name is a number: {@code =} and the name. */
    public static String named(String name) {
        return Columns.NAME_MARK + name;
    }

    /** The same but for these columns: names, numbers from 1 or ranges. */
    public DataOptions withColumns(String... columns) {
        return new DataOptions(List.of(columns), labelColumn, imputation, maxRows, header);
    }

    /** The same but for the column of the label, null for none. */
    public DataOptions withLabelColumn(String labelColumn) {
        return new DataOptions(columns, labelColumn, imputation, maxRows, header);
    }

    /** The same but for what stands in for missing values. */
    public DataOptions withImputation(Imputation imputation) {
        return new DataOptions(columns, labelColumn, imputation, maxRows, header);
    }

    /** The same but for the number of rows of a part that are read at most. */
    public DataOptions withMaxRows(int maxRows) {
        return new DataOptions(columns, labelColumn, imputation, maxRows, header);
    }

    /** The same but for the header. */
    public DataOptions withHeader(Header header) {
        return new DataOptions(columns, labelColumn, imputation, maxRows, header);
    }
}
