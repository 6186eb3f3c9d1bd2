/**
 * The CUDA device: {@link dev.hourglass.backend.Backend} on kernels of our own, over JCuda.
 *
 * <p>From the top: {@code CudaBackend} hands each primitive to the class of its family ({@code CudaMemory}, {@code CudaGemm}, {@code CudaDense},
 * ...), which launches the kernels that {@code Kernel} lists; {@code Launches} chooses grids and holds scratch memory; {@code Launch} packs
 * parameters; {@code PtxModules} finds and compiles kernels; {@code Staging} brings host arrays to the device; {@code DeviceArena} shares out
 * memory; {@code CudaProgram} replays what was captured; {@code Driver}, {@code Installation} and {@code Cublas} call NVIDIA's libraries.
 * {@link dev.hourglass.backend.cuda.CudaProbe} says what there is on a machine without opening it, {@code NativeLoader} and
 * {@code CublasLibrary} find the native libraries.
 *
 * <p>The one rule: only {@code Driver}, {@code Installation} and {@code Cublas} import {@code jcuda}; everyone else holds device addresses as
 * plain longs.
 *
 * <p>May import: {@code backend}, {@code message}; the JDK, and in those three classes {@code jcuda}.
 */
package dev.hourglass.backend.cuda;
