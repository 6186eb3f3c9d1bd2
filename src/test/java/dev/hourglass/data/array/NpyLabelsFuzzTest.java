package dev.hourglass.data.array;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hourglass.data.Dataset;
import dev.hourglass.data.FuzzedFiles;
import dev.hourglass.data.file.Input;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Labels of any bytes, as {@code ReadersFuzzTest} has it for rows. */
class NpyLabelsFuzzTest {
    private static FuzzedFiles files;

    @BeforeAll
    static void makeFolder() throws IOException {
        files = new FuzzedFiles();
    }

    @AfterAll
    static void removeFolder() throws IOException {
        files.close();
    }

    /** The array is the labels of three rows. */
    @FuzzTest
    void npyLabels(byte[] content) throws IOException {
        Dataset rows = Dataset.of(1, new float[] {1, 2, 3});
        files.read("y.npy", content, file -> Input.read(file, in -> NpyLabels.attach(rows, file.toString(), in)));
    }
}
