package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands for something missing is found in a column of any shape; ordinary data, heavy tails among them, are silent. */
class DistantValuesTest {
    /** How a column is drawn. */
    enum Shape {
        NORMAL(random -> 20 + 5 * random.nextGaussian()), UNIFORM(Random::nextDouble),
        EXPONENTIAL(random -> -Math.log(1 - random.nextDouble())),
        LOG_NORMAL(random -> Math.exp(2 * random.nextGaussian())),
        AMOUNTS(random -> Math.rint(100 * Math.exp(1.5 * random.nextGaussian() + 3)) / 100),
        MOSTLY_ZERO(random -> random.nextInt(10) > 0 ? 0 : Math.exp(1.5 * random.nextGaussian() + 4)),
        HARDLY_EVER(random -> random.nextInt(100) > 0 ? 0 : Math.exp(1.5 * random.nextGaussian() + 4)),
        POISSON_RARE(random -> poisson(0.01, random)), POISSON(random -> poisson(3, random)),
        GEOMETRIC(random -> Math.floor(Math.log(1 - random.nextDouble()) / Math.log(0.9))),
        STUDENT(random -> random.nextGaussian() / Math.sqrt((square(random) + square(random) + square(random)) / 3)),
        CAUCHY(random -> random.nextGaussian() / random.nextGaussian()), COIN(random -> random.nextInt(2)),
        ONE_HOT(random -> random.nextInt(200) == 0 ? 1 : 0), CONSTANT(random -> 7);

        private final ToDoubleFunction<Random> draw;

        Shape(ToDoubleFunction<Random> draw) {
            this.draw = draw;
        }

        Dataset table(int rows, int columns, long seed) {
            Random random = new Random(seed);
            float[][] values = new float[rows][columns];
            for (float[] row : values) {
                for (int j = 0; j < columns; j++) {
                    row[j] = (float) draw.applyAsDouble(random);
                }
            }
            return Dataset.of(values);
        }
    }

    private static double square(Random random) {
        double normal = random.nextGaussian();
        return normal * normal;
    }

    private static int poisson(double mean, Random random) {
        int count = 0;
        for (double product = random.nextDouble(); product > Math.exp(-mean); product *= random.nextDouble()) {
            count++;
        }
        return count;
    }

    /** One value in row 77, and in column 1 in every twentieth row. */
    private static Dataset with(Dataset table, float value) {
        float[][] rows = new float[table.rows()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = table.row(i);
            rows[i][1] = i % 20 == 3 ? value : rows[i][1];
        }
        rows[76][0] = value;
        return Dataset.of(rows);
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void ordinaryColumnsAreSilent(Shape shape) {
        for (int rows : new int[] {12, 100, 1000, 5000}) {
            assertEquals(List.of(), DistantValues.of(List.of(shape.table(rows, 20, rows))), rows + " rows");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Shape.class, names = {"CAUCHY"}, mode = EnumSource.Mode.EXCLUDE)
    void marksAreFoundAloneAndRepeated(Shape shape) {
        for (float mark : new float[] {-9999, -99999, 1e9f, -1e6f, 9.96921e36f, Float.MAX_VALUE, -Float.MAX_VALUE}) {
            List<DistantValues.Found> found = DistantValues.of(List.of(with(shape.table(400, 3, 9), mark)));
            assertEquals(List.of(new DistantValues.Found(0, 0, 76, mark, 1), new DistantValues.Found(1, 0, 3, mark, 20)), found);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {-999, 999, 9999.99f, 999999, 65535, -32768, 54321, -777})
    void anyValueFarFromANormalColumnIsFound(float value) {
        List<DistantValues.Found> found = DistantValues.of(List.of(with(Shape.NORMAL.table(400, 3, 9), value)));
        assertEquals(List.of(new DistantValues.Found(0, 0, 76, value, 1), new DistantValues.Found(1, 0, 3, value, 20)), found);
    }

    @Test
    void severalMarksAtBothEndsAreFoundTogether() {
        float[][] rows = new float[200][];
        Dataset table = Shape.NORMAL.table(200, 1, 2);
        for (int i = 0; i < 200; i++) {
            rows[i] = i % 10 == 5 ? new float[] {i % 20 == 5 ? -9999 : -9998} : table.row(i);
        }
        rows[17][0] = 1e9f;
        rows[18][0] = 999999;
        assertEquals(List.of(new DistantValues.Found(0, 0, 5, -9999, 22)), DistantValues.of(List.of(Dataset.of(rows))));
    }

    @Test
    void theLineNamesFiveColumnsAtMost() {
        float[][] rows = new float[100][];
        Dataset table = Shape.NORMAL.table(100, 8, 4);
        for (int i = 0; i < 100; i++) {
            rows[i] = table.row(i);
        }
        rows[3][1] = -9999;
        Dataset one = Dataset.of(rows).withColumnNames(List.of("a", "b", "c", "d", "e", "f", "g", "h")).withSource("t.csv");
        String end = ": far from the rest of the column, and it decides on its scaling; if it stands for a missing value, empty the cell and ask for an"
                + " imputation";
        assertEquals(Optional.of("t.csv: row 4, column 'b' is -9999" + end), DistantValues.line(List.of(one), (part, row) -> row + 1));
        for (int j = 0; j < 8; j++) {
            rows[20 + j][j] = 1e9f;
            rows[30][j] = 1e9f;
        }
        Dataset all = Dataset.of(rows).withSource("t.csv");
        assertEquals(
                Optional.of("t.csv: row 21, column 1 is 1.0E9 (such values in 2 rows); row 4, column 2 is -9999 (such values in 3 rows);"
                        + " row 23, column 3 is 1.0E9 (such values in 2 rows); row 24, column 4 is 1.0E9 (such values in 2 rows); row 25, column 5 is 1.0E9"
                        + " (such values in 2 rows) and 3 more columns" + end),
                DistantValues.line(List.of(all), (part, row) -> row + 1));
    }

    @Test
    void partsAreLookedAtTogetherAndPicturesNotAtAll() {
        Dataset training = Shape.NORMAL.table(90, 2, 6);
        float[][] held = {{20, 20}, {20, 99999}};
        List<DistantValues.Found> found = DistantValues.of(List.of(training, Dataset.of(held)));
        assertEquals(List.of(new DistantValues.Found(1, 1, 1, 99999, 1)), found);
        List<Dataset> pictures = new ArrayList<>(List.of(with(Shape.NORMAL.table(400, 4, 9), -9999).withPictureShape(2, 2)));
        assertTrue(DistantValues.of(pictures).isEmpty());
    }
}
