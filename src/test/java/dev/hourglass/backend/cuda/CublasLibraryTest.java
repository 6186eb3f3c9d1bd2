package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where cuBLAS is searched, and in which order. */
class CublasLibraryTest {
    private static final int NEW_DRIVER = 13000;
    @TempDir
    private Path root;
    private Path home;

    @BeforeEach
    void home() throws IOException {
        home = Files.createDirectories(root.resolve("home/someone"));
    }

    @Test
    void nothingFoundSaysWhatRunsInstead() {
        CublasLibrary.Found found = CublasLibrary.find(null, Map.of(), root, home, NEW_DRIVER);
        assertFalse(found.usable());
        assertEquals("no libcublas.so.12 or .13 that this driver can run was found: matrix products run on Hourglass's own kernel",
                found.reason());
    }

    @Test
    void eachPlaceComesBeforeTheNext() throws IOException {
        Map<String, String> environment = Map.of("CUDA_HOME", root + "/opt/toolkit", "LD_LIBRARY_PATH", root + "/extra", "VIRTUAL_ENV",
                root + "/venv");
        String[] lastToFirst = {"usr/lib/python3.11/dist-packages/nvidia/cu13/lib/libcublas.so.13",
            "home/someone/.local/lib/python3.12/site-packages/nvidia/cublas/lib/libcublas.so.12",
            "venv/lib/python3.10/site-packages/nvidia/cublas/lib/libcublas.so.12", "usr/lib64/libcublas.so.12",
            "usr/lib/x86_64-linux-gnu/libcublas.so.12", "usr/local/cuda-12.4/lib64/libcublas.so.12",
            "usr/local/cuda-13.0/targets/x86_64-linux/lib/libcublas.so.13", "extra/libcublas.so.13", "opt/toolkit/lib64/libcublas.so.13",
            "opt/toolkit/lib64/libcublas.so.12"};
        for (String file : lastToFirst) {
            Path made = make(file);
            CublasLibrary.Found found = CublasLibrary.find(null, environment, root, home, NEW_DRIVER);
            assertEquals(made, found.file());
            assertEquals(file.endsWith("13") ? 13 : 12, found.major());
            assertTrue(found.reason().contains(made.getParent().toString()), found.reason());
            assertEquals(made.resolveSibling("libcublasLt.so." + found.major()), found.light());
        }
    }

    @Test
    void pythonOnThePathIsLookedAt() throws IOException {
        Path python = make("opt/venv/bin/python3");
        assertTrue(python.toFile().setExecutable(true));
        Path library = make("opt/venv/lib/python3.12/site-packages/nvidia/cu13/lib/libcublas.so.13");
        Map<String, String> path = Map.of("PATH", root + "/usr/bin:relative::" + python.getParent());
        assertEquals(library, CublasLibrary.find(null, path, root, home, NEW_DRIVER).file());
        assertFalse(CublasLibrary.find(null, Map.of("PATH", root + "/usr/bin"), root, home, NEW_DRIVER).usable());
    }

    @Test
    void propertyDecides() throws IOException {
        make("usr/lib64/libcublas.so.12");
        Path named = make("mine/libcublas.so.13");
        assertEquals(named, CublasLibrary.find(named.toString(), Map.of(), root, home, NEW_DRIVER).file());
        assertEquals(named, CublasLibrary.find(named.getParent().toString(), Map.of(), root, home, NEW_DRIVER).file());
        assertFalse(CublasLibrary.find("none", Map.of(), root, home, NEW_DRIVER).usable());
        CublasLibrary.Found missing = CublasLibrary.find(root + "/absent", Map.of(), root, home, NEW_DRIVER);
        assertFalse(missing.usable(), "a wrong property must not fall back to another library");
        assertTrue(missing.reason().startsWith("-Dhourglass.cublas=" + root + "/absent names no libcublas"), missing.reason());
    }

    @Test
    void thirteenNeedsADriverOfThirteen() throws IOException {
        make("usr/local/cuda-13.0/lib64/libcublas.so.13");
        Path twelve = make("usr/lib64/libcublas.so.12");
        assertEquals(twelve, CublasLibrary.find(null, Map.of(), root, home, 12060).file());
    }

    private Path make(String file) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.createFile(path);
    }
}
