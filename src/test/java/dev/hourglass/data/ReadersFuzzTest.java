package dev.hourglass.data;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hourglass.data.array.Idx;
import dev.hourglass.data.array.Npy;
import dev.hourglass.data.array.Npz;
import dev.hourglass.data.csv.Csv;
import dev.hourglass.data.spec.DataSpec;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Whatever the bytes of a file, its reader gives data or a {@link DataException} of one line that names the file, and orders no more memory than it says. In the
 * normal suite the files in the folders of test resources named by the methods are read; src/test/fuzz/fuzz changes them at random, for as long as one likes.
 */
class ReadersFuzzTest {
    private static FuzzedFiles files;

    @BeforeAll
    static void makeFolder() throws IOException {
        files = new FuzzedFiles();
    }

    @AfterAll
    static void removeFolder() throws IOException {
        files.close();
    }

    @FuzzTest
    void csv(byte[] content) throws IOException {
        files.read("a.csv", content, file -> Csv.readTable(file, DataOptions.defaults()));
        files.read("a.csv", content, file -> Csv.read(file,
                DataOptions.defaults().withColumns("1").withLabelColumn("2").withImputation(Imputation.parse("mean"))));
    }

    @FuzzTest
    void npy(byte[] content) throws IOException {
        files.read("a.npy", content, Npy::read);
    }

    @FuzzTest
    void npz(byte[] content) throws IOException {
        files.read("a.npz", content, Npz::read);
    }

    @FuzzTest
    void idx(byte[] content) throws IOException {
        files.read("a.idx", content, Idx::read);
        files.read("a.idx", content, Idx::readLabels);
    }

    /** A file without a name that tells its kind. */
    @FuzzTest
    void anyFile(byte[] content) throws IOException {
        files.read("data", content, file -> DataSpec.read(file.toString(), DataOptions.defaults()));
    }
}
