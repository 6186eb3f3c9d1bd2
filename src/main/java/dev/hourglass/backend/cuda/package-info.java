/**
 * The CUDA device: {@link dev.hourglass.backend.Backend} on kernels of our own, over JCuda.
 *
 * <p>From the top: {@code CudaBackend} turns each primitive into launches of the kernels that {@code Kernel} lists; {@code Launch} packs
 * their parameters; {@code PtxModules} finds and compiles them; {@code DeviceArena} shares out memory; {@code CudaProgram} replays what was
 * captured; {@code Driver} and {@code Cublas} call NVIDIA's libraries. {@link dev.hourglass.backend.cuda.CudaProbe} says what there is on a
 * machine without opening it, {@code NativeLoader} and {@code CublasLibrary} find the native libraries.
 *
 * <p>The one rule: only {@code Driver} and {@code Cublas} import {@code jcuda}; everyone else holds device addresses as plain longs.
 *
 * <p>May import: {@code dev.hourglass.backend}, the JDK, and in those two classes {@code jcuda}.
 */
package dev.hourglass.backend.cuda;
