package dev.hourglass.data.csv;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import dev.hourglass.data.DataException;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.file.Input;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Text tables in UTF-8, plain or gzip, separated by comma, semicolon or tab, whichever the first line has most of outside quotes; beside semicolons or tabs, commas
 * that can all be decimal commas do not count. Numbers have a decimal point; the table is one of doubles if one of its numbers is no float. Empty cells and ?, NA,
 * N/A, NaN, null are missing values. Blank lines are skipped.
 *
 * <p>The first line holds the names of the columns if {@link DataOptions#header} says so, or a column is asked for by name; else that is told from it and the line
 * below: words in columns of numbers make a header, unless beside them stand numbers with a point, a sign or an exponent, or they have no letter (a lone "-").
 * Numbers alone are data. A doubtful guess, as of 0,1,2 or 2019,2020, is in the {@link Dataset#notes} with what to do.
 *
 * <p>A line may have 2^22 fields and 2^28 characters, a field 2^24. At most 64 bytes are ordered for each byte read, and 4 MiB besides.
 */
public final class Csv {
    private static final int FIRST_LINE_CHARACTERS = 1 << 16;
    private static final int MOST_FIELDS = 1 << 22;
    private static final int MOST_FIELD_CHARACTERS = 1 << 24;
    private static final int MOST_LINE_CHARACTERS = 1 << 28;
    private static final String LIMITS = "at most " + MOST_FIELDS + " fields of at most " + MOST_FIELD_CHARACTERS + " characters, "
            + MOST_LINE_CHARACTERS
            + " in all";

    private Csv() {
    }

    /** Reads the chosen columns; missing values are imputed as the options say. @throws DataException naming line and column of what is wrong */
    public static Dataset read(Path file, DataOptions options) {
        Dataset data = readAsIs(file, options);
        return options.imputation().fit(data).apply(data);
    }

    /** The same, with missing values as NaN, whatever the options say of them. */
    public static Dataset readAsIs(Path file, DataOptions options) {
        CsvRows rows = new CsvRows(file, options, fields -> {});
        parse(file, rows);
        return rows.finish();
    }

    /** Reads the chosen columns and keeps all text. @throws DataException naming line and column of what is wrong */
    public static CsvTable readTable(Path file, DataOptions options) {
        List<String[]> texts = new ArrayList<>();
        CsvRows rows = new CsvRows(file, options, fields -> texts.add(fields.toArray(String[]::new)));
        parse(file, rows);
        Dataset data = rows.finish();
        return new CsvTable(rows.header(), texts, data);
    }

    /** Returns the fields of the first line, whether it is a header or not; empty for an empty file. */
    public static List<String> firstLine(Path file) {
        return Input.read(file, in -> {
            try (CsvReader<CsvRecord> records = reader(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)))) {
                CloseableIterator<CsvRecord> lines = records.iterator();
                return lines.hasNext() ? List.copyOf(lines.next().getFields()) : List.of();
            }
        });
    }

    private static void parse(Path file, CsvRows rows) {
        Input.read(file, in -> {
            try {
                parse(file, in, rows);
            } catch (CharacterCodingException notUtf8) {
                throw new DataException(file + ": the text is not UTF-8; save the file as UTF-8", notUtf8);
            }
            return null;
        });
    }

    private static void parse(Path file, InputStream in, CsvRows rows) throws IOException {
        LastCharacter text = new LastCharacter(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
        CsvReader<CsvRecord> records = reader(new BufferedReader(text));
        CsvRecord last = null;
        try {
            for (CsvRecord record : records) {
                last = record;
                rows.accept(record.getStartingLineNumber(), record.getFields());
                if (rows.isFull()) {
                    return;
                }
            }
        } catch (CsvParseException | UncheckedIOException broken) {
            throw cause(file, last == null ? 1 : last.getStartingLineNumber() + 1, broken);
        }
        requireClosed(file, last, text.value());
    }

    /** Past the byte order mark, with the separator of the first line. */
    private static CsvReader<CsvRecord> reader(BufferedReader reader) throws IOException {
        reader.mark(1);
        if (reader.read() != '\uFEFF') {
            reader.reset();
        }
        return CsvReader.builder().fieldSeparator(CsvSeparator.of(firstLine(reader))).maxBufferSize(MOST_FIELD_CHARACTERS)
                .build(CsvRecordHandler.of(
                        limits -> limits.maxFields(MOST_FIELDS).maxFieldSize(MOST_FIELD_CHARACTERS).maxRecordSize(MOST_LINE_CHARACTERS)),
                        reader);
    }

    /** The library wraps both what it finds itself and what the stream throws. */
    private static IOException cause(Path file, long line, RuntimeException broken) {
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException failure) {
                return failure;
            }
        }
        throw new DataException(file + ": line " + line + " or a later one is too long, expected " + LIMITS + "; a quote may be missing",
                broken);
    }

    /** A quote that is never closed makes one cell of all lines that follow. */
    private static void requireClosed(Path file, CsvRecord last, char end) {
        if (last != null && end != '"' && last.getField(last.getFieldCount() - 1).indexOf('\n') >= 0) {
            throw new DataException(file + ": line " + last.getStartingLineNumber() + ", column " + last.getFieldCount()
                    + ": a quote is opened and never closed, so the lines that follow would be one cell; close it or remove it");
        }
    }

    /** The first line that is not blank, or the start of a long one; the reader stays where it was. */
    private static String firstLine(BufferedReader reader) throws IOException {
        reader.mark(FIRST_LINE_CHARACTERS);
        StringBuilder line = new StringBuilder();
        boolean quoted = false;
        boolean begun = false;
        for (int i = 1; i < FIRST_LINE_CHARACTERS; i++) {
            int character = reader.read();
            quoted ^= character == '"';
            begun |= !Character.isWhitespace(character);
            if (character < 0 || !quoted && character == '\n' && begun) {
                break;
            }
            line.append((char) character);
        }
        reader.reset();
        return line.toString();
    }
}
