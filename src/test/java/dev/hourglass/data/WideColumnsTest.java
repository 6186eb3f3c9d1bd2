package dev.hourglass.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Dataset.Element;
import dev.hourglass.data.Imputation.Kind;
import dev.hourglass.data.array.Npy;
import dev.hourglass.data.array.NpyTest;
import dev.hourglass.data.array.Npz;
import dev.hourglass.data.csv.Csv;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that a float does not hold: they are read, kept, centred and scaled as doubles, and come back. */
class WideColumnsTest {
    private static final double MEGAHERTZ = 1_000_000;
    private static final double DEVIATION = 0.004;

    @TempDir
    Path folder;

    /** 181 different values around 10^6 whose deviation is 0.004: as floats they are one. */
    private static double[] frequencies(int count) {
        Random random = new Random(4);
        return IntStream.range(0, count).mapToDouble(i -> MEGAHERTZ + Math.rint(random.nextGaussian() * 40) / 10_000).toArray();
    }

    private static double[][] column(double... values) {
        return DoubleStream.of(values).mapToObj(value -> new double[] {value}).toArray(double[][]::new);
    }

    private static double[] scaled(Scaling scaling, Dataset data, int column) {
        float[] row = new float[data.columns()];
        return IntStream.range(0, data.rows()).mapToDouble(i -> {
            scaling.encode(data, i, row, 0);
            return row[column];
        }).toArray();
    }

    private static long different(double[] values) {
        return Arrays.stream(values).distinct().count();
    }

    @Test
    void standardisingKeepsValuesApartAndCentresThem() {
        double[] values = frequencies(600);
        Dataset data = Dataset.of(column(values));
        assertEquals(Element.FLOAT64, data.element());
        Scaling scaling = Scaling.fit("standardize", data, Support.REAL);
        double[] scaled = scaled(scaling, data, 0);
        assertEquals(different(values), different(scaled));
        assertEquals(0, Arrays.stream(scaled).average().orElseThrow(), 1e-6);
        assertEquals(1, Math.sqrt(Arrays.stream(scaled).map(z -> z * z).average().orElseThrow()), 1e-6);
        double mean = Arrays.stream(values).average().orElseThrow();
        double deviation = Math.sqrt(Arrays.stream(values).map(x -> (x - mean) * (x - mean)).average().orElseThrow());
        for (double far : new double[] {5, -5, 7.5}) {
            assertEquals(far, scaling.encode(new double[] {mean + far * deviation})[0], 1e-5);
            assertEquals(far, scaling.encode(0, mean + far * deviation), 1e-5);
        }
        assertEquals(1_000_000.012, scaling.decode(scaling.encode(new double[] {1_000_000.012}))[0], 1e-9);
    }

    @Test
    void theOtherScalingsKeepValuesApartToo() {
        double[] values = frequencies(300);
        Dataset data = Dataset.of(column(values));
        for (String words : List.of("minmax", "log", "auto")) {
            Scaling scaling = Scaling.fit(words, data, Support.REAL);
            assertTrue(scaling.isWide(0));
            assertEquals(different(values), different(scaled(scaling, data, 0)), words);
            double back = scaling.decode(scaling.encode(new double[] {values[7]}))[0];
            assertEquals(values[7], back, 1e-8, words);
        }
        double[] unit = scaled(Scaling.fit("minmax", data, Support.UNIT_INTERVAL), data, 0);
        assertEquals(0, Arrays.stream(unit).min().orElseThrow());
        assertEquals(1, Arrays.stream(unit).max().orElseThrow(), 1e-6);
    }

    @Test
    void onlyColumnsThatNeedItAreWide() {
        double[] frequencies = frequencies(200);
        double[][] rows = IntStream.range(0, 200).mapToObj(i -> new double[] {i * 0.1, frequencies[i], 1000 + i}).toArray(double[][]::new);
        Scaling scaling = Scaling.fit("standardize", Dataset.of(rows), Support.REAL);
        assertEquals(List.of(1), scaling.wide().columns());
        assertEquals(0, scaling.shift()[1]);
        assertEquals(1, scaling.scale()[1]);
        assertEquals(MEGAHERTZ, scaling.exactShift()[1], 1e-3);
        assertEquals(1 / DEVIATION, scaling.exactScale()[1], 20);
        assertEquals(scaling.shift()[0], scaling.exactShift()[0]);
    }

