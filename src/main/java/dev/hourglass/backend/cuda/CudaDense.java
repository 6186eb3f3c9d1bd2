package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.ceilDiv;
import static dev.hourglass.backend.cuda.Launches.elements;
import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;

/** Dense layers: kernels/dense.cu, which does small layers whole; the products of others go to {@link CudaGemm}. */
final class CudaDense {
    /** Rows of a block's tile where tiles of 32 rows would leave half of the device idle. */
    private static final int FEW_ROWS = 16;
    private static final int STRIP_COLUMNS = 32;
    private static final int WARPS = Launches.THREADS / 32;
    /** Rows that one thread takes at least before a column strip is cut into more blocks. */
    private static final int ROWS_OF_A_THREAD = 4;
    private static final int MOST_ROW_BLOCKS = 65535;

    private final Launches launches;
    private final CudaGemm gemm;

    CudaDense(Launches launches, CudaGemm gemm) {
        this.launches = launches;
        this.gemm = gemm;
    }

    void dense(int rows, int outputs, int inputs, Activation activation, Buffer x, Buffer weight, boolean transposed, boolean accumulate,
            Buffer bias,
            Buffer pre, Buffer output) {
        if (gemm.isSmall(rows, outputs, inputs)) {
            boolean few = 2 * CudaGemm.tiles(rows) * CudaGemm.tiles(outputs) <= launches.processors();
            launches.of(few ? Kernel.DENSE_16 : Kernel.DENSE_32)
                    .grid(ceilDiv(rows, few ? FEW_ROWS : CudaGemm.SIDE), CudaGemm.tiles(outputs))
                    .integer(rows).integer(outputs).integer(inputs).integer(activation.ordinal()).pointer(own(x)).pointer(own(weight))
                    .integer(flag(transposed)).integer(flag(accumulate)).pointer(own(bias)).pointer(own(pre)).pointer(own(output)).run();
            return;
        }
        gemm.gemm(false, !transposed, rows, outputs, inputs, 1, x, weight, accumulate ? 1 : 0, pre);
        if (bias != null || activation != Activation.IDENTITY || pre != output) {
            biasActivation(rows, outputs, activation, pre, bias, output);
        }
    }

    void denseBackward(int rows, int outputs, int inputs, Activation activation, Buffer x, Buffer weight, boolean transposed, Buffer saved,
            Buffer dOutput, Buffer dPre, boolean accumulatePre, Buffer dx, boolean accumulateX, Buffer dWeight, boolean accumulateWeight,
            Buffer dBias, boolean accumulateBias) {
        boolean small = dWeight != null && gemm.isSmall(outputs, inputs, rows) && (dx == null || gemm.isSmall(rows, inputs, outputs));
        Buffer biasBefore = small ? null : dBias;
        if (activation != Activation.IDENTITY || accumulatePre || dOutput != dPre || biasBefore != null) {
            biasActivationBackward(rows, outputs, activation, saved, dOutput, dPre, accumulatePre, biasBefore, accumulateBias);
        }
        if (small) {
            smallBackward(rows, outputs, inputs, x, weight, transposed, dPre, dx, accumulateX, dWeight, accumulateWeight, dBias,
                    accumulateBias);
            return;
        }
        if (dWeight != null) {
            gemm.gemm(true, false, transposed ? inputs : outputs, transposed ? outputs : inputs, rows, 1, transposed ? x : dPre,
                    transposed ? dPre : x, accumulateWeight ? 1 : 0, dWeight);
        }
        if (dx != null) {
            gemm.gemm(false, transposed, rows, inputs, outputs, 1, dPre, weight, accumulateX ? 1 : 0, dx);
        }
    }

    private void smallBackward(int rows, int outputs, int inputs, Buffer x, Buffer weight, boolean transposed, Buffer dPre, Buffer dx,
            boolean accumulateX, Buffer dWeight, boolean accumulateWeight, Buffer dBias, boolean accumulateBias) {
        int blocksOfInput = dx == null ? 0 : ceilDiv(rows, FEW_ROWS) * CudaGemm.tiles(inputs);
        int tilesOfWeight = CudaGemm.tiles(outputs) * CudaGemm.tiles(inputs);
        // More blocks than are resident at once, two to a multiprocessor: then half as many that do two tiles each are done sooner.
        boolean pairs = blocksOfInput + tilesOfWeight > 2 * launches.processors();
        launches.of(Kernel.DENSE_BACKWARD).grid(blocksOfInput + (pairs ? ceilDiv(tilesOfWeight, 2) : tilesOfWeight))
                .integer(rows).integer(outputs).integer(inputs).integer(flag(transposed)).pointer(own(dPre)).pointer(own(x))
                .pointer(own(weight))
                .pointer(own(dx)).integer(flag(accumulateX)).pointer(own(dWeight)).integer(flag(accumulateWeight))
                .pointer(own(dBias)).integer(flag(accumulateBias)).integer(flag(pairs)).run();
    }

    void biasActivation(int rows, int columns, Activation activation, Buffer product, Buffer bias, Buffer output) {
        launches.of(Kernel.BIAS_ACTIVATION, ceilDiv(elements(rows, columns), 4))
                .integer(rows).integer(columns).integer(activation.ordinal()).pointer(own(product)).pointer(own(bias)).pointer(own(output))
                .run();
    }

    void biasActivationBackward(int rows, int columns, Activation activation, Buffer saved, Buffer dOutput,
            Buffer dPre, boolean accumulatePre, Buffer dBias, boolean accumulateBias) {
        int count = elements(rows, columns);
        if (dBias == null && dOutput != null) {
            launches.of(Kernel.ACTIVATION_BACKWARD, ceilDiv(count, 4)).integer(count).integer(activation.ordinal()).pointer(own(saved))
                    .pointer(own(dOutput)).pointer(own(dPre)).integer(flag(accumulatePre)).run();
            return;
        }
        int strips = ceilDiv(columns, STRIP_COLUMNS);
        launches.of(Kernel.BIAS_ACTIVATION_BACKWARD).grid(strips, rowBlocks(rows, columns, strips, dBias != null))
                .integer(rows).integer(columns).integer(activation.ordinal()).pointer(own(saved)).pointer(own(dOutput))
                .pointer(own(dPre)).integer(flag(accumulatePre)).pointer(own(dBias)).integer(flag(accumulateBias))
                .pointer(launches.partials()).pointer(launches.counters()).run();
    }

    /** Enough blocks to fill the device; when they share a bias sum, no more than the scratch memory serves. */
    private int rowBlocks(int rows, int columns, int strips, boolean sums) {
        int wanted = ceilDiv(rows, WARPS * ROWS_OF_A_THREAD);
        if (!sums) {
            return Math.min(wanted, MOST_ROW_BLOCKS);
        }
        int filling = Math.max(1, 2 * WARPS * launches.processors() / strips);
        int scratch = strips <= Launches.COUNTERS ? Math.max(1, Launches.PARTIALS / columns) : 1;
        return Math.min(wanted, Math.min(filling, scratch));
    }
}
