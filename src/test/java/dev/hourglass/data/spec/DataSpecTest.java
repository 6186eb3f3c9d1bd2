package dev.hourglass.data.spec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hourglass.data.DataException;
import dev.hourglass.data.DataOptions;
import dev.hourglass.data.DataPair;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.Imputation;
import dev.hourglass.data.array.IdxTest;
import dev.hourglass.data.array.Npy;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DataSpecTest {
    private static final DataOptions ALL = DataOptions.defaults();

    @TempDir
    Path folder;

    private static String message(String spec, DataOptions options) {
        return assertThrows(DataException.class, () -> DataSpec.read(spec, options)).getMessage();
    }

    private void idx(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), content);
    }

    @Test
    void digitsNeedNoFile() {
        DataPair digits = DataSpec.read("digits:200", ALL);
        assertEquals(200, digits.train().rows());
        assertEquals(20, digits.validation().rows());
        assertNotEquals(digits.train().head(20).sha256(), digits.validation().sha256());
        assertEquals(10, digits.train().classNames().size());
        assertEquals(30_000, DataSpec.read("digits", ALL).train().rows());
        assertEquals("digits:none: expected digits or digits:N with N from 1 to 99999999", message("digits:none", ALL));
    }

    @Test
    void fourIdxFilesMakeAPair() throws IOException {
        idx("train-images-idx3-ubyte.gz", IdxTest.gzip(IdxTest.idx(8, new int[] {3, 1, 2}, new byte[] {1, 2, 3, 4, 5, 6})));
        idx("train-labels-idx1-ubyte", IdxTest.idx(8, new int[] {3}, new byte[] {0, 9, 5}));
        idx("t10k-images-idx3-ubyte", IdxTest.idx(8, new int[] {2, 1, 2}, new byte[] {7, 8, 9, 10}));
        idx("t10k-labels-idx1-ubyte", IdxTest.idx(8, new int[] {2}, new byte[] {9, 5}));
        DataPair mnist = DataSpec.read("mnist:" + folder, ALL);
        assertArrayEquals(new float[] {9, 10}, mnist.validation().row(1));
        assertArrayEquals(new int[] {0, 2, 1}, mnist.train().labels());
        assertArrayEquals(new int[] {2, 1}, mnist.validation().labels(), "numbered as the training labels, though 0 does not occur");
        DataPair fashion = DataSpec.read("fashion:" + folder, ALL.withMaxRows(1));
        assertEquals("T-shirt/top", fashion.train().classNames().get(fashion.train().label(0)));
        assertEquals("Ankle boot", fashion.validation().classNames().get(fashion.validation().label(0)));
        assertEquals(1, fashion.validation().rows());
        assertEquals(mnist.validation().sha256(), DataSpec.read(folder.toString(), ALL).validation().sha256(),
                "a folder of idx files needs no prefix");
        Dataset one = DataSpec.read(folder.resolve("train-images-idx3-ubyte.gz").toString(), ALL).train();
        assertEquals(List.of("0", "5", "9"), one.classNames(), "the label file beside it");
        Files.delete(folder.resolve("t10k-images-idx3-ubyte"));
        assertEquals(folder + ": there is no t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz in the folder; put it there",
                message("mnist:" + folder, ALL));
        idx("valid-images-idx3-ubyte", IdxTest.idx(8, new int[] {1, 1, 2}, new byte[] {0, 1}));
        assertArrayEquals(new float[] {0, 1}, DataSpec.read("binarized:" + folder, ALL).validation().row(0));
    }

    @Test
    void filesAreKnownByNameOrContent() throws IOException {
        Dataset data = Dataset.of(2, new float[] {1, 2, 3, 4});
        for (String name : List.of("a.npy", "noending")) {
            Npy.write(folder.resolve(name), data);
            DataPair pair = DataSpec.read(folder.resolve(name).toString(), ALL);
            assertEquals(data.sha256(), pair.train().sha256());
            assertFalse(pair.hasValidation());
        }
        Files.writeString(folder.resolve("optdigits.tra"), "1,2\n3,4\n");
        assertEquals(data.sha256(), DataSpec.read(folder.resolve("optdigits.tra").toString(), ALL).train().sha256());
        idx("frey-images-idx3-ubyte", IdxTest.idx(8, new int[] {1, 1, 2}, new byte[] {1, 2}));
        assertEquals(1, DataSpec.read(folder.resolve("frey-images-idx3-ubyte").toString(), ALL).train().rows());
        idx("program", new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0});
        assertEquals(
                folder.resolve("program")
                        + ": the kind of file is not known, expected idx, csv, npy, npz (each but npz also as .gz) or a folder of pictures",
                message(folder.resolve("program").toString(), ALL));
        assertEquals(folder.resolve("gone.csv") + ": there is no such file or folder", message(folder.resolve("gone.csv").toString(), ALL));
        assertEquals("mnist:: there is no folder ''; give the folder with train-images-idx3-ubyte or train-images-idx3-ubyte.gz",
                message("mnist:", ALL));
    }

    @Test
    void columnsApplyToEveryFormat() {
        Path file = folder.resolve("a.npy");
        Npy.write(file, Dataset.of(3, new float[] {1, 2, 3, 4, 5, 6}));
        assertArrayEquals(new float[] {6, 4}, DataSpec.read(file.toString(), ALL.withColumns("3", "1")).train().row(1));
        assertEquals(file + ": there is no column 'age'; columns are numbered 1 to 3", message(file.toString(), ALL.withColumns("age")));
        assertEquals(file + ": label column '1': only csv files have one; leave it out",
                message(file.toString(), ALL.withLabelColumn("1")));
    }

    @Test
    void imputationOfTheTrainingDataServesTheNextFile() throws IOException {
        Path train = Files.writeString(folder.resolve("train.csv"), "a,b\n1,\n3,4\n,8\n");
        Path next = Files.writeString(folder.resolve("next.csv"), "a,b\n,\n100,100\n");
        DataPair first = DataSpec.read(train.toString(), ALL.withImputation(Imputation.parse("mean")));
        assertArrayEquals(new double[] {2, 6}, first.imputation().values());
        Dataset later = DataSpec.read(next.toString(), ALL.withImputation(first.imputation())).train();
        assertArrayEquals(new float[] {2, 6}, later.row(0));
    }

    @Test
    void damagedGzipCsvIsReported() throws IOException {
        byte[] packed = IdxTest.gzip("1,2\n3,4\n".repeat(500).getBytes(StandardCharsets.UTF_8));
        Path cut = Files.write(folder.resolve("t.csv.gz"), Arrays.copyOf(packed, packed.length - 10));
        assertEquals(cut + ": the file ends too early; it is truncated, copy or download it again", message(cut.toString(), ALL));
    }

    @Test
    void idxNamesMayHaveADot() throws IOException {
        idx("train-images.idx3-ubyte", IdxTest.idx(8, new int[] {2, 1, 2}, new byte[] {1, 2, 3, 4}));
        idx("train-labels.idx1-ubyte", IdxTest.idx(8, new int[] {2}, new byte[] {7, 3}));
        idx("t10k-images.idx3-ubyte.gz", IdxTest.gzip(IdxTest.idx(8, new int[] {1, 1, 2}, new byte[] {5, 6})));
        idx("t10k-labels-idx1-ubyte", IdxTest.idx(8, new int[] {1}, new byte[] {3}));
        for (String spec : List.of(folder.toString(), "mnist:" + folder)) {
            DataPair pair = DataSpec.read(spec, ALL);
            assertArrayEquals(new int[] {1, 0}, pair.train().labels());
            assertArrayEquals(new int[] {0}, pair.validation().labels());
            assertArrayEquals(new float[] {5, 6}, pair.validation().row(0));
        }
        for (String name : List.of("train-images.idx3-ubyte", "t10k-images.idx3-ubyte.gz")) {
            assertTrue(DataSpec.read(folder.resolve(name).toString(), ALL).train().hasLabels(), name);
        }
    }

    @Test
    void aFolderWithoutPicturesNamesWhatIsThere() throws IOException {
        Files.writeString(folder.resolve("table.csv"), "1,2\n");
        assertEquals(folder
                + ": no picture in the folder or its subfolders, expected .png, .jpg or .jpeg files; to read another file name it, such as "
                + folder.resolve("table.csv"), message(folder.toString(), ALL));
    }

    /** What the program says when it reads the SPEC in the folder, in a Java of its own. */
    private String alone(Map<String, String> environment, String option, String spec) throws IOException, InterruptedException {
        // It runs in another folder, where relative names of jars mean nothing.
        String classes = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(part -> Path.of(part).toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator));
        ProcessBuilder program = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), option, "-cp",
                classes, ReadAlone.class.getName(), spec).directory(folder.toFile()).redirectErrorStream(true);
        program.environment().putAll(environment);
        Process running = program.start();
        String said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        running.waitFor();
        return said;
    }

    @Test
    void digitsBesideAFolderOfThatNameAreRefused() throws IOException, InterruptedException {
        Files.createDirectory(folder.resolve("digits"));
        assertEquals(
                "digits: there is a folder of that name here besides the built-in digits; write ./digits for it, or digits:30000 for the built-in ones",
                alone(Map.of(), "-Xmx256m", "digits"));
        assertEquals("20 rows", alone(Map.of(), "-Xmx256m", "digits:20"));
        assertEquals("./digits: no picture in the folder or its subfolders, expected .png, .jpg or .jpeg files",
                alone(Map.of(), "-Xmx256m", "./digits"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @EnabledIfSystemProperty(named = "sun.jnu.encoding", matches = "UTF-8", disabledReason = "the test itself cannot write the name")
    void namesBeyondTheCharacterSetOfTheSystemAreExplained() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("werte-\u00fc.csv"), "1,2\n3,4\n");
        String said = alone(Map.of("LC_ALL", "C"), "-Xmx256m", "werte-\u00fc.csv");
        assertTrue(said.endsWith(
                ": this name is no path here (Malformed input or input contains unmappable characters); set the environment variable LC_ALL=C.UTF-8"),
                said);
        assertEquals("2 rows", alone(Map.of("LC_ALL", "C.UTF-8"), "-Xmx256m", "werte-\u00fc.csv"));
    }

    @Test
    void dataLargerThanMemoryAreExplained() throws IOException, InterruptedException {
        Npy.write(folder.resolve("large.npy"), Dataset.of(1000, new byte[32_000_000]));
        String said = alone(Map.of(), "-Xmx32m", "large.npy");
        assertTrue(said.matches(
                "large.npy: the data do not fit into the \\d+ MiB that Java may use; allow more, such as JAVA_TOOL_OPTIONS=-Xmx16g, or use fewer rows"),
                said);
    }
}
