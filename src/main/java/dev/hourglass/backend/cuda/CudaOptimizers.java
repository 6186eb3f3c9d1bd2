package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.ceilDiv;
import static dev.hourglass.backend.cuda.Launches.length;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.UpdateRule;

/** Optimizers and the end of a step: kernels/optimizer.cu. */
final class CudaOptimizers {
    /** Blocks of the norm for each multiprocessor: their sums are added by one block, so no more than are resident at once. */
    private static final int NORM_BLOCKS_PER_PROCESSOR = 8;

    private final Launches launches;

    CudaOptimizers(Launches launches) {
        this.launches = launches;
    }

    void clipNorm(Buffer gradient, float maximum, Buffer state) {
        int groups = groups(gradient);
        int blocks = Math.min(ceilDiv(groups, Launches.THREADS), NORM_BLOCKS_PER_PROCESSOR * launches.processors());
        launches.of(Kernel.CLIP_NORM).grid(Math.max(1, blocks)).pointer(own(gradient)).integer(length(gradient)).real(maximum)
                .pointer(own(state)).pointer(launches.partials()).pointer(launches.counters()).run();
    }

    /** The kernel of a rule has its name. */
    void update(UpdateRule rule, Buffer parameters, Buffer gradient, Buffer first, Buffer second, Buffer state, float beta1, float beta2,
            float epsilon, float decay, long decayed) {
        launches.of(Kernel.valueOf(rule.name()), groups(parameters))
                .pointer(own(parameters)).pointer(own(gradient)).pointer(own(first)).pointer(own(second)).pointer(own(state))
                .real(beta1).real(beta2).real(epsilon).real(decay).integer(within(decayed, parameters)).integer(length(parameters)).run();
    }

    void advance(int rows, int tableRows, Buffer table, Buffer state) {
        launches.of(Kernel.ADVANCE).block(32).integer(rows).integer(tableRows).pointer(own(table)).pointer(own(state)).run();
    }

    private static int groups(Buffer buffer) {
        return ceilDiv(length(buffer), 4);
    }

    private static int within(long decayed, Buffer parameters) {
        return (int) Math.min(decayed, length(parameters));
    }
}
