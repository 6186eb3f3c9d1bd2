package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
    private static final DataOptions ALL = DataOptions.defaults();
    private static final String PEOPLE = "name,age,height,kind\nAnn,31,1.7,b\n\"Bob, Jr\",42,1.8,a\nCyd,5,-1e-1,b\n";

    @TempDir
    Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("t.csv"), content);
    }

    private String message(String content, DataOptions options) throws IOException {
        Path file = file(content);
        String message = assertThrows(DataException.class, () -> Csv.read(file, options)).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        return message.substring(file.toString().length() + 2);
    }

    @Test
    void columnsByNameAndLabel() throws IOException {
        Dataset data = Csv.read(file(PEOPLE), ALL.withColumns("height", "age").withLabelColumn("kind"));
        assertEquals(List.of("height", "age"), data.columnNames());
        assertArrayEquals(new float[] {1.8f, 42}, data.row(1));
        assertArrayEquals(new int[] {1, 0, 1}, data.labels());
        assertEquals(List.of("a", "b"), data.classNames());
        assertEquals(3, data.rows());
    }

    @Test
    void columnsByNumberAndRange() throws IOException {
        Dataset data = Csv.read(file(PEOPLE), ALL.withColumns("2-3").withLabelColumn("1"));
        assertEquals(List.of("age", "height"), data.columnNames());
        assertArrayEquals(new float[] {5, -0.1f}, data.row(2));
    }

    @Test
    void withoutHeaderTheFirstLineIsData() throws IOException {
        Dataset numbers = Csv.read(file("1,2\n3,4\n"), ALL);
        assertEquals(2, numbers.rows());
        assertEquals(List.of(), numbers.columnNames());
        Dataset flowers = Csv.read(file("5.1,3.5,setosa\n4.9,3.0,virginica\n"), ALL.withLabelColumn("3"));
        assertEquals(2, flowers.rows(), "a label in words is no header");
        assertArrayEquals(new float[] {5.1f, 3.5f}, flowers.row(0));
        assertEquals(2, Csv.read(file("NA,2\n3,4\n"), ALL.withImputation(Imputation.parse("zero"))).rows());
    }

    @Test
    void otherSeparatorsQuotesAndLineEnds() throws IOException {
        for (String content : new String[] {"a;b\r\n1;2\r\n", "a\tb\n1\t2", "\uFEFF\"a\",\"b\"\n\n1,\"2\"\n", "\"a\",\"b\"\n 1 ,2\n"}) {
            Dataset data = Csv.read(file(content), ALL);
            assertEquals(List.of("a", "b"), data.columnNames(), content);
            assertArrayEquals(new float[] {1, 2}, data.row(0), content);
        }
    }

    @Test
    void gzipAndRowLimit() throws IOException {
        Path packed = Files.write(folder.resolve("t.csv.gz"), IdxTest.gzip("1\n2\n3\nbad\n".getBytes(StandardCharsets.UTF_8)));
        assertEquals(3, Csv.read(packed, ALL.withMaxRows(3)).rows());
    }

    @Test
    void textInANumberColumnIsNamed() throws IOException {
        assertEquals("line 3, column 'age': 'old' is not a number; choose the columns to use, or name it as the label column",
            message("id,age\n1,5\n2,old\n", ALL));
        assertEquals("line 2, column 2: '1,5' is not a number; choose the columns to use, or name it as the label column", message("1;2\n2;1,5\n", ALL));
        assertEquals("line 2, column 1: 'a b" + "x".repeat(37) + "...' is not a number; choose the columns to use, or name it as the label column",
            message("1\n\"a\nb" + "x".repeat(60) + "\"\n", ALL), "one line, however long and broken the cell");
        for (String odd : new String[] {"1f", "0x10", "1d", "--1", "1 2"}) {
            assertTrue(message("1\n" + odd + "\n", ALL).contains("'" + odd + "' is not a number"), odd);
        }
    }

    @Test
    void missingValuesAreNamedOrImputed() throws IOException {
        String gaps = "age,height\n1,2\n3,\nNaN,8\n";
        assertEquals("line 3, column 'height': the value is missing; fill it in, or ask for an imputation: mean, median, zero", message(gaps, ALL));
        assertEquals("line 2, column 1: the value '1e60' is infinite as a float; fill it in, or ask for an imputation: mean, median, zero",
            message("1\n1e60\n", ALL));
        Dataset filled = Csv.read(file(gaps), ALL.withImputation(Imputation.parse("mean")));
        assertArrayEquals(new float[] {3, 5}, filled.row(1));
        assertArrayEquals(new float[] {2, 8}, filled.row(2));
        assertEquals("line 3, column 'k': the label is missing; fill it in or remove the line", message("x,k\n1,a\n2,\n", ALL.withLabelColumn("k")));
    }

    @Test
    void malformedTablesAreReported() throws IOException {
        assertEquals("line 3 has 1 fields, expected 2 as in the first line", message("a,b\n1,2\n3\n", ALL));
        assertEquals("line 2 has 3 fields, expected 2 as in the first line", message("a,b\n1,2,3\n", ALL));
        assertEquals("line 1: the header has the name 'a' twice; give every column its own name", message("a,b,a\n1,2,3\n", ALL));
        assertEquals("there is no row of data after the header", message("a,b\n", ALL));
        assertEquals("there is no row of data", message("\n\n", ALL));
        assertEquals("the file is empty", message("", ALL));
        assertEquals("there is no column 'c'; the header has a, b, and columns are numbered 1 to 2", message("a,b\n1,2\n", ALL.withColumns("c")));
        assertEquals("there is no column 3; the header has 1, 2, and columns are numbered 1 to 2", message("1,2\n", ALL.withColumns("3")));
        assertEquals("the columns 1,1-2 name a column twice; name each once", message("1,2\n", ALL.withColumns("1", "1-2")));
        assertEquals("there is no column besides the label column; the label is not part of the data", message("1\n2\n", ALL.withLabelColumn("1")));
    }

    @Test
    void textThatIsNotUtf8IsReported() throws IOException {
        Path latin = Files.write(folder.resolve("latin.csv"), "größe\n1\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(latin + ": the text is not UTF-8; save the file as UTF-8", assertThrows(DataException.class, () -> Csv.read(latin, ALL)).getMessage());
    }

    @Test
    void aTableKeepsItsTextAndTakesNewColumns() throws IOException {
        CsvTable table = Csv.readTable(file(PEOPLE), ALL.withColumns("age"));
        assertArrayEquals(new String[] {"Bob, Jr", "42", "1.8", "a"}, table.rows().get(1));
        assertEquals(3, table.data().rows());
        Path written = folder.resolve("out.csv");
        table.write(written, Dataset.of(1, new float[] {0.5f, 2, -3}).withColumnNames(List.of("score")));
        assertEquals("name,age,height,kind,score\nAnn,31,1.7,b,0.5\n\"Bob, Jr\",42,1.8,a,2.0\nCyd,5,-1e-1,b,-3.0\n",
            Files.readString(written).replace("\r\n", "\n"));
    }
}
