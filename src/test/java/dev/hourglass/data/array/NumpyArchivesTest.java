package dev.hourglass.data.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hourglass.data.DataOptions;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.spec.DataSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Small archives written by {@code numpy.savez_compressed} of NumPy 2.4.6, X in Fortran order and labels y beside it, as the public anomaly archives
 * are: the hashes, of float64 rounded to float32, and class sizes are NumPy's own reading of
 * them.
 */
class NumpyArchivesTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"float64-int32, 41, 7, 32, 9, 3dc41fc7656f5c85e7e5a0447b41d098b4de327ba96a926b0a4c0c8ce9a50947",
        "uint8-int64, 37, 9, 26, 11, 60b2cabb42b5a1a4d43068402eb5cc8fb5744a0ce13f3e2c9e87c0f463f751cc",
        "int16-int64, 53, 5, 46, 7, 0ee81416cac11cd3953347b6316557b16f4738dd82bf6cbf1f2ac7e304da67d5"})
    void archivesReadAsNumpyReadsThem(String name, int rows, int columns, int zeros, int ones, String sha256) throws IOException {
        Path file = folder.resolve(name + ".npz");
        try (InputStream archive = NumpyArchivesTest.class.getResourceAsStream("/dev/hourglass/data/numpy/" + name + ".npz")) {
            Files.copy(archive, file);
        }
        Dataset data = DataSpec.read(file.toString(), DataOptions.defaults()).train();
        assertEquals(sha256, data.toFloats().sha256());
        assertArrayEquals(new int[] {rows, columns}, new int[] {data.rows(), data.columns()});
        int[] sizes = new int[2];
        Arrays.stream(data.labels()).forEach(label -> sizes[Integer.parseInt(data.classNames().get(label))]++);
        assertArrayEquals(new int[] {zeros, ones}, sizes);
        assertEquals(sha256, DataSpec.read(file + "#X", DataOptions.defaults()).train().toFloats().sha256());
    }
}