    /** The bits of a model trained on floats depend on this. */
    @Test
    void exactDataAreScaledInFloatsAsEver() {
        Random random = new Random(2);
        float[][] rows = new float[100][];
        Arrays.setAll(rows, i -> new float[] {random.nextInt(50), 2000 + random.nextInt(20), random.nextFloat()});
        Dataset data = Dataset.of(rows);
        Scaling scaling = Scaling.fit("standardize", data, Support.REAL);
        assertNull(scaling.wide());
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < 3; j++) {
                assertEquals((rows[i][j] - scaling.shift()[j]) * scaling.scale()[j], (float) scaled(scaling, data, j)[i]);
            }
        }
        Dataset asDoubles = Dataset.of(Arrays.stream(rows).map(row -> new double[] {row[0], row[1], row[2]}).toArray(double[][]::new));
        assertEquals(Element.FLOAT32, asDoubles.element());
        assertEquals(data.sha256(), asDoubles.sha256());
    }

    /** A row gets the same whatever stands beside it in its table. */
    @Test
    void aValueIsScaledAlikeFromFloatsAndFromDoubles() {
        Scaling scaling = Scaling.fit("standardize", Dataset.of(new float[][] {{1.5f}, {2.25f}, {7}}), Support.REAL);
        double[] alone = scaled(scaling, Dataset.of(new float[][] {{3.7f}}), 0);
        double[] besideDoubles = scaled(scaling, Dataset.of(column(3.7f, 0.1)), 0);
        assertEquals(alone[0], besideDoubles[0]);
    }

    @Test
    void aShiftThatNoFloatHoldsMakesFloatsWide() {
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = 16_000_000 + i % 2;
        }
        Dataset data = Dataset.of(1, values).select(IntStream.range(0, 999).toArray());
        Scaling scaling = Scaling.fit("standardize", data, Support.REAL);
        assertEquals(0, Arrays.stream(scaled(scaling, data, 0)).average().orElseThrow(), 1e-6);
    }

    @Test
    void aConstantColumnBecomesZero() {
        Dataset data = Dataset.of(column(1_000_000.012, 1_000_000.012));
        Scaling scaling = Scaling.fit("standardize", data, Support.REAL);
        assertArrayEquals(new double[] {0, 0}, scaled(scaling, data, 0));
        assertEquals(0.5, scaling.encode(0, 1_000_000.512), 1e-6);
    }

    @Test
    void missingValuesAreFilledInDouble() {
        Dataset data = Dataset.of(column(1_000_000.010, Double.NaN, 1_000_000.012, 1_000_000.020));
        Dataset mean = Imputation.of(Kind.MEAN).fit(data).apply(data);
        assertEquals(1_000_000.014, mean.number(1, 0), 1e-9);
        assertEquals(1_000_000.012, Imputation.of(Kind.MEDIAN).fit(data).apply(data).number(1, 0));
        assertEquals(1_000_000.010, mean.number(0, 0));
        Dataset later = Dataset.of(new float[][] {{Float.NaN}, {3}});
        assertEquals(1_000_000.012, Imputation.of(Kind.MEDIAN).fit(data).apply(later).number(0, 0));
    }

    @Test
    void doublesAreATableLikeAnyOther() {
        Dataset data = Dataset.of(new double[][] {{1, 0.1}, {2, 0.2}, {3, 1e300}});
        assertEquals(Element.FLOAT64, data.element());
        assertEquals(0.2, data.number(1, 1));
        assertEquals(0.2f, data.value(1, 1));
        assertEquals(Double.POSITIVE_INFINITY, data.number(2, 1), "beyond the range of floats");
        assertArrayEquals(new float[] {1, 0.1f}, data.row(0));
        assertArrayEquals(new double[] {0.2, 2}, data.select(new int[] {1}).selectColumns(1, 0).numbers(0));
        assertEquals(Element.FLOAT32, data.toFloats().element());
        assertSame(data.toFloats().element(), Dataset.of(new float[][] {{1}}).toFloats().element());
        assertNotEquals(data.sha256(), data.toFloats().sha256());
        assertEquals(6, data.columnSums()[0]);
    }

    @Test
    void textKeepsItsDigits() throws IOException {
        double[] values = frequencies(100);
        Path file = Files.writeString(folder.resolve("a.csv"), "f,n\n" + DoubleStream.of(values).mapToObj(x -> x + ",16777217")
                .collect(Collectors.joining("\n")));
        Dataset data = Csv.read(file, DataOptions.defaults());
        assertArrayEquals(values, IntStream.range(0, 100).mapToDouble(i -> data.number(i, 0)).toArray());
        assertEquals(16_777_217, data.number(3, 1));
        assertEquals(List.of(), data.notes());
        assertEquals(Element.FLOAT32, Csv.read(Files.writeString(folder.resolve("b.csv"), "0.5,16777216\n-3,7\n"), DataOptions.defaults())
                .element());
    }

    @ParameterizedTest
    @ValueSource(strings = {"<f8", ">f8", "<i8", ">i8", "<u8", "<i4", "<u4"})
    void arraysKeepTheirDigits(String type) throws IOException {
        boolean floats = type.contains("f");
        boolean small = type.endsWith("4");
        double[] values = IntStream.range(0, 40).mapToDouble(i -> floats ? MEGAHERTZ + i * 0.0001 : (small ? 2e9 : 1.7e15) + i).toArray();
        for (boolean fortran : new boolean[] {false, true}) {
            Path file = folder.resolve("a.npy");
            Files.write(file, array(type, fortran, values));
            Dataset data = Npy.read(file);
            double[] read = IntStream.range(0, 40).mapToDouble(i -> fortran ? data.number(i % 20, i / 20) : data.number(i / 2, i % 2))
                    .toArray();
            assertArrayEquals(values, read);
            Scaling scaling = Scaling.fit("standardize", data, Support.REAL);
            assertEquals(20, different(scaled(scaling, data, 1)));
            assertEquals(List.of(), data.notes());
        }
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("a.npz")))) {
            zip.putNextEntry(new ZipEntry("X.npy"));
            zip.write(array(type, false, values));
            zip.closeEntry();
        }
        assertEquals(values[7], Npz.read(folder.resolve("a.npz")).number(3, 1));
    }

    /** [20, 2] numbers of a type of 4 or 8 bytes. */
    private static byte[] array(String type, boolean fortran, double... values) {
        boolean small = type.endsWith("4");
        byte[] header = NpyTest.npy(1, type, fortran, "(20, 2)");
        header = Arrays.copyOf(header, new String(header, StandardCharsets.ISO_8859_1).indexOf('\n') + 1);
        ByteBuffer bytes = ByteBuffer.allocate(header.length + (small ? 4 : 8) * values.length).put(header)
                .order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            if (type.contains("f")) {
                bytes.putDouble(value);
            } else if (small) {
                bytes.putInt((int) (long) value);
            } else {
                bytes.putLong((long) value);
            }
        }
        return bytes.array();
    }

    @Test
    void doublesSurviveAFileOfOurs() {
        Dataset data = Dataset.of(column(frequencies(10)));
        Npy.write(folder.resolve("a.npy"), data);
        Dataset read = Npy.read(folder.resolve("a.npy"));
        assertEquals(data.sha256(), read.sha256());
        assertEquals(Element.FLOAT64, read.element());
    }

    @Test
    void integersThatNoDoubleHoldsAreNamedWhereItMatters() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(array("<i8", false, new double[40])).order(ByteOrder.LITTLE_ENDIAN);
        int start = bytes.capacity() - 320;
        for (int i = 0; i < 40; i++) {
            // Column 1: nanoseconds 100 apart, doubles of which are 256 apart. Column 2: the same over a day.
            bytes.putLong(start + 8 * i, 1_700_000_000_000_000_001L + (i % 2 == 0 ? 100L * i : 2_000_000_000_000_000L * i));
        }
        Path file = Files.write(folder.resolve("ns.npy"), bytes.array());
        String expected = file + ": column 1: numbers of more digits than a double holds are rounded, which blurs values so close together;"
                + " subtract a constant first";
        assertEquals(List.of(expected), Npy.read(file).notes());
        Path text = Files.writeString(folder.resolve("ns.csv"), "t,x\n1700000000000000001,0.12345678901234567\n1700000000000000101,1\n");
        assertEquals(List.of(expected.replace(file.toString(), text.toString()).replace("column 1", "column 't'")),
                Csv.read(text, DataOptions.defaults()).notes());
    }

    @Test
    void textIsHeldUpTo17Digits() {
        assertTrue(LongNumbers.isHeld("0.12345678901234567", 0.12345678901234567));
        assertTrue(LongNumbers.isHeld("-1700000000000000", -1.7e15));
        assertTrue(LongNumbers.isHeld("9007199254740992", 0x1p53));
        assertFalse(LongNumbers.isHeld("9007199254740993", 0x1p53));
        assertFalse(LongNumbers.isHeld("100000000.1234567890123", 100000000.1234567890123));
        assertTrue(LongNumbers.isHeld(Long.MIN_VALUE));
        assertFalse(LongNumbers.isHeld((1L << 53) + 1));
    }
}
