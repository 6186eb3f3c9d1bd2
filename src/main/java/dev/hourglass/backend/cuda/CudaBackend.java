package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Backend;
import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.PointwiseLoss;
import dev.hourglass.backend.Posterior;
import dev.hourglass.backend.Program;
import dev.hourglass.backend.RandomStream;
import dev.hourglass.backend.UpdateRule;
import java.util.Objects;

/**
 * {@link Backend} on one NVIDIA GPU. All work goes to one stream, in the order of the calls; a recorded program is a CUDA graph.
 *
 * <p>Belongs to the thread that opened it. Sums are taken in an order that depends on their shape and the number of multiprocessors only, so a
 * run can be repeated bit by bit on the same card. Small dense layers run whole on kernels of our own; other
 * matrix products on cuBLAS where one is found, otherwise on ours too.
 */
public final class CudaBackend implements Backend {
    private final Driver driver;
    private final DeviceArena arena;
    private final Staging staging;
    private final Launches launches;
    private final String products;
    private final CudaMemory memory;
    private final CudaGemm gemm;
    private final CudaDense dense;
    private final CudaBatches batches;
    private final CudaLikelihoods likelihoods;
    private final CudaCodes codes;
    private final CudaPenalties penalties;
    private final CudaJacobians jacobians;
    private final CudaOptimizers optimizers;
    /** Bytes that this backend itself holds. */
    private final long ownBytes;
    private boolean recording;
    private boolean closed;

    private CudaBackend(Driver driver, Precision precision) {
        this.driver = driver;
        arena = new DeviceArena(driver);
        staging = new Staging(driver);
        launches = new Launches(driver, arena);
        Availability cublas = Cublas.availability(driver.info().driverVersion());
        gemm = new CudaGemm(launches, cublas.usable() ? Cublas.open(driver, arena, precision) : null, precision);
        products = gemm.description(cublas);
        memory = new CudaMemory(launches);
        dense = new CudaDense(launches, gemm);
        batches = new CudaBatches(launches);
        likelihoods = new CudaLikelihoods(launches);
        codes = new CudaCodes(launches);
        penalties = new CudaPenalties(launches);
        jacobians = new CudaJacobians(launches);
        optimizers = new CudaOptimizers(launches);
        ownBytes = arena.liveBytes();
    }

    /**
     * Opens a device for the calling thread.
     *
     * @param device its number
     * @param precision what matrix products compute with; our own kernel, which runs where there is no cuBLAS, knows FP32 only
     * @throws CudaException when CUDA or the device cannot be used, saying why and what to do
     */
    public static CudaBackend open(int device, Precision precision) {
        Driver driver = Driver.open(device);
        try {
            return new CudaBackend(driver, precision);
        } catch (RuntimeException failure) {
            driver.close();
            throw failure;
        }
    }

    // ---- device and memory ------------------------------------------------------------------------------------------------------------

    @Override
    public String description() {
        return driver.info() + "; matrix products in " + products;
    }

    /** Returns what the device is. */
    public DeviceInfo info() {
        return driver.info();
    }

    /** Returns what matrix products run on: the library, its version and file, or our own kernel and why. */
    public String products() {
        return products;
    }

    /** Returns the bytes of the device that nobody has taken, this process and others alike. */
    public long freeBytes() {
        return driver.freeBytes();
    }

    /**
     * Compiles and loads every kernel, which otherwise happens when one is first used.
     *
     * @return how many there are
     * @throws CudaException when the driver refuses one, with its compiler's first complaint
     */
    public int loadKernels() {
        return launches.loadKernels();
    }

    @Override
    public Buffer allocate(ElementType type, long length) {
        return CudaBuffer.allocate(arena, type, length);
    }

    @Override
    public void release(Buffer buffer) {
        arena.release(own(buffer).block());
    }

    @Override
    public long liveBytes() {
        return arena.liveBytes() - ownBytes;
    }

    @Override
    public void write(Buffer target, float[] source, int offset, int length) {
        checkWrite(target, ElementType.FLOAT32, length);
        staging.write(own(target), source, offset, length);
    }

    @Override
    public void write(Buffer target, byte[] source, int offset, int length) {
        checkWrite(target, ElementType.UINT8, length);
        staging.write(own(target), source, offset, length);
    }

    @Override
    public void write(Buffer target, int[] source, int offset, int length) {
        checkWrite(target, ElementType.INT32, length);
        staging.write(own(target), source, offset, length);
    }

