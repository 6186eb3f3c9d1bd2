package dev.hourglass.data.csv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.DataException;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.DataOptions.Header;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Imputation;
import dev.hourglass.data.array.IdxTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        assertEquals("line 2, column 2: '1,5' has a decimal comma, expected a decimal point; save the table with decimal points",
                message("1;2\n2;1,5\n", ALL));
        assertEquals(
                "line 2, column 1: 'a b" + "x".repeat(37)
                        + "...' is not a number; choose the columns to use, or name it as the label column"
                        + " (columns are separated by comma, semicolon or tab)",
                message("1\n\"a\nb" + "x".repeat(60) + "\"\n", ALL), "one line, however long and broken the cell");
        for (String odd : new String[] {"1f", "0x10", "1d", "--1", "1 2"}) {
            assertTrue(message("1\n" + odd + "\n", ALL).contains("'" + odd + "' is not a number"), odd);
        }
    }

    @Test
    void missingValuesAreNamedOrImputed() throws IOException {
        String gaps = "age,height\n1,2\n3,\nNaN,8\n";
        assertEquals(
                "line 3, column 'height': the value is missing; fill it in, or ask for an imputation when training: mean, median, zero",
                message(gaps, ALL));
        assertEquals("line 2, column 1: the value '1e60' is infinite as a float; correct it or leave the row out",
                message("1\n1e60\n", ALL));
        Dataset filled = Csv.read(file(gaps), ALL.withImputation(Imputation.parse("mean")));
        assertArrayEquals(new float[] {3, 5}, filled.row(1));
        assertArrayEquals(new float[] {2, 8}, filled.row(2));
        assertEquals("line 3, column 'k': the label is missing; fill it in or remove the line",
                message("x,k\n1,a\n2,\n", ALL.withLabelColumn("k")));
    }

    @Test
    void malformedTablesAreReported() throws IOException {
        assertEquals("line 3 has 1 fields, expected 2 as in the first line", message("a,b\n1,2\n3\n", ALL));
        assertEquals("line 2 has 3 fields, expected 2 as in the first line", message("a,b\n1,2,3\n", ALL));
        assertEquals("line 1: the header has the name 'a' twice; give every column its own name", message("a,b,a\n1,2,3\n", ALL));
        assertEquals("there is no row of data after the header", message("a,b\n", ALL));
        assertEquals("there is no row of data", message("\n\n", ALL));
        assertEquals("the file is empty", message("", ALL));
        assertEquals("there is no column 'c'; the header has a, b, and columns are numbered 1 to 2",
                message("a,b\n1,2\n", ALL.withColumns("c")));
        assertEquals("there is no column 3; columns are numbered 1 to 2", message("1,2\n", ALL.withColumns("3")));
        assertEquals("the columns 1,1-2 name a column twice; name each once", message("1,2\n", ALL.withColumns("1", "1-2")));
        assertEquals("there is no column besides the label column; the label is not part of the data",
                message("1\n2\n", ALL.withLabelColumn("1")));
    }

    @Test
    void textThatIsNotUtf8IsReported() throws IOException {
        Path latin = Files.write(folder.resolve("latin.csv"), "größe\n1\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(latin + ": the text is not UTF-8; save the file as UTF-8",
                assertThrows(DataException.class, () -> Csv.read(latin, ALL)).getMessage());
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

    @Test
    void theHeaderIsAsTheOptionsSay() throws IOException {
        Path numbers = file("0,1,2\n1.5,2.5,3.5\n");
        Dataset headed = Csv.read(numbers, ALL.withHeader(Header.YES));
        assertEquals(List.of("0", "1", "2"), headed.columnNames());
        assertEquals(1, headed.rows());
        assertEquals(List.of(), headed.notes());
        Dataset plain = Csv.read(numbers, ALL.withHeader(Header.NO));
        assertEquals(2, plain.rows());
        assertEquals(List.of(), plain.notes());
        assertEquals("line 1, column 1: 'a' is not a number; choose the columns to use, or name it as the label column",
                message("a,b\n1,2\n", ALL.withHeader(Header.NO)));
        assertEquals("there is no column 'a'; columns are numbered 1 to 2",
                message("a,b\n1,2\n", ALL.withHeader(Header.NO).withColumns("a")));
        assertEquals(Header.YES, Header.parse("yes"));
        assertEquals("header 'maybe': expected auto, yes or no",
                assertThrows(DataException.class, () -> Header.parse("maybe")).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0,1,2,3       | 1.5,2,3,4    | 2 | the first line is taken for data, but it holds increasing whole numbers, which may be names; if it is the names of the columns, say so with header yes
        2019,2020     | 7,3          | 2 | the first line is taken for data, but it holds increasing whole numbers, which may be names; if it is the names of the columns, say so with header yes
        5,3           | 1.5,2        | 2 | the first line is taken for data, but it holds whole numbers, unlike the line below; if it is the names of the columns, say so with header yes
        0             | 1.5          | 2 | the first line is taken for data, but it holds whole numbers, unlike the line below; if it is the names of the columns, say so with header yes
        ,0,1          | 3,4,5        | 2 | the first line is taken for data, but a value in it is missing; if it is the names of the columns, say so with header yes
        NA,2          | 3,4          | 2 | the first line is taken for data, but a value in it is missing; if it is the names of the columns, say so with header yes
        Na,K,Ca       | 3,4,5        | 1 | the first line is taken for the names of the columns, but it has words and marks of missing values; if it is data, say so with header no
        id,2019,2020  | 3,4,5        | 1 | the first line is taken for the names of the columns, but it has both words and numbers; if it is data, say so with header no
        5,3,3         | 1.5,2,1      | 2 |
        5,3           | 1,2          | 2 |
        1.5,2.5       | 3,4          | 2 |
        a,b           | 3,4          | 1 |
        ,a            | 3,4          | 1 |
        2019-01,2019-02 | 3,4        | 1 |
        """)
    void theHeaderIsGuessedAndDoubtIsSaid(String first, String below, int rows, String note) throws IOException {
        Path file = file(first.strip() + "\n" + below.strip() + "\n");
        Dataset data = Csv.read(file, ALL.withImputation(Imputation.parse("zero")));
        assertEquals(rows, data.rows());
        assertEquals(note == null ? List.of() : List.of(file + ": " + note), data.notes());
    }

    @Test
    void aMarkAmongNumbersIsNoHeader() throws IOException {
        assertEquals(
                "line 1, column 2: '-' is not a number; leave the cell empty or write NA if the value is missing; if this line holds the names of the columns,"
                        + " say so with header yes",
                message("13.1228,-,8.2543\n5.6421,6.3532,0.9400\n", ALL));
        assertEquals(
                "line 1, column 2: '-' is not a number; leave the cell empty or write NA if the value is missing; if this line holds the names of the columns,"
                        + " say so with header yes",
                message("13,-,8\n5,6,9\n", ALL), "no letter, no name");
        assertEquals(
                "line 1, column 2: 'n.a.' is not a number; choose the columns to use, or name it as the label column; if this line holds the names of the"
                        + " columns, say so with header yes",
                message("13.1228,n.a.,8.2543\n5.6421,6.3532,0.9400\n", ALL));
        assertEquals(
                "line 1, column 3: 'setosa' is not a number; choose the columns to use, or name it as the label column; if this line holds the names of the"
                        + " columns, say so with header yes",
                message("5.1,3.5,setosa\n4.9,3.0,virginica\n", ALL));
        assertEquals("line 3, column 'b': '-' is not a number; leave the cell empty or write NA if the value is missing",
                message("a,b\n1,2\n3,-\n", ALL));
        assertEquals(
                "line 1, column 1: the value is missing; fill it in, or ask for an imputation when training: mean, median, zero; if this line holds the names of the columns,"
                        + " say so with header yes",
                message(",0,1\n3,4,5\n", ALL));
    }

    @Test
    void numbersAreAlwaysPositions() throws IOException {
        Path file = file("0,1,2,target\n10,20,30,a\n11,21,31,b\n");
        DataOptions labelled = ALL.withLabelColumn("target");
        assertEquals(List.of("0", "1"), Csv.read(file, labelled.withColumns("1-2")).columnNames());
        assertEquals(List.of("0", "1"), Csv.read(file, labelled.withColumns("1", "2")).columnNames());
        assertEquals(List.of("1", "2"), Csv.read(file, labelled.withColumns("=1", "=2")).columnNames());
        assertEquals(List.of(file + ": column 1 is taken by its position, though another column is named '1'; for that one write =1"),
                Csv.read(file, labelled.withColumns("1")).notes());
        assertEquals(List.of("2"), Csv.read(file, labelled.withColumns(DataOptions.named("2"))).columnNames());
        Dataset named = Csv.read(file, labelled).selectColumns("2");
        assertArrayEquals(new float[] {30}, named.row(0), "selectColumns takes names, whatever they look like");
        assertEquals(
                "there is no column 2019-2020; the header has 2019-2020, b, and columns are numbered 1 to 2; write =2019-2020 for the column of that name",
                message("2019-2020,b\n1,2\n", ALL.withHeader(Header.YES).withColumns("2019-2020")));
    }

    @Test
    void decimalCommasAreNamed() throws IOException {
        String remedy = "has a decimal comma, expected a decimal point; save the table with decimal points";
        assertEquals("line 1, column 1: '1,5' " + remedy + "; if this line holds the names of the columns, say so with header yes",
                message("1,5;2,5\n3,5;4,5\n", ALL));
        assertEquals("line 2, column 'b': '-2,5e3' " + remedy, message("a\tb\n1\t-2,5e3\n", ALL));
        assertEquals("line 2, column 'a': '3,5' " + remedy, message("a;b\n3,5;4\n", ALL));
        assertArrayEquals(new float[] {1, 2}, Csv.read(file("1,2,3;4\n1,2,5\n"), ALL.withColumns("1", "2")).row(1),
                "two commas in a cell are separators");
    }

    @Test
    void blankLinesBeforeTheFirstDoNotHideTheSeparator() throws IOException {
        assertArrayEquals(new float[] {1, 2}, Csv.read(file("\n\n1;2\n3;4\n"), ALL).row(0));
    }

    @Test
    void moreColumnsThanTheLibraryTakesByItself() throws IOException {
        int columns = 33_000;
        String names = IntStream.range(0, columns).mapToObj(i -> "g" + i).collect(Collectors.joining(","));
        String numbers = IntStream.range(0, columns).mapToObj(i -> Integer.toString(i % 7)).collect(Collectors.joining(","));
        Dataset data = Csv.read(file(names + "\n" + numbers + "\n" + numbers + "\n"), ALL);
        assertEquals(columns, data.columns());
        assertArrayEquals(new float[] {32_999 % 7, 1}, new float[] {data.value(1, 32_999), data.value(0, 1)});
        assertEquals(List.of("g9", "g32999"), Csv.read(file(names + "\n" + numbers + "\n"), ALL.withColumns("10", "33000")).columnNames());
    }

    @Test
    void whatIsTooLongIsNamedWithItsLine() throws IOException {
        assertEquals(
                "line 2 or a later one is too long, expected at most 4194304 fields of at most 16777216 characters, 268435456 in all; a quote may be missing",
                message("1,2\n3,\"" + "x".repeat(1 << 25), ALL));
        assertTrue(message("1,2\n" + ",".repeat(1 << 22), ALL).startsWith("line 2 or a later one is too long, "), "too many fields");
        assertEquals(
                "line 2, column 2: a quote is opened and never closed, so the lines that follow would be one cell; close it or remove it",
                message("1,a\n2,\"b\n3,c\n4,d\n", ALL.withColumns("1")));
    }

    @Test
    void labelsThatLookLikeNumbersOrGapsAreKept() throws IOException {
        Dataset infinite = Csv.read(file("1;2;3\n4;5;6\n7;8;inf\n"), ALL.withLabelColumn("3"));
        assertEquals(List.of("3", "6", "inf"), infinite.classNames());
        Path gaps = file("1,a\n2,NA\n");
        assertEquals(
                List.of(gaps
                        + ": the label 'NA' of some rows is taken for a class of its own; if it means a missing label, remove these rows"),
                Csv.read(gaps, ALL.withLabelColumn("2")).notes());
    }

    @Test
    void gzipThatEndsEarlyIsNamedHoweverLittleIsLeft() throws IOException {
        Random random = new Random(3);
        String rows = random.doubles(4000).mapToObj(value -> value + "," + 2 * value + "\n").collect(Collectors.joining());
        byte[] packed = IdxTest.gzip(rows.getBytes(StandardCharsets.UTF_8));
        for (int length : new int[] {20, 3000, packed.length / 2, packed.length - 1}) {
            Path cut = Files.write(folder.resolve("cut.csv.gz"), Arrays.copyOf(packed, length));
            assertEquals(cut + ": the file ends too early; it is truncated, copy or download it again",
                    assertThrows(DataException.class, () -> Csv.read(cut, ALL)).getMessage(), "length " + length);
        }
    }
}
