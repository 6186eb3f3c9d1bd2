package dev.hourglass.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Text tables in UTF-8, plain or gzip, separated by comma, semicolon or tab (whichever the first line has most of, outside quotes). Numbers have a decimal point.
 * A first line with text where numbers are expected is a header. Empty cells and ?, NA, N/A, NaN, null are missing values. Blank lines are skipped.
 */
public final class Csv {
    private static final int FIRST_LINE_CHARACTERS = 1 << 16;

    private Csv() {
    }

    /** Reads the chosen columns; missing values are imputed as the options say. @throws DataException naming line and column of what is wrong */
    public static Dataset read(Path file, DataOptions options) {
        Dataset data = readAsIs(file, options);
        return options.imputation().fit(data).apply(data);
    }

    static Dataset readAsIs(Path file, DataOptions options) {
        CsvRows rows = new CsvRows(file, options);
        parse(file, line -> {
            rows.accept(line.getStartingLineNumber(), line.getFields());
            return !rows.isFull();
        });
        return rows.finish();
    }

    /** Reads the chosen columns and keeps all text. @throws DataException naming line and column of what is wrong */
    public static CsvTable readTable(Path file, DataOptions options) {
        CsvRows rows = new CsvRows(file, options);
        List<String[]> texts = new ArrayList<>();
        parse(file, line -> {
            if (rows.accept(line.getStartingLineNumber(), line.getFields())) {
                texts.add(line.getFields().toArray(String[]::new));
            }
            return !rows.isFull();
        });
        return new CsvTable(rows.header(), texts, rows.finish());
    }

    private static void parse(Path file, Predicate<CsvRecord> more) {
        Input.read(file, in -> {
            try {
                parse(in, more);
            } catch (CharacterCodingException notUtf8) {
                throw new DataException(file + ": the text is not UTF-8; save the file as UTF-8", notUtf8);
            } catch (CsvParseException broken) {
                throw new DataException(file + ": " + broken.getMessage() + "; a quote may be missing", broken);
            }
            return null;
        });
    }

    private static void parse(InputStream in, Predicate<CsvRecord> more) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
        reader.mark(1);
        if (reader.read() != '\uFEFF') {
            reader.reset();
        }
        CsvReader<CsvRecord> records = CsvReader.builder().fieldSeparator(separator(reader)).ofCsvRecord(reader);
        for (CsvRecord line : records) {
            if (!more.test(line)) {
                break;
            }
        }
    }

    private static char separator(BufferedReader reader) throws IOException {
        reader.mark(FIRST_LINE_CHARACTERS);
        int commas = 0;
        int semicolons = 0;
        int tabs = 0;
        boolean quoted = false;
        for (int i = 0; i < FIRST_LINE_CHARACTERS; i++) {
            int character = reader.read();
            if (character < 0 || !quoted && character == '\n') {
                break;
            }
            quoted ^= character == '"';
            commas += !quoted && character == ',' ? 1 : 0;
            semicolons += !quoted && character == ';' ? 1 : 0;
            tabs += !quoted && character == '\t' ? 1 : 0;
        }
        reader.reset();
        return commas >= semicolons && commas >= tabs ? ',' : semicolons >= tabs ? ';' : '\t';
    }
}