    @Override
    public void read(Buffer source, float[] target, int offset) {
        checkRead(source, ElementType.FLOAT32, offset, target.length);
        driver.download(own(source).address(), target, (long) offset * Float.BYTES, own(source).bytes());
    }

    @Override
    public void read(Buffer source, double[] target, int offset) {
        checkRead(source, ElementType.FLOAT64, offset, target.length);
        driver.download(own(source).address(), target, (long) offset * Double.BYTES, own(source).bytes());
    }

    @Override
    public void read(Buffer source, int[] target, int offset) {
        checkRead(source, ElementType.INT32, offset, target.length);
        driver.download(own(source).address(), target, (long) offset * Integer.BYTES, own(source).bytes());
    }

    @Override
    public void synchronize() {
        driver.synchronize();
    }

    @Override
    public Program record(Runnable step) {
        // The driver may use its default stream to load a kernel, which a stream that is being captured must not meet.
        launches.loadKernels();
        recording = true;
        try {
            return CudaProgram.record(driver, arena, step);
        } finally {
            recording = false;
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        driver.synchronize();
        gemm.close();
        launches.close();
        staging.close();
        arena.close();
        driver.close();
    }

    /** Beyond these bounds lies memory of others, on the device or of the JVM itself. */
    private void checkWrite(Buffer target, ElementType type, int length) {
        checkEager("write");
        checkType("write", target, type);
        Objects.checkFromIndexSize(0, length, target.length());
    }

    private static void checkRead(Buffer source, ElementType type, int offset, int room) {
        checkType("read", source, type);
        Objects.checkFromIndexSize(offset, source.length(), room);
    }

    private static void checkType(String what, Buffer buffer, ElementType type) {
        if (buffer.type() != type) {
            throw new IllegalArgumentException(what + ": type=" + buffer.type() + ", expected " + type);
        }
    }

    /** A copy from host memory would be captured with what the staging buffer happens to hold when the program runs. */
    private void checkEager(String what) {
        if (recording) {
            throw new IllegalStateException("record: " + what + " cannot be part of a program; do it before or after");
        }
    }

    // ---- fills ----------------------------------------------------------------------------------------------------------------------------

    @Override
    public void fill(Buffer target, float value) {
        memory.fill(target, value);
    }

    @Override
    public void fillFromState(Buffer state, int word, float scale, Buffer target) {
        memory.fillFromState(state, word, scale, target);
    }

    @Override
    public void copy(Buffer source, Buffer target) {
        memory.copy(source, target);
    }

    @Override
    public void add(float scale, Buffer source, Buffer target) {
        memory.add(scale, source, target);
    }

    @Override
    public void copyColumns(int rows, int columns, int repeats, Buffer source, int sourceWidth, int sourceColumn,
            Buffer target, int targetWidth, int targetColumn, boolean accumulate) {
        memory.copyColumns(rows, columns, repeats, source, sourceWidth, sourceColumn, target, targetWidth, targetColumn, accumulate);
    }

    @Override
    public void sumRepeats(int rows, int columns, int repeats, Buffer source, Buffer target, boolean accumulate) {
        memory.sumRepeats(rows, columns, repeats, source, target, accumulate);
    }

    @Override
    public void accumulate(int count, Buffer values, Buffer upstream, float weight, Buffer metrics, int slot, int lossSlot) {
        memory.accumulate(count, values, upstream, weight, metrics, slot, lossSlot);
    }

    // ---- dense ----------------------------------------------------------------------------------------------------------------------------

    @Override
    public void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
        gemm.gemm(transposeA, transposeB, m, n, k, alpha, a, b, beta, c);
    }

    @Override
    public void biasActivation(int rows, int columns, Activation activation, Buffer product, Buffer bias, Buffer output) {
        dense.biasActivation(rows, columns, activation, product, bias, output);
    }

    @Override
    public void biasActivationBackward(int rows, int columns, Activation activation, Buffer saved, Buffer dOutput,
            Buffer dPre, boolean accumulatePre, Buffer dBias, boolean accumulateBias) {
        dense.biasActivationBackward(rows, columns, activation, saved, dOutput, dPre, accumulatePre, dBias, accumulateBias);
    }

    @Override
    public void dense(int rows, int outputs, int inputs, Activation activation, Buffer x, Buffer weight, boolean transposed,
            boolean accumulate,
            Buffer bias, Buffer pre, Buffer output) {
        dense.dense(rows, outputs, inputs, activation, x, weight, transposed, accumulate, bias, pre, output);
    }

