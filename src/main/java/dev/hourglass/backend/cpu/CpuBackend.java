package dev.hourglass.backend.cpu;

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
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@link Backend} in pure Java; it defines what every primitive means. Work is finished when a method returns, a {@link Program} simply runs its step
 * again, and results do not depend on the number of threads. One thread at a time may use a backend. The families of primitives have a class each.
 */
public final class CpuBackend implements Backend {
    private final Engine engine;
    private final CpuMemory memory;
    private final CpuDense dense;
    private final CpuBatches batches;
    private final CpuLikelihoods likelihoods;
    private final CpuCodes codes;
    private final CpuKl kl;
    private final CpuSampledKl sampledKl;
    private final CpuAggregate aggregate;
    private final CpuPenalties penalties;
    private final CpuJacobians jacobians;
    private final CpuOptimizers optimizers;
    private final AtomicBoolean busy = new AtomicBoolean();
    private long liveBytes;

    /** Opens the CPU with one thread per available processor. */
    public CpuBackend() {
        this(Runtime.getRuntime().availableProcessors());
    }

    /**
     * Opens the CPU with so many threads, the calling one included.
     *
     * @throws IllegalArgumentException when {@code threads} is below 1
     */
    public CpuBackend(int threads) {
        this(Engine.best(new Parallel(threads)));
    }

    /** Opens the CPU with the given engine; closing the backend ends its threads. */
    CpuBackend(Engine engine) {
        this.engine = engine;
        Scratch scratch = new Scratch(engine.parallel().threads());
        memory = new CpuMemory(engine);
        dense = new CpuDense(engine, scratch);
        batches = new CpuBatches(engine, scratch);
        likelihoods = new CpuLikelihoods(engine, scratch);
        codes = new CpuCodes(engine, scratch);
        kl = new CpuKl(engine);
        sampledKl = new CpuSampledKl(engine, scratch);
        aggregate = new CpuAggregate(engine, scratch);
        penalties = new CpuPenalties(engine, scratch);
        jacobians = new CpuJacobians(engine, scratch);
        optimizers = new CpuOptimizers(engine);
    }

    @Override
    public String description() {
        int threads = engine.parallel().threads();
        return "CPU, " + System.getProperty("os.arch") + ", " + engine.name() + ", " + threads + (threads == 1 ? " thread" : " threads");
    }

    @Override
    public Buffer allocate(ElementType type, long length) {
        CpuBuffer buffer = CpuBuffer.allocate(type, length);
        liveBytes += length * type.bytes();
        return buffer;
    }

    @Override
    public void release(Buffer buffer) {
        CpuBuffer.of(buffer).release();
        liveBytes -= buffer.length() * buffer.type().bytes();
    }

    @Override
    public long liveBytes() {
        return liveBytes;
    }

    @Override
    public void write(Buffer target, float[] source, int offset, int length) {
        System.arraycopy(source, offset, CpuBuffer.floats(target), CpuBuffer.offset(target), length);
    }

    @Override
    public void write(Buffer target, byte[] source, int offset, int length) {
        System.arraycopy(source, offset, CpuBuffer.bytes(target), CpuBuffer.offset(target), length);
    }

    @Override
    public void write(Buffer target, int[] source, int offset, int length) {
        System.arraycopy(source, offset, CpuBuffer.ints(target), CpuBuffer.offset(target), length);
    }

    @Override
    public void read(Buffer source, float[] target, int offset) {
        System.arraycopy(CpuBuffer.floats(source), CpuBuffer.offset(source), target, offset, CpuBuffer.length(source));
    }

    @Override
    public void read(Buffer source, double[] target, int offset) {
        System.arraycopy(CpuBuffer.doubles(source), CpuBuffer.offset(source), target, offset, CpuBuffer.length(source));
    }

    @Override
    public void read(Buffer source, int[] target, int offset) {
        System.arraycopy(CpuBuffer.ints(source), CpuBuffer.offset(source), target, offset, CpuBuffer.length(source));
    }

