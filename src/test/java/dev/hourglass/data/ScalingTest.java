package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hourglass.data.Scaling.Kind;
import org.junit.jupiter.api.Test;

class ScalingTest {
    private static final Dataset TABLE = Dataset.of(new float[][] {{1, -10, 5}, {2, 0, 5}, {3, 10, 5}, {6, 40, 5}}).withSource("table");

    @Test
    void minmaxFillsTheUnitInterval() {
        Scaling scaling = Scaling.fit("minmax", TABLE, Support.UNIT_INTERVAL);
        assertArrayEquals(new float[] {1, -10, 5}, scaling.shift());
        assertArrayEquals(new float[] {0.2f, 0.02f, 1}, scaling.scale());
        float[] rows = {6, 40, 5, 1, -10, 7};
        scaling.apply(rows, 0, 3, 2);
        assertArrayEquals(new float[] {1, 1, 0, 0, 0, 2}, rows, 1e-6f);
    }

    @Test
    void standardizeGivesMeanZeroDeviationOne() {
        Scaling scaling = Scaling.fit(Kind.STANDARDIZE, TABLE, Support.REAL);
        double deviation = Math.sqrt((4 + 1 + 0 + 9) / 4.0);
        assertArrayEquals(new float[] {3, 10, 5}, scaling.shift());
        assertArrayEquals(new float[] {(float) (1 / deviation), (float) (1 / Math.sqrt(350)), 1}, scaling.scale(), 1e-7f);
    }

    @Test
    void logarithmsAreStandardised() {
        double e = Math.E;
        Dataset data = Dataset.of(1, new float[] {0, (float) (e - 1), (float) (1 - e), (float) (e * e * e - 1)});
        Scaling scaling = Scaling.fit("log", data, Support.REAL);
        // l(x) = 0, 1, -1, 3: mean 3/4, variance 11/4 - 9/16.
        assertEquals(0.75, scaling.shift()[0], 1e-6);
        assertEquals(1 / Math.sqrt(35 / 16.0), scaling.scale()[0], 1e-6);
    }

    @Test
    void standardizeIsExactFarFromZero() {
        float[] values = new float[20_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = 8_000_000 + (i % 2);
        }
        Scaling scaling = Scaling.fit(Kind.STANDARDIZE, Dataset.of(1, values), Support.REAL);
        assertEquals(2, scaling.scale()[0], 1e-6f);
    }

    @Test
    void invertUndoesApply() {
        for (Kind kind : Kind.values()) {
            Scaling scaling = Scaling.fit(kind, TABLE, Support.REAL);
            float[] values = {9, 1.5f, -7, 5, 123, 2000, 5};
            scaling.apply(values, 1, 3, 2);
            scaling.invert(values, 1, 3, 2);
            // A logarithm in floats gives 2000 back to a part in 10^6.
            assertEquals(2000, values[5], kind == Kind.LOG ? 2e-3f : 1e-3f, kind.name());
            values[5] = 2000;
            assertArrayEquals(new float[] {9, 1.5f, -7, 5, 123, 2000, 5}, values, 1e-3f, kind.name());
        }
    }

    @Test
    void automaticDependsOnTypeShapeAndLikelihood() {
        Dataset bytes = Dataset.of(4, new byte[] {0, 1, 2, (byte) 255});
        Dataset binary = Dataset.of(4, new byte[] {0, 1, 1, 0});
        assertEquals(Scaling.divide(255), Scaling.fit("auto", bytes.withPictureShape(2, 2), Support.UNIT_INTERVAL));
        assertEquals(Scaling.divide(255), Scaling.fit("auto", bytes.withPictureShape(2, 2), Support.REAL));
        assertEquals(Scaling.none(), Scaling.fit("auto", binary.withPictureShape(2, 2), Support.UNIT_INTERVAL));
        assertEquals(Kind.MINMAX, Scaling.fit("auto", bytes, Support.UNIT_INTERVAL).kind());
        assertEquals(Kind.STANDARDIZE, Scaling.fit("auto", bytes, Support.REAL).kind());
        assertEquals(Kind.STANDARDIZE, Scaling.fit("auto", TABLE, Support.REAL).kind());
    }

    @Test
    void dividingBy255EndsAtOne() {
        float[] values = {0, 51, 255};
        Scaling.fit("divide:255", Dataset.of(1, new byte[] {1}), Support.UNIT_INTERVAL).apply(values, 0, 3, 1);
        assertArrayEquals(new float[] {0, 0.2f, 1}, values, 1e-7f);
    }

    @Test
    void aBernoulliLikelihoodNeedsTheUnitInterval() {
        assertEquals(
                "table: row 1, column 2 is -10.0 after scaling none, expected 0 to 1 for a Bernoulli likelihood; use scaling minmax or a Gaussian likelihood",
                assertThrows(DataException.class, () -> Scaling.fit("none", TABLE, Support.UNIT_INTERVAL)).getMessage());
        assertThrows(DataException.class, () -> Scaling.fit("standardize", TABLE, Support.UNIT_INTERVAL));
        assertEquals(Kind.NONE, Scaling.fit("none", TABLE, Support.REAL).kind());
    }

    @Test
    void badWordsAndGapsAreRefused() {
        assertEquals("scaling 'logs': expected none, divide:V, minmax, standardize, log or auto; did you mean 'log'?",
                assertThrows(DataException.class, () -> Scaling.fit("logs", TABLE, Support.REAL)).getMessage());
        assertEquals("scaling 'divide:0': expected a positive number after divide:, such as divide:255",
                assertThrows(DataException.class, () -> Scaling.fit("divide:0", TABLE, Support.REAL)).getMessage());
        assertThrows(DataException.class, () -> Scaling.fit("minmax", Dataset.of(1, new float[] {1, Float.NaN}), Support.REAL));
        assertThrows(IllegalArgumentException.class,
                () -> Scaling.fit("minmax", TABLE, Support.UNIT_INTERVAL).apply(new float[4], 0, 2, 2));
        assertThrows(IllegalArgumentException.class, () -> new Scaling(Kind.NONE, new float[] {0}, new float[] {0}));
    }
}
