package dev.hourglass.backend.cuda;

import static jcuda.jcublas.JCublas2.*;

import java.nio.file.Files;
import java.util.function.IntSupplier;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/**
 * Matrix products of NVIDIA's cuBLAS on the stream of one {@link Driver}. Matrices are row-major; cuBLAS's are column-major, where the same
 * memory is the transpose: C = A B is computed as C^T = B^T A^T. This is the one place that knows.
 */
final class Cublas implements AutoCloseable {
    private static final long WORKSPACE_BYTES = 32L << 20;

    /** Loaded at most once in a process: a library cannot be unloaded. */
    private static Availability loaded;

    private final Driver driver;
    private final cublasHandle handle = new cublasHandle();
    private final int compute;
    private final DeviceArena arena;
    private final DeviceArena.Block workspace;
    private final PinnedMemory scalars;
    private final Pointer alpha;
    private final Pointer beta;

    private Cublas(Driver driver, DeviceArena arena, Precision precision) {
        this.driver = driver;
        this.arena = arena;
        compute = switch (precision) {
            case FP32 -> cublasComputeType.CUBLAS_COMPUTE_32F;
            case TF32 -> cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32;
            case BF16 -> cublasComputeType.CUBLAS_COMPUTE_32F_FAST_16BF;
        };
        scalars = driver.pin(8);
        alpha = new Driver.HostAddress(scalars.address());
        beta = new Driver.HostAddress(scalars.address() + 4);
        check("cublasCreate", () -> cublasCreate(handle));
        check("cublasSetStream", () -> cublasSetStream(handle, new cudaStream_t(driver.stream())));
        check("cublasSetMathMode", () -> cublasSetMathMode(handle, cublasMath.CUBLAS_DEFAULT_MATH));
        // Its own workspace, set before any capture: otherwise cuBLAS allocates inside the program.
        workspace = arena.allocate(WORKSPACE_BYTES);
        check("cublasSetWorkspace", () -> cublasSetWorkspace(handle, new Driver.HostAddress(workspace.address()), WORKSPACE_BYTES));
    }

    /** Whether cuBLAS can be used with a driver of that version, which library was chosen or why none; decided once in a process. */
    static synchronized Availability availability(int driverVersion) {
        if (loaded == null) {
            loaded = load(CublasLibrary.find(driverVersion));
            System.getLogger(Cublas.class.getName()).log(System.Logger.Level.DEBUG, "cuBLAS: {0}", loaded);
        }
        return loaded;
    }

    /** Opens cuBLAS on the device of a driver, on its thread. Call {@link #availability} before. */
    static Cublas open(Driver driver, DeviceArena arena, Precision precision) {
        driver.enter();
        return new Cublas(driver, arena, precision);
    }

    /**
     * C = alpha op(A) op(B) + beta C: op(A) [m, k], op(B) [k, n], C [m, n], all float32 and contiguous; A is stored [k, m] and B [n, k] when
     * transposed.
     *
     * @param c Modified
     */
    void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alphaValue, long a, long b, float betaValue, long c) {
        scale(alphaValue, betaValue);
        int type = cudaDataType.CUDA_R_32F;
        check("cublasGemmEx: m=%d, n=%d, k=%d", m, n, k,
                () -> cublasGemmEx_new(handle, operation(transposeB), operation(transposeA), n, m, k, alpha, at(b), type,
                        transposeB ? k : n,
                        at(a), type, transposeA ? m : k, beta, at(c), type, n, compute, cublasGemmAlgo.CUBLAS_GEMM_DEFAULT));
    }

    /** The version of the library, such as {@code 12.6.4}. */
    String version() {
        driver.enter();
        int[] version = new int[1];
        check("cublasGetVersion", () -> cublasGetVersion(handle, version));
        return version[0] / 10000 + "." + version[0] / 100 % 100 + "." + version[0] % 100;
    }

    @Override
    public void close() {
        driver.enter();
        check("cublasDestroy", () -> cublasDestroy(handle));
        arena.release(workspace);
        scalars.close();
    }

    /** Loads a library that was found and JCuda's bridge to it. */
    static Availability load(CublasLibrary.Found found) {
        if (!found.usable()) {
            return Availability.absent(found.reason(), "install cuBLAS 12 or 13 and let -D" + CublasLibrary.PROPERTY + " name its folder");
        }
        try {
            if (Files.exists(found.light())) {
                System.load(found.light().toString());
            }
            System.load(found.file().toString());
        } catch (UnsatisfiedLinkError failure) {
            return Availability.broken("cannot load " + found.file() + ": " + failure.getMessage(),
                    "matrix products run on Hourglass's own kernel");
        }
        Availability bridge = NativeLoader.load("JCublas2", bytes -> bridge(bytes, found.major()),
                () -> JCublas2.setExceptionsEnabled(true));
        return bridge.usable() ? Availability.yes(found.file() + ", " + found.reason()) : bridge;
    }

    /** JCuda's bridge was linked with version 12; version 13 exports all it imports, under another version name. */
    static byte[] bridge(byte[] library, int major) {
        if (major == 12) {
            return library;
        }
        ElfImage image = new ElfImage(library);
        image.rename("libcublas.so.12", "libcublas.so." + major);
        return image.bytes();
    }

    private void scale(float alphaValue, float betaValue) {
        driver.enter();
        scalars.buffer().putFloat(0, alphaValue).putFloat(4, betaValue);
    }

    private static int operation(boolean transpose) {
        return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    }

    private static Pointer at(long address) {
        return new Driver.HostAddress(address);
    }

    private static void check(String call, int m, int n, int k, IntSupplier invocation) {
        try {
            check(call, invocation);
        } catch (CudaException failure) {
            throw CudaException.of(call.formatted(m, n, k), failure.error());
        }
    }

    private static void check(String call, IntSupplier invocation) {
        int result;
        try {
            result = invocation.getAsInt();
        } catch (jcuda.CudaException thrown) {
            throw CudaException.of(call, thrown.getMessage());
        }
        if (result != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw CudaException.of(call, cublasStatus.stringFor(result));
        }
    }
}
