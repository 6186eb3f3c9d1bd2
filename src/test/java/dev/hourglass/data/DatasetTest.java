package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Dataset.Element;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetTest {
    private static final Dataset TABLE = Dataset.of(new float[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {10, 11, 12}})
            .withColumnNames(List.of("a", "b", "c")).withLabels(List.of("dog", "cat", "dog", "eel"));

    @Test
    void bytesStayBytesAndReadUnsigned() {
        Dataset data = Dataset.of(2, new byte[] {0, 1, (byte) 200, (byte) 255});
        assertEquals(Element.UINT8, data.element());
        assertArrayEquals(new float[] {200, 255}, data.row(1));
        assertEquals(200, data.value(1, 0));
        byte[] rows = new byte[5];
        data.copyRows(0, 2, rows, 1);
        assertArrayEquals(new byte[] {0, 0, 1, (byte) 200, (byte) 255}, rows);
        assertThrows(IllegalStateException.class, () -> data.copyRows(0, 1, new float[2], 0));
        assertThrows(IndexOutOfBoundsException.class, () -> data.copyRows(1, 2, new byte[4], 0));
        assertThrows(IndexOutOfBoundsException.class, () -> data.copyRows(0, 2, new byte[4], 1));
    }

    @Test
    void valuesAreCopiedIn() {
        float[] values = {1, 2};
        Dataset data = Dataset.of(1, values);
        values[0] = 99;
        assertEquals(1, data.value(0, 0));
        assertThrows(IllegalArgumentException.class, () -> Dataset.of(2, new float[3]));
        assertThrows(IllegalArgumentException.class, () -> Dataset.of(2, new float[0]));
        assertThrows(IllegalArgumentException.class, () -> Dataset.of(new float[][] {{1}, {1, 2}}));
    }

    @Test
    void labelsAreNumberedInSortedOrder() {
        assertEquals(List.of("cat", "dog", "eel"), TABLE.classNames());
        assertArrayEquals(new int[] {1, 0, 1, 2}, TABLE.labels());
        Dataset numbers = TABLE.withLabels(List.of("10", "9", "-1", "9"));
        assertEquals(List.of("-1", "9", "10"), numbers.classNames());
        assertArrayEquals(new int[] {2, 1, 0, 1}, numbers.labels());
        assertArrayEquals(new int[] {1, 0, 1, 0}, TABLE.withLabels(new int[] {7, 3, 7, 3}).labels());
    }

    @Test
    void labelsCanBeNumberedAsAnotherSetHasThem() {
        Dataset aligned = TABLE.withLabelsAligned(List.of("ape", "eel", "dog", "cat"));
        assertArrayEquals(new int[] {2, 3, 2, 1}, aligned.labels());
        DataException unknown = assertThrows(DataException.class, () -> TABLE.withSource("pets").withLabelsAligned(List.of("dog", "cat")));
        assertEquals("pets: row 4 has label 'eel', expected one of [dog, cat]; use data with the labels of the training set",
                unknown.getMessage());
    }

    @Test
    void selectionKeepsLabelsAndNames() {
        Dataset chosen = TABLE.select(new int[] {3, 0}).selectColumns("c", "a");
        assertArrayEquals(new float[] {12, 10}, chosen.row(0));
        assertArrayEquals(new float[] {3, 1}, chosen.row(1));
        assertArrayEquals(new int[] {2, 1}, chosen.labels());
        assertEquals(List.of("cat", "dog", "eel"), chosen.classNames());
        assertEquals(List.of("c", "a"), chosen.columnNames());
        assertEquals(2, TABLE.head(2).rows());
        assertSame(TABLE, TABLE.head(9));
        assertEquals("data set: there is no column 'd'; the header has a, b, c, and columns are numbered 1 to 3",
                assertThrows(DataException.class, () -> TABLE.selectColumns("d")).getMessage());
    }

    @Test
    void pictureShapeMustFit() {
        Dataset data = Dataset.of(6, new byte[12]).withPictureShape(2, 3);
        assertEquals(new PictureShape(2, 3), data.pictureShape().orElseThrow());
        assertTrue(data.selectColumns(0, 1).pictureShape().isEmpty());
        assertThrows(IllegalArgumentException.class, () -> data.withPictureShape(2, 2));
    }

    @Test
    void splitIsADeterministicPartition() {
        Dataset data = Dataset.of(1, floats(100));
        Dataset.Split split = data.split(0.25, 7);
        assertEquals(75, split.train().rows());
        assertEquals(25, split.validation().rows());
        float[] all = new float[100];
        split.train().copyRows(0, 75, all, 0);
        split.validation().copyRows(0, 25, all, 75);
        float[] firstSix = Arrays.copyOfRange(all, 75, 81);
        Arrays.sort(all);
        assertArrayEquals(floats(100), all);
        assertArrayEquals(new float[] {6, 7, 15, 19, 20, 24}, firstSix, "pinned: the same on every Java version");
        assertEquals(split.validation().sha256(), data.split(0.25, 7).validation().sha256());
        assertNotEquals(split.validation().sha256(), data.split(0.25, 8).validation().sha256());
        assertEquals(1, data.split(0.0001, 1).validation().rows());
    }

    private static float[] floats(int count) {
        float[] values = new float[count];
        IntStream.range(0, count).forEach(i -> values[i] = i);
        return values;
    }

    @Test
    void rowsCrossBlockBorders() {
        RowBlocks blocks = new RowBlocks(Element.FLOAT32, 3, 10);
        float[] values = floats(75);
        blocks.append(values, 0, 1);
        blocks.append(values, 3, 17);
        blocks.append(values, 54, 7);
        blocks.resize(23);
        Dataset data = Dataset.of(blocks, "");
        float[] read = new float[60];
        data.copyRows(2, 20, read, 0);
        assertArrayEquals(Arrays.copyOfRange(values, 6, 66), read);
        assertEquals(68, data.value(22, 2));
        assertEquals(Dataset.of(3, Arrays.copyOf(values, 69)).sha256(), data.sha256());
    }

    @Test
    void floatsBecomeDoublesAcrossBlockBorders() {
        RowBlocks blocks = new RowBlocks(Element.FLOAT32, 3, 10);
        double[] values = IntStream.range(0, 75).mapToDouble(i -> i < 40 ? i : i + 0.1).toArray();
        blocks.appendNumbers(values, 0, 13);
        assertEquals(Element.FLOAT32, blocks.element());
        blocks.appendNumbers(values, 39, 7);
        assertEquals(Element.FLOAT64, blocks.element());
        blocks.appendNumbers(values, 60, 5);
        Dataset data = Dataset.of(blocks, "");
        assertArrayEquals(values, IntStream.range(0, 75).mapToDouble(i -> data.number(i / 3, i % 3)).toArray());
        assertArrayEquals(new double[] {69.1, 70.1, 71.1}, data.select(new int[] {0, 23}).numbers(1));
        assertEquals(41.1f, data.toFloats().number(13, 2));
    }

    @Test
    void hashDependsOnTypeShapeAndValuesAlone() {
        Dataset bytes = Dataset.of(2, new byte[] {1, 2, 3, 4});
        // printf 'UINT8\2\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\1\2\3\4' | sha256sum
        assertEquals("a85c7d7abaf7fcbe624c50a66aae604e3fe6dcc84217c26ca3a65f6e7b6108f7", bytes.sha256());
        assertEquals(bytes.sha256(), bytes.withLabels(new int[] {0, 1}).withSource("elsewhere").sha256());
        assertNotEquals(bytes.sha256(), Dataset.of(1, new byte[] {1, 2, 3, 4}).sha256());
        assertNotEquals(bytes.sha256(), Dataset.of(2, new float[] {1, 2, 3, 4}).sha256());
    }

    @Test
    void missingLabelsAreReported() {
        Dataset data = Dataset.of(1, new float[] {1});
        assertFalse(data.hasLabels());
        assertEquals(List.of(), data.classNames());
        assertThrows(IllegalStateException.class, data::labels);
    }

    @Test
    void columnSumsAddEveryRow() {
        for (Element element : Element.values()) {
            RowBlocks blocks = new RowBlocks(element, 3, 21);
            int rows = 2500;
            blocks.resize(rows);
            double[] expected = new double[3];
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < 3; column++) {
                    float value = element == Element.UINT8 ? (row * 7 + column * 101) % 256 : row * 0.1f - column;
                    blocks.set(row, column, value);
                    expected[column] += value;
                }
            }
            assertArrayEquals(expected, Dataset.of(blocks, "numbers").columnSums(), element.name());
        }
    }

    @Test
    void notesStayWithTheData() {
        Dataset noted = TABLE.withNote("first guess").withNote("second guess");
        assertEquals(List.of("first guess", "second guess"), noted.notes());
        assertEquals(noted.notes(),
                noted.select(new int[] {1}).selectColumns("a").withLabels(new int[] {4}).withSource("elsewhere").notes());
        assertEquals(noted.notes(), noted.split(0.5, 1).validation().withColumnNames(List.of("x", "y", "z")).notes());
        assertEquals(List.of(), TABLE.notes());
        assertEquals(noted.notes(), new DataPair(noted, noted.head(1)).notes(), "each line once");
        assertEquals(List.of(), new DataPair(TABLE, null).notes());
    }
}