    @Override
    public void denseBackward(int rows, int outputs, int inputs, Activation activation, Buffer x, Buffer weight, boolean transposed,
            Buffer saved,
            Buffer dOutput, Buffer dPre, boolean accumulatePre, Buffer dx, boolean accumulateX, Buffer dWeight,
            boolean accumulateWeight, Buffer dBias, boolean accumulateBias) {
        dense.denseBackward(rows, outputs, inputs, activation, x, weight, transposed, saved, dOutput, dPre, accumulatePre, dx, accumulateX,
                dWeight,
                accumulateWeight, dBias, accumulateBias);
    }

    // ---- batches --------------------------------------------------------------------------------------------------------------------------

    @Override
    public void gather(int rows, int columns, Buffer data, Buffer order, Buffer state, Buffer shift, Buffer scale,
            Binarization binarization, Noise noise, Buffer clean, Buffer corrupted) {
        batches.gather(rows, columns, data, order, state, shift, scale, binarization, noise, clean, corrupted);
    }

    @Override
    public void gatherOneHot(int rows, int classes, Buffer labels, Buffer order, Buffer state, Buffer target) {
        batches.gatherOneHot(rows, classes, labels, order, state, target);
    }

    @Override
    public void corrupt(int rows, int columns, Noise noise, Buffer state, RandomStream stream, Buffer source, Buffer target) {
        batches.corrupt(rows, columns, noise, state, stream, source, target);
    }

    @Override
    public void signs(Buffer state, Buffer target) {
        batches.signs(state, target);
    }

    // ---- likelihoods ----------------------------------------------------------------------------------------------------------------------

    @Override
    public void pointwiseLoss(PointwiseLoss loss, int rows, int columns, int samples, Buffer parameters, Buffer target, Buffer upstream,
            Buffer value, Buffer gradient, boolean accumulate) {
        likelihoods.pointwiseLoss(loss, rows, columns, samples, parameters, target, upstream, value, gradient, accumulate);
    }

    @Override
    public void gaussian(int rows, int columns, int samples, Buffer mean, Buffer logVariance, float floor, Buffer target, Buffer upstream,
            Buffer value, Buffer dMean, boolean accumulateMean, Buffer dLogVariance, boolean accumulateLogVariance) {
        likelihoods.gaussian(rows, columns, samples, mean, logVariance, floor, target, upstream, value, dMean, accumulateMean, dLogVariance,
                accumulateLogVariance);
    }

    // ---- codes ----------------------------------------------------------------------------------------------------------------------------

    @Override
    public void sample(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer keys, Buffer z) {
        codes.sample(posterior, rows, samples, latent, head, state, keys, z);
    }

