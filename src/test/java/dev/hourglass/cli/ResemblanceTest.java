package dev.hourglass.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.Dataset;
import dev.hourglass.data.array.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command asks the same of later data, and a training tells of values that cannot be meant. */
class ResemblanceTest {
    private static final String SMALL = " --hidden 6 --latent 2 --device cpu --quiet --epochs 2";

    @TempDir
    static Path folder;

    @BeforeAll
    static void files() throws IOException {
        Random random = new Random(4);
        byte[] grey = new byte[40 * 64];
        float[] unit = new float[grey.length];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
            unit[i] = (grey[i] & 0xff) / 255f;
        }
        Npy.write(folder.resolve("grey.npy"), Dataset.of(64, grey));
        Npy.write(folder.resolve("unit.npy"), Dataset.of(64, unit));
        Npy.write(folder.resolve("black.npy"), Dataset.of(64, new byte[64]));
        StringBuilder table = new StringBuilder("a,b,c,d\n");
        StringBuilder plain = new StringBuilder();
        StringBuilder shorter = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            String[] row = random.doubles(4, 10, 20).mapToObj(x -> String.format(java.util.Locale.ROOT, "%.3f", x)).toArray(String[]::new);
            table.append(String.join(",", row)).append('\n');
            plain.append(String.join(",", row)).append('\n');
            shorter.append(String.join(",", Arrays.copyOf(row, 3))).append('\n');
        }
        write("table.csv", table.toString());
        write("plain.csv", plain.toString());
        write("shorter.csv", shorter.toString());
        write("mark.csv", table + "12,13,-9999,14\n");
        write("wild.csv", "a,b,c,d\n12,13,14,15\n11,1e30,13,12\n12,13,12,14\n");
    }

    private static void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private static Result run(String line) {
        return Result.of(line.replace("DIR", folder.toString()).split(" "));
    }

    private static Result ok(String line) {
        Result result = run(line);
        assertEquals(0, result.code(), result.err());
        return result;
    }

    private static void fails(String line, String message) {
        Result result = run(line);
        assertEquals("hourglass " + line.split(" ")[0] + ": " + message.replace("DIR", folder.toString()) + "\n", result.err());
        assertEquals(1, result.code());
        assertEquals("", result.out());
    }

    @Test
    void picturesOfAnotherRangeAreRefusedByEveryCommand() {
        ok("train --data DIR/grey.npy --out DIR/grey" + SMALL);
        ok("train --data DIR/unit.npy --out DIR/unit --likelihood bernoulli" + SMALL);
        Dataset grey = Npy.read(folder.resolve("grey.npy"));
        String range = ", expected the range of the training data, 0 to 255 (uint8); multiply them by 255, or train on pictures like these";
        for (String command : List.of("evaluate", "score", "encode", "reconstruct")) {
            Result refused = run(command + " --run DIR/grey --data DIR/unit.npy");
            assertEquals(1, refused.code(), command);
            assertTrue(
                    refused.err().startsWith("hourglass " + command + ": " + folder + "/unit.npy: the values go from 0 to 1 (float32), the"
                            + " greatest in row ") && refused.err().endsWith(range + "\n"),
                    refused.err());
            assertEquals(1, refused.err().lines().count());
            ok(command + " --run DIR/grey --data DIR/black.npy");
        }
        assertEquals(40, grey.rows());
        Result judged = run("train --data DIR/grey.npy --validation DIR/unit.npy --out DIR/judged" + SMALL);
        assertTrue(judged.code() == 1 && judged.err().endsWith(range + "\n"), judged.err());
    }

    @Test
    void columnsByNumberAreThoseOfTheTrainingFile() {
        ok("train --data DIR/plain.csv --header no --columns 2-3 --out DIR/numbered" + SMALL);
        String message = "DIR/shorter.csv: columns=3, expected 4 as in the training data DIR/plain.csv, whose columns were chosen by number (2-3); choose"
                + " those of this file by --columns";
        fails("score --run DIR/numbered --data DIR/shorter.csv", message);
        fails("train --data DIR/plain.csv --header no --columns 2-3 --validation DIR/shorter.csv --out DIR/never" + SMALL, message);
        ok("score --run DIR/numbered --data DIR/shorter.csv --columns 2,3");
        ok("score --run DIR/numbered --data DIR/plain.csv");
    }

    @Test
    void conditionsToSampleGoByName() throws IOException {
        ok("train --model cvae --condition d --data DIR/table.csv --out DIR/conditioned" + SMALL);
        write("plain-condition.csv", "d\n12.5\n");
        write("with-others.csv", "x,d,y\n1,12.5,2\n");
        write("renamed.csv", "x\n12.5\n");
        write("days.csv", "d\n12500\n");
        String sample = "sample --run DIR/conditioned --count 3 --conditions DIR/";
        assertEquals(ok(sample + "plain-condition.csv").out(), ok(sample + "with-others.csv").out());
        write("one-code.csv", "z1,z2\n0.5,-0.5\n");
        String decode = "decode --run DIR/conditioned --codes DIR/one-code.csv --conditions DIR/";
        assertEquals(ok(decode + "plain-condition.csv").out(), ok(decode + "with-others.csv").out());
        assertEquals(1, run(decode + "renamed.csv").code());
        fails(sample + "renamed.csv",
                "DIR/renamed.csv: no column 'd', expected the columns of the training data by their names, 'd'; rename them, or leave"
                        + " the names out to go by position");
        Result unit = run(sample + "days.csv");
        assertTrue(unit.code() == 1
                && unit.err().contains("days.csv: condition column 'd' goes from 12500.0 to 12500.0, expected values as in the"
                        + " training data, whose mean is "),
                unit.err());
    }

    @Test
    void aMarkIsNamedHoweverQuiet() {
        Result result = ok("train --data DIR/mark.csv --out DIR/mark" + SMALL);
        assertEquals(folder
                + "/mark.csv: row 61, column 'c' is -9999: far from the rest of the column, and it decides on its scaling; if it stands"
                + " for a missing value, empty the cell and ask for an imputation\n", result.err());
        assertEquals("", ok("train --data DIR/table.csv --out DIR/silent" + SMALL).err());
    }

    @Test
    void aWildRowToJudgeByIsNamedAndTheTrainingGoesOn() {
        Result result = ok("train --data DIR/table.csv --validation DIR/wild.csv --out DIR/wild" + SMALL);
        assertTrue(result.err()
                .endsWith(folder + "/wild.csv: row 2, column 'b' is 1.0E30: no finite validation loss, so validation leaves this row out"
                        + " from now on; correct the data, or take such rows out\n"),
                result.err());
        assertEquals(2, result.err().lines().count(), result.err());
        Result evaluated = ok("evaluate --run DIR/wild");
        assertTrue(evaluated.out().contains("Infinity") && !evaluated.out().contains("NaN"), evaluated.out());
        assertTrue(
                evaluated.err().startsWith(
                        folder + "/wild.csv: row 2, 'b' is 1.0E30, the value farthest from those of training: the loss is not finite"),
                evaluated.err());
    }
}
