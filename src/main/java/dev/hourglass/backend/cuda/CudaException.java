package dev.hourglass.backend.cuda;

/**
 * A CUDA call failed. The message is one line: the call, the error's name, what it means, what to do.
 * An error of a kernel is reported by the first call that waits for it, not by its launch.
 */
public final class CudaException extends IllegalStateException {
    private static final long serialVersionUID = 1L;
    static final String OUT_OF_MEMORY = "CUDA_ERROR_OUT_OF_MEMORY";

    /** The driver's name of the error, such as {@code CUDA_ERROR_OUT_OF_MEMORY}. */
    private final String error;

    CudaException(String call, String error, String explanation) {
        super(call + ": " + error + ": " + explanation);
        this.error = error;
    }

    static CudaException of(String call, String error) {
        return new CudaException(call, error, explanation(error));
    }

    /** The driver's name of the error, such as {@code CUDA_ERROR_OUT_OF_MEMORY}. */
    public String error() {
        return error;
    }

    boolean outOfMemory() {
        return error.equals(OUT_OF_MEMORY);
    }

    /** What an error means and what to do, for those that a user or a developer of kernels can meet. */
    static String explanation(String error) {
        return switch (error) {
            case OUT_OF_MEMORY -> "the device has no memory left for this; use a smaller batch or model, or free the device";
            case "CUDA_ERROR_NO_DEVICE" -> "no CUDA device is visible; check nvidia-smi and CUDA_VISIBLE_DEVICES";
            case "CUDA_ERROR_INVALID_DEVICE" -> "there is no device of this number; nvidia-smi lists them";
            case "CUDA_ERROR_DEVICE_UNAVAILABLE" -> "another process holds the device exclusively; wait for it or choose another device";
            case "CUDA_ERROR_SYSTEM_NOT_READY" -> "the system is not ready for CUDA; start nvidia-fabricmanager or wait for it";
            case "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH" -> "libcuda and the kernel module differ in version; restart the machine";
            case "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE" ->
                "a CUDA compatibility package is in use that this card cannot run; remove it from the library path";
            case "CUDA_ERROR_STUB_LIBRARY" -> "a stub libcuda.so.1 was loaded; take cuda/lib64/stubs out of the library path";
            case "CUDA_ERROR_INVALID_PTX" -> "the driver cannot compile this PTX; update the driver";
            case "CUDA_ERROR_UNSUPPORTED_PTX_VERSION" -> "the driver is older than this PTX; update it to 525 or newer";
            case "CUDA_ERROR_NO_BINARY_FOR_GPU" -> "the card is older than compute capability 7.0; use the CPU";
            case "CUDA_ERROR_JIT_COMPILER_NOT_FOUND" ->
                "the driver came without its PTX compiler, libnvidia-ptxjitcompiler; in a container grant the capability 'compute'";
            case "CUDA_ERROR_NOT_FOUND" -> "the module has no such name; regenerate the PTX with kernels/make-ptx.sh";
            case "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES" -> "too many threads, registers or shared bytes for one block; use smaller blocks";
            case "CUDA_ERROR_ILLEGAL_ADDRESS", "CUDA_ERROR_MISALIGNED_ADDRESS", "CUDA_ERROR_ASSERT", "CUDA_ERROR_ILLEGAL_INSTRUCTION",
                    "CUDA_ERROR_LAUNCH_FAILED" ->
                "a kernel launched earlier failed and the device context is lost; run under compute-sanitizer, then restart the process";
            case "CUDA_ERROR_LAUNCH_TIMEOUT" -> "a kernel ran longer than the display watchdog allows; use a card without a display";
            case "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "CUDA_ERROR_STREAM_CAPTURE_IMPLICIT",
                    "CUDA_ERROR_STREAM_CAPTURE_ISOLATION" ->
                "a program being captured did something that cannot be replayed, such as reading a result; do it outside the program";
            case "CUDA_ERROR_DEINITIALIZED" -> "the process is shutting down; close backends before the JVM ends";
            case "CUDA_ERROR_INVALID_VALUE" -> "an argument is out of range; this is an error in Hourglass, please report it";
            case "CUDA_ERROR_NOT_SUPPORTED" -> "this driver or device cannot do that";
            case "CUDA_ERROR_ECC_UNCORRECTABLE" -> "the device's memory is damaged; see nvidia-smi -q -d ECC";
            case "CUBLAS_STATUS_NOT_INITIALIZED", "CUBLAS_STATUS_ALLOC_FAILED" ->
                "cuBLAS could not take its device memory; free the device, or run with -Dhourglass.cublas=none";
            case "CUBLAS_STATUS_ARCH_MISMATCH" -> "this cuBLAS is not made for this card; run with -Dhourglass.cublas=none";
            default -> "see the CUDA driver documentation of this error; nvidia-smi and dmesg may say more";
        };
    }
}