    @Override
    public void sampleBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer dz,
            Buffer dHead, boolean accumulate) {
        codes.sampleBackward(posterior, rows, samples, latent, head, state, dz, dHead, accumulate);
    }

    @Override
    public void kl(Posterior posterior, int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer gate, Buffer upstream,
            Buffer value, Buffer dHead, boolean accumulateHead, Buffer dPrior, boolean accumulatePrior) {
        codes.kl(posterior, rows, latent, head, prior, priorFloor, gate, upstream, value, dHead, accumulateHead, dPrior, accumulatePrior);
    }

    @Override
    public void klPerDimension(int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer mean) {
        codes.klPerDimension(rows, latent, head, prior, priorFloor, mean);
    }

    @Override
    public void freeBits(int latent, float minimum, Buffer mean, Buffer gate, Buffer value) {
        codes.freeBits(latent, minimum, mean, gate, value);
    }

    @Override
    public void sampledKl(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor, Buffer state,
            Buffer keys, Buffer z, Buffer value) {
        codes.sampledKl(posterior, rows, samples, latent, head, prior, priorFloor, state, keys, z, value);
    }

    @Override
    public void sampledKlBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor,
            Buffer z, Buffer upstream, Buffer dz, boolean accumulateZ, Buffer dHead, boolean accumulateHead,
            Buffer dPrior, boolean accumulatePrior) {
        codes.sampledKlBackward(posterior, rows, samples, latent, head, prior, priorFloor, z, upstream, dz, accumulateZ, dHead,
                accumulateHead, dPrior, accumulatePrior);
    }

    @Override
    public void importanceWeights(int rows, int samples, Buffer nll, Buffer cost, float scale, Buffer value, Buffer weights) {
        codes.importanceWeights(rows, samples, nll, cost, scale, value, weights);
    }

    @Override
    public void aggregateLogDensity(Posterior posterior, int count, int points, int latent, Buffer z, Buffer head, Buffer logSum) {
        codes.aggregateLogDensity(posterior, count, points, latent, z, head, logSum);
    }

    // ---- penalties ------------------------------------------------------------------------------------------------------------------------

    @Override
    public void sparsity(int rows, int columns, Buffer h, boolean signed, float rho, float weight, Buffer mean, Buffer running,
            float momentum,
            Buffer value, Buffer dh, boolean accumulate) {
        penalties.sparsity(rows, columns, h, signed, rho, weight, mean, running, momentum, value, dh, accumulate);
    }

    @Override
    public void l1(int rows, int columns, Buffer h, Buffer upstream, Buffer value, Buffer dh, boolean accumulate) {
        penalties.l1(rows, columns, h, upstream, value, dh, accumulate);
    }

    @Override
    public void weightDecay(Buffer weights, float lambda, Buffer value, Buffer dw, boolean accumulate) {
        penalties.weightDecay(weights, lambda, value, dw, accumulate);
    }

    @Override
    public void rowSquaredNorms(int rows, int columns, Buffer w, Buffer norms) {
        penalties.rowSquaredNorms(rows, columns, w, norms);
    }

    @Override
    public void rowSquaredNormsBackward(int rows, int columns, Buffer w, Buffer upstream, Buffer dw, boolean accumulate) {
        penalties.rowSquaredNormsBackward(rows, columns, w, upstream, dw, accumulate);
    }

    @Override
    public void contraction(int rows, int columns, Activation activation, Buffer saved, Buffer norms, Buffer upstream,
            Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNorms, boolean accumulateNorms) {
        jacobians.contraction(rows, columns, activation, saved, norms, upstream, value, dPre, accumulatePre, dNorms, accumulateNorms);
    }

    @Override
    public void contractionDifference(int rows, int columns, Activation activation, Buffer saved, Buffer savedNeighbour, Buffer norms,
            Buffer upstream,
            Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNeighbourPre, boolean accumulateNeighbour,
            Buffer dNorms, boolean accumulateNorms) {
        jacobians.contractionDifference(rows, columns, activation, saved, savedNeighbour, norms, upstream, value, dPre, accumulatePre,
                dNeighbourPre, accumulateNeighbour, dNorms, accumulateNorms);
    }

    @Override
    public void scaleRows(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer out) {
        jacobians.scaleRows(rows, latent, columns, activation, saved, w, out);
    }

    @Override
    public void scaleRowsBackward(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer dOut,
            Buffer dw, boolean accumulateWeight, Buffer dPre, boolean accumulatePre) {
        jacobians.scaleRowsBackward(rows, latent, columns, activation, saved, w, dOut, dw, accumulateWeight, dPre, accumulatePre);
    }

    @Override
    public void scaleColumns(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer out) {
        jacobians.scaleColumns(rows, count, columns, activation, saved, r, out);
    }

    @Override
    public void scaleColumnsBackward(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer dOut,
            Buffer dr, Buffer dPre, boolean accumulatePre) {
        jacobians.scaleColumnsBackward(rows, count, columns, activation, saved, r, dOut, dr, dPre, accumulatePre);
    }

    @Override
    public void squaredNorm(int rows, int columns, float scale, Buffer r, Buffer upstream, Buffer value, Buffer dr) {
        penalties.squaredNorm(rows, columns, scale, r, upstream, value, dr);
    }

    // ---- optimizers -----------------------------------------------------------------------------------------------------------------------

    @Override
    public void clipNorm(Buffer gradient, float maximum, Buffer state) {
        optimizers.clipNorm(gradient, maximum, state);
    }

    @Override
    public void update(UpdateRule rule, Buffer parameters, Buffer gradient, Buffer first, Buffer second, Buffer state, float beta1,
            float beta2,
            float epsilon, float decay, long decayed) {
        optimizers.update(rule, parameters, gradient, first, second, state, beta1, beta2, epsilon, decay, decayed);
    }

    @Override
    public void advance(int rows, int tableRows, Buffer table, Buffer state) {
        optimizers.advance(rows, tableRows, table, state);
    }
}