    /** Nothing to wait for: every method returns when its work is done. */
    @Override
    public void synchronize() {
    }

    @Override
    public Program record(Runnable step) {
        return new Program() {
            @Override
            public void run() {
                if (!busy.compareAndSet(false, true)) {
                    throw new IllegalStateException(
                            "cpu device: a program of it runs already, started by another thread or by itself, expected one at a time; "
                                    + "open a device for each thread, or call the model through Autoencoder");
                }
                try {
                    step.run();
                } finally {
                    busy.set(false);
                }
            }

            /** Nothing was recorded. */
            @Override
            public void close() {
            }
        };
    }

    @Override
    public void close() {
        engine.parallel().close();
    }

    @Override
    public void fill(Buffer target, float value) {
        CpuMemory.fill(target, value);
    }

    @Override
    public void fillFromState(Buffer state, int word, float scale, Buffer target) {
        CpuMemory.fill(target, scale * State.of(state).real(word));
    }

    @Override
    public void copy(Buffer source, Buffer target) {
        CpuMemory.copy(source, target);
    }

    @Override
    public void add(float scale, Buffer source, Buffer target) {
        memory.add(scale, source, target);
    }

    @Override
    public void copyColumns(int rows, int columns, int repeats, Buffer source, int sourceWidth, int sourceColumn, Buffer target,
            int targetWidth,
            int targetColumn, boolean accumulate) {
        memory.copyColumns(rows, columns, repeats, source, sourceWidth, sourceColumn, target, targetWidth, targetColumn, accumulate);
    }

    @Override
    public void sumRepeats(int rows, int columns, int repeats, Buffer source, Buffer target, boolean accumulate) {
        memory.sumRepeats(rows, columns, repeats, source, target, accumulate);
    }

    @Override
    public void accumulate(int count, Buffer values, Buffer upstream, float weight, Buffer metrics, int slot, int lossSlot) {
        CpuMemory.accumulate(count, values, upstream, weight, metrics, slot, lossSlot);
    }

