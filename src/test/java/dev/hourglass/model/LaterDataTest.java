package dev.hourglass.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.Hourglass;
import dev.hourglass.data.ConditionKind;
import dev.hourglass.data.DataException;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Examples;
import dev.hourglass.data.digits.SyntheticDigits;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Later pictures must have the range of those of training, and conditions their unit; what proves nothing is taken. */
class LaterDataTest {
    private static final Dataset DIGITS = SyntheticDigits.generate(60, 3);

    /** The same pictures in every form that files hold them in. */
    private static final Map<String, Dataset> FORMS = Map.ofEntries(
            Map.entry("bytes", DIGITS),
            Map.entry("flat bytes", Dataset.of(784, bytes(x -> x))),
            Map.entry("bits", pictures(Dataset.of(784, bytes(x -> x > 127 ? 1 : 0)))),
            Map.entry("flat bits", Dataset.of(784, bytes(x -> x > 127 ? 1 : 0))),
            Map.entry("float bits", pictures(floats(x -> x > 127 ? 1 : 0))),
            Map.entry("unit", pictures(floats(x -> x / 255))),
            Map.entry("flat unit", floats(x -> x / 255)),
            Map.entry("float bytes", pictures(floats(x -> x))),
            Map.entry("smoothed", pictures(floats(x -> 0.93 * x))),
            Map.entry("signed", pictures(floats(x -> x / 127.5 - 1))),
            Map.entry("centred", pictures(floats(x -> x - 128))),
            Map.entry("16-bit", pictures(floats(x -> 257 * x))),
            Map.entry("12-bit", pictures(floats(x -> Math.rint(4095 * x / 255)))),
            Map.entry("steps", pictures(Dataset.of(784, bytes(x -> (int) x / 16)))));

