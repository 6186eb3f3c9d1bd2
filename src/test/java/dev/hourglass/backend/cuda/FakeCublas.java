package dev.hourglass.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A libcublas.so.13 made with gcc: the functions Hourglass calls, with cuBLAS's signatures, symbol versions and column-major meaning, on memory
 * the host can read. Symbols are bound when first called, so the others need not be there.
 */
final class FakeCublas {
    private static final String SOURCE = """
        typedef long long i64;
        static int created, streams, workspaces, compute;
        int cublasCreate_v2(void** h) { created++; *h = &created; return 0; }
        int cublasDestroy_v2(void* h) { return created-- > 0 ? 0 : 1; }
        int cublasSetStream_v2(void* h, void* s) { streams++; return s ? 0 : 7; }
        int cublasGetVersion_v2(void* h, int* version) { *version = 130205; return h ? 0 : 1; }
        int cublasSetMathMode(void* h, int mode) { return mode; }
        int cublasSetWorkspace_v2(void* h, void* w, unsigned long bytes) { workspaces++; return w && bytes == 32 << 20 ? 0 : 7; }
        int cublasGemmStridedBatchedEx(void* h, int ta, int tb, int m, int n, int k, const float* alpha, const float* a, int at, int lda, i64 sa,
            const float* b, int bt, int ldb, i64 sb, const float* beta, float* c, int ct, int ldc, i64 sc, int count, int type, int algorithm) {
          if (at || bt || ct || (type != 68 && type != 75 && type != 77) || !workspaces || !streams) return 15;
          if (m < 0 || n < 0 || k < 0 || lda < (ta ? k : m) || ldb < (tb ? n : k) || ldc < m) return 7;
          for (int p = 0; p < count; p++, a += sa, b += sb, c += sc)
            for (int i = 0; i < m; i++) for (int j = 0; j < n; j++) {
              float sum = 0;
              for (int l = 0; l < k; l++) sum += a[ta ? l + i * lda : i + l * lda] * b[tb ? j + l * ldb : l + j * ldb];
              c[i + j * ldc] = *alpha * sum + (*beta == 0 ? 0 : *beta * c[i + j * ldc]);
            }
          return 0;
        }
        int cublasGemmEx(void* h, int ta, int tb, int m, int n, int k, const float* alpha, const float* a, int at, int lda,
            const float* b, int bt, int ldb, const float* beta, float* c, int ct, int ldc, int type, int algorithm) {
          return cublasGemmStridedBatchedEx(h, ta, tb, m, n, k, alpha, a, at, lda, 0, b, bt, ldb, 0, beta, c, ct, ldc, 0, 1, type, algorithm);
        }
        """;

    private FakeCublas() {}

    /** Builds the library in a folder and returns its file. */
    static Path build(Path folder) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("cublas.c"), SOURCE);
        Path versions = Files.writeString(folder.resolve("versions"), "libcublas.so.13 { global: *; };");
        Path library = folder.resolve("libcublas.so.13");
        compile(library, "-Wl,-soname,libcublas.so.13", "-Wl,--version-script=" + versions, source.toString());
        return library;
    }

    static boolean compilerExists() {
        return Arrays.stream(System.getenv("PATH").split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, "gcc")));
    }

    static void compile(Path library, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-O1", "-w", "-o", library.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }
}
