package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.ceilDiv;
import static dev.hourglass.backend.cuda.Launches.elements;
import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Activation;
import dev.hourglass.backend.Buffer;

/** Bias and activation of dense layers: kernels/dense.cu. */
final class CudaDense {
    private static final int STRIP_COLUMNS = 32;
    private static final int WARPS = Launches.THREADS / 32;
    /** Rows that one thread takes at least before a column strip is cut into more blocks. */
    private static final int ROWS_OF_A_THREAD = 4;
    private static final int MOST_ROW_BLOCKS = 65535;

    private final Launches launches;

    CudaDense(Launches launches) {
        this.launches = launches;
    }

    void biasActivation(int rows, int columns, Activation activation, Buffer product, Buffer bias, Buffer output) {
        launches.of(Kernel.BIAS_ACTIVATION, ceilDiv(elements(rows, columns), 4))
            .integer(rows).integer(columns).integer(activation.ordinal()).pointer(own(product)).pointer(own(bias)).pointer(own(output)).run();
    }

    void biasActivationBackward(int rows, int columns, Activation activation, Buffer saved, Buffer dOutput,
                                Buffer dPre, boolean accumulatePre, Buffer dBias, boolean accumulateBias) {
        elements(rows, columns);
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