    private static byte[] bytes(DoubleUnaryOperator of) {
        byte[] values = new byte[DIGITS.rows() * 784];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) of.applyAsDouble(DIGITS.value(i / 784, i % 784));
        }
        return values;
    }

    private static Dataset floats(DoubleUnaryOperator of) {
        float[] values = new float[DIGITS.rows() * 784];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) of.applyAsDouble(DIGITS.value(i / 784, i % 784));
        }
        return Dataset.of(784, values);
    }

    private static Dataset pictures(Dataset rows) {
        return rows.withPictureShape(28, 28);
    }

    private static Schema trainedOn(Dataset data) {
        Specification plain = Hourglass.undercomplete().likelihood(dev.hourglass.model.likelihood.Likelihood.squaredError())
                .specification();
        return Schema.fit(plain, Examples.of(data), "auto");
    }

    private static void refuses(Schema schema, Dataset later, String form) {
        for (Dataset each : List.of(later, later.head(1))) {
            assertThrows(DataException.class, () -> schema.accept(Examples.of(each), ConditionKind.NONE), form + ", " + each.rows());
        }
    }

    private static void takes(Schema schema, Dataset later) {
        Examples examples = Examples.of(later);
        assertEquals(later.sha256(), schema.accept(examples, ConditionKind.NONE).features().sha256());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bytes | bits, flat bits, float bits, unit, flat unit, signed, centred, 16-bit, 12-bit",
        "flat bytes | bits, flat bits, float bits, unit, flat unit, signed, centred, 16-bit, 12-bit",
        "float bytes | bits, flat bits, float bits, unit, flat unit, signed, centred, 16-bit, 12-bit",
        "smoothed | bits, flat bits, float bits, unit, flat unit, signed, centred, 16-bit, 12-bit",
        "bits | bytes, flat bytes, float bytes, smoothed, signed, centred, 16-bit, 12-bit, steps",
        "unit | bytes, flat bytes, float bytes, smoothed, signed, centred, 16-bit, 12-bit, steps",
        "16-bit | bytes, flat bytes, float bytes, bits, flat bits, float bits, unit, signed, centred",
        "12-bit | bytes, flat bytes, bits, flat bits, float bits, unit, signed, centred, 16-bit",
        "signed | bytes, float bytes, smoothed, unit, flat unit, bits, centred, 16-bit, 12-bit, steps",
        "steps | bytes, float bytes, smoothed, centred, 16-bit, 12-bit"})
    void anotherRangeIsRefusedInAnyForm(String form, String others) {
        Schema schema = trainedOn(FORMS.get(form));
        for (String other : others.split(", ")) {
            refuses(schema, FORMS.get(other), form + ": " + other);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bytes | bytes, flat bytes, float bytes, smoothed, steps",
        "flat bytes | bytes, flat bytes, float bytes, smoothed, steps",
        "float bytes | bytes, float bytes, smoothed",
        "bits | bits, flat bits, float bits, unit",
        "unit | unit, flat unit, bits, float bits",
        "signed | signed", "16-bit | 16-bit, 12-bit", "12-bit | 12-bit", "centred | centred", "steps | steps"})
    void theSameRangeIsTakenInAnyForm(String form, String others) {
        Schema schema = trainedOn(FORMS.get(form));
        for (String other : others.split(", ")) {
            takes(schema, FORMS.get(other));
            takes(schema, FORMS.get(other).head(1));
        }
    }

    @Test
    void darkAndBrightPicturesOfTheSameRangeAreTaken() {
        Schema bytes = trainedOn(DIGITS);
        takes(bytes, pictures(Dataset.of(784, bytes(x -> 0))));
        takes(bytes, pictures(Dataset.of(784, new byte[784])));
        takes(bytes, pictures(floats(x -> 0)));
        takes(bytes, pictures(Dataset.of(784, bytes(x -> (int) x / 50))));
        takes(bytes, pictures(floats(x -> x / 100)));
        byte[] hardlyLit = new byte[784];
        hardlyLit[300] = 1;
        takes(bytes, pictures(Dataset.of(784, hardlyLit)));
        float[] rounded = new float[784];
        rounded[17] = 1e-7f;
        takes(bytes, pictures(Dataset.of(784, rounded)));
        byte[] white = new byte[784];
        Arrays.fill(white, (byte) 255);
        takes(bytes, pictures(Dataset.of(784, white)));
        Schema unit = trainedOn(FORMS.get("unit"));
        takes(unit, pictures(floats(x -> x / 255 * 1.4)));
        takes(unit, pictures(floats(x -> x / 255 / 1000)));
        takes(trainedOn(FORMS.get("16-bit")), pictures(floats(x -> x > 0 ? 300 : 0)));
        takes(trainedOn(FORMS.get("signed")), pictures(floats(x -> 1)));
    }

    @Test
    void aBrightPixelAmongManyPicturesIsLeftToTheScore() {
        float[] values = new float[60 * 784];
        values[5] = 9;
        takes(trainedOn(FORMS.get("unit")), pictures(Dataset.of(784, values)));
    }

    @Test
    void theLineSaysWhatWasFoundAndExpected() {
        Schema bytes = trainedOn(DIGITS);
        assertEquals(
                "a.npy: the values go from 0 to 0.99607843 (float32), the greatest in row 28, expected the range of the training data, 0 to 254"
                        + " (uint8); multiply them by 255, or train on pictures like these",
                assertThrows(DataException.class,
                        () -> bytes.accept(Examples.of(FORMS.get("unit").withSource("a.npy")), ConditionKind.NONE))
                        .getMessage());
        Schema unit = trainedOn(FORMS.get("unit"));
        assertEquals(
                "data set: the values go from 0 to 65278 (float32), the greatest in row 28, expected the range of the training data, 0 to 0.99607843"
                        + " (float32); divide them by 65535, or train on pictures like these",
                assertThrows(DataException.class, () -> unit.accept(Examples.of(FORMS.get("16-bit")), ConditionKind.NONE)).getMessage());
    }

    @Test
    void tablesHaveNoRange() {
        Dataset table = Dataset.of(Facts.normal(40, 6, 7));
        Schema schema = trainedOn(table);
        assertEquals(null, schema.range());
        float[] far = {1e6f, 0, 0, 0, 0, 0};
        takes(schema, Dataset.of(6, far));
    }

    @Test
    void conditionsOfAnotherUnitAreNamed() {
        float[][] ages = new float[40][1];
        for (int i = 0; i < 40; i++) {
            ages[i][0] = 20 + i;
        }
        Dataset x = Dataset.of(Facts.normal(40, 6, 7));
        Dataset age = Dataset.of(ages).withColumnNames(List.of("age"));
        Schema schema = Schema.fit(Hourglass.cvae().condition(ConditionKind.VALUES).specification(), new Examples(x, age), "auto");
        float[][] days = Arrays.stream(ages).map(row -> new float[] {365 * row[0]}).toArray(float[][]::new);
        Dataset inDays = Dataset.of(days).withColumnNames(List.of("age"));
        String refused = assertThrows(DataException.class, () -> schema.accept(new Examples(x, inDays), ConditionKind.VALUES)).getMessage();
        assertTrue(refused
                .startsWith("data set: condition column 'age' goes from 7300.0 to 21535.0, expected values as in the training data, whose"
                        + " mean is 39.5 and deviation 11.5"),
                refused);
        days[3][0] = 40;
        Dataset oneUsual = Dataset.of(days).withColumnNames(List.of("age"));
        assertEquals(40, schema.accept(new Examples(x, oneUsual), ConditionKind.VALUES).conditions().value(3, 0));
        Dataset more = Dataset.of(new float[][] {{1, 33}}).withColumnNames(List.of("weight", "age"));
        assertEquals(33, schema.acceptConditions(more).value(0, 0));
        Dataset other = Dataset.of(new float[][] {{33}}).withColumnNames(List.of("years"));
        assertTrue(assertThrows(DataException.class, () -> schema.acceptConditions(other)).getMessage().contains("no column 'age'"));
    }
}