    @Override
    public void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
        dense.gemm(transposeA, transposeB, m, n, k, alpha, a, b, beta, c);
    }

    @Override
    public void biasActivation(int rows, int columns, Activation activation, Buffer product, Buffer bias, Buffer output) {
        dense.biasActivation(rows, columns, activation, product, bias, output);
    }

    @Override
    public void biasActivationBackward(int rows, int columns, Activation activation, Buffer saved, Buffer dOutput, Buffer dPre,
            boolean accumulatePre, Buffer dBias, boolean accumulateBias) {
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

    @Override
    public void gather(int rows, int columns, Buffer data, Buffer order, Buffer state, Buffer shift, Buffer scale,
            Binarization binarization,
            Noise noise, Buffer clean, Buffer corrupted) {
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

    @Override
    public void sample(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer keys, Buffer z) {
        codes.sample(posterior, rows, samples, latent, head, state, keys, z);
    }

    @Override
    public void sampleBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer state, Buffer dz, Buffer dHead,
            boolean accumulate) {
        codes.sampleBackward(posterior, rows, samples, latent, head, state, dz, dHead, accumulate);
    }

    @Override
    public void kl(Posterior posterior, int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer gate, Buffer upstream,
            Buffer value, Buffer dHead, boolean accumulateHead, Buffer dPrior, boolean accumulatePrior) {
        kl.kl(posterior, rows, latent, head, prior, priorFloor, gate, upstream, value, dHead, accumulateHead, dPrior, accumulatePrior);
    }

    @Override
    public void klPerDimension(int rows, int latent, Buffer head, Buffer prior, float priorFloor, Buffer mean) {
        kl.klPerDimension(rows, latent, head, prior, priorFloor, mean);
    }

    @Override
    public void freeBits(int latent, float minimum, Buffer mean, Buffer gate, Buffer value) {
        CpuKl.freeBits(latent, minimum, mean, gate, value);
    }

    @Override
    public void sampledKl(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor, Buffer state,
            Buffer keys, Buffer z, Buffer value) {
        sampledKl.sampledKl(posterior, rows, samples, latent, head, prior, priorFloor, state, keys, z, value);
    }

    @Override
    public void sampledKlBackward(Posterior posterior, int rows, int samples, int latent, Buffer head, Buffer prior, float priorFloor,
            Buffer z,
            Buffer upstream, Buffer dz, boolean accumulateZ, Buffer dHead, boolean accumulateHead, Buffer dPrior,
            boolean accumulatePrior) {
        sampledKl.sampledKlBackward(posterior, rows, samples, latent, head, prior, priorFloor, z, upstream, dz, accumulateZ, dHead,
                accumulateHead,
                dPrior, accumulatePrior);
    }

    @Override
    public void importanceWeights(int rows, int samples, Buffer nll, Buffer cost, float scale, Buffer value, Buffer weights) {
        CpuSampledKl.importanceWeights(rows, samples, nll, cost, scale, value, weights);
    }

    @Override
    public void aggregateLogDensity(Posterior posterior, int count, int points, int latent, Buffer z, Buffer head, Buffer logSum) {
        aggregate.logDensity(posterior, count, points, latent, z, head, logSum);
    }

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
        penalties.squaredRows(rows, columns, 1f, w, null, norms, null, false);
    }

    @Override
    public void rowSquaredNormsBackward(int rows, int columns, Buffer w, Buffer upstream, Buffer dw, boolean accumulate) {
        penalties.squaredRows(rows, columns, 1f, w, upstream, null, dw, accumulate);
    }

    @Override
    public void contraction(int rows, int columns, Activation activation, Buffer saved, Buffer norms, Buffer upstream, Buffer value,
            Buffer dPre,
            boolean accumulatePre, Buffer dNorms, boolean accumulateNorms) {
        penalties.contraction(rows, columns, activation, saved, norms, upstream, value, dPre, accumulatePre, dNorms, accumulateNorms);
    }

    @Override
    public void contractionDifference(int rows, int columns, Activation activation, Buffer saved, Buffer savedNeighbour, Buffer norms,
            Buffer upstream, Buffer value, Buffer dPre, boolean accumulatePre, Buffer dNeighbourPre,
            boolean accumulateNeighbour, Buffer dNorms, boolean accumulateNorms) {
        penalties.contraction(rows, columns, activation, saved, savedNeighbour, norms, upstream, value, dPre, accumulatePre, dNeighbourPre,
                accumulateNeighbour, dNorms, accumulateNorms);
    }

    @Override
    public void scaleRows(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer out) {
        jacobians.scaleRows(rows, latent, columns, activation, saved, w, out);
    }

    @Override
    public void scaleRowsBackward(int rows, int latent, int columns, Activation activation, Buffer saved, Buffer w, Buffer dOut, Buffer dw,
            boolean accumulateWeight, Buffer dPre, boolean accumulatePre) {
        jacobians.scaleRowsBackward(rows, latent, columns, activation, saved, w, dOut, dw, accumulateWeight, dPre, accumulatePre);
    }

    @Override
    public void scaleColumns(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer out) {
        jacobians.scaleColumns(rows, count, columns, activation, saved, r, out);
    }

    @Override
    public void scaleColumnsBackward(int rows, int count, int columns, Activation activation, Buffer saved, Buffer r, Buffer dOut,
            Buffer dr,
            Buffer dPre, boolean accumulatePre) {
        jacobians.scaleColumnsBackward(rows, count, columns, activation, saved, r, dOut, dr, dPre, accumulatePre);
    }

    @Override
    public void squaredNorm(int rows, int columns, float scale, Buffer r, Buffer upstream, Buffer value, Buffer dr) {
        penalties.squaredRows(rows, columns, scale, r, upstream, value, dr, false);
    }

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
        CpuOptimizers.advance(rows, tableRows, table, state);
    }
}
