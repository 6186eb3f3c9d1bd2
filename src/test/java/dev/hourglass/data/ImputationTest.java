package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hourglass.data.Imputation.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImputationTest {
    private static final float GAP = Float.NaN;
    private static final Dataset GAPS = Dataset.of(new float[][] {{1, GAP}, {2, 4}, {GAP, 6}, {9, GAP}, {4, 5}})
            .withColumnNames(List.of("age", "height")).withSource("people");

    @Test
    void noneNamesTheFirstMissingValue() {
        assertEquals(
                "people: row 1, column 'height': the value is missing; fill it in, or ask for an imputation when training: mean, median, zero",
                assertThrows(DataException.class, () -> Imputation.of(Kind.NONE).apply(GAPS)).getMessage());
        Dataset infinite = Dataset.of(new float[][] {{1, 2}, {Float.NEGATIVE_INFINITY, 3}});
        assertEquals("data set: row 2, column 1: the value is infinite, expected a finite number; correct it or leave the row out",
                assertThrows(DataException.class, infinite::requireComplete).getMessage());
        assertEquals("data set: row 2, column 1: the value is infinite, expected a finite number; correct it or leave the row out",
                assertThrows(DataException.class, () -> Imputation.of(Kind.MEAN).fit(infinite).apply(infinite)).getMessage());
    }

    @Test
    void meanMedianAndZeroFillTheGaps() {
        assertArrayEquals(new double[] {4, 5}, Imputation.of(Kind.MEAN).fit(GAPS).values());
        assertArrayEquals(new double[] {3, 5}, Imputation.of(Kind.MEDIAN).fit(GAPS).values());
        assertArrayEquals(new double[] {0, 0}, Imputation.parse("zero").fit(GAPS).values());
        Dataset filled = Imputation.parse("median").fit(GAPS).apply(GAPS);
        float[] values = new float[10];
        filled.copyRows(0, 5, values, 0);
        assertArrayEquals(new float[] {1, 5, 2, 4, 3, 6, 9, 5, 4, 5}, values);
        assertEquals(List.of("age", "height"), filled.columnNames());
    }

    @Test
    void statisticsOfTheTrainingSetServeLaterData() {
        Imputation fitted = Imputation.of(Kind.MEAN).fit(GAPS);
        Dataset later = Dataset.of(new float[][] {{GAP, GAP}, {100, 200}});
        assertSame(fitted, fitted.fit(later));
        assertArrayEquals(new float[] {4, 5}, fitted.apply(later).row(0));
        assertEquals(fitted, new Imputation(Kind.MEAN, new double[] {4, 5}));
        assertEquals("data set: columns=1, expected the 2 of the training set",
                assertThrows(DataException.class, () -> fitted.apply(Dataset.of(1, new float[] {1}))).getMessage());
    }

    @Test
    void completeDataIsLeftAlone() {
        Dataset complete = Dataset.of(1, new float[] {1, 2});
        assertSame(complete, Imputation.of(Kind.MEAN).fit(complete).apply(complete));
        Dataset bytes = Dataset.of(1, new byte[] {1, 2});
        assertSame(bytes, Imputation.of(Kind.ZERO).fit(bytes).apply(bytes));
        assertThrows(IllegalStateException.class, () -> Imputation.of(Kind.MEAN).apply(GAPS));
    }

    @Test
    void aColumnWithoutAnyValueHasNoMean() {
        Dataset empty = Dataset.of(new float[][] {{1, GAP}, {2, GAP}});
        assertEquals("data set: column 2 has no value at all, so no mean; leave the column out or use imputation zero",
                assertThrows(DataException.class, () -> Imputation.of(Kind.MEAN).fit(empty)).getMessage());
        assertEquals("imputation 'mode': expected none, mean, median or zero",
                assertThrows(DataException.class, () -> Imputation.parse("mode")).getMessage());
    }
}
