package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.ceilDiv;
import static dev.hourglass.backend.cuda.Launches.elements;
import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.length;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;

/** Fills, copies and sums: kernels/fill.cu and kernels/memory.cu. */
final class CudaMemory {
    private static final int SUMMING_THREADS = 1024;

    private final Launches launches;

    CudaMemory(Launches launches) {
        this.launches = launches;
    }

    void fill(Buffer target, float value) {
        boolean doubles = target.type() == ElementType.FLOAT64;
        launches.of(doubles ? Kernel.FILL_DOUBLES : Kernel.FILL, quads(target)).pointer(own(target)).real(value).integer(length(target))
                .run();
    }

    void fillFromState(Buffer state, int word, float scale, Buffer target) {
        launches.of(Kernel.FILL_FROM_STATE, quads(target))
                .pointer(own(state)).integer(word).real(scale).pointer(own(target)).integer(length(target)).run();
    }

    void copy(Buffer source, Buffer target) {
        long bytes = own(target).bytes();
        launches.of(Kernel.COPY, ceilDiv(bytes, 16L)).pointer(own(source)).pointer(own(target)).wide(bytes).run();
    }

    void add(float scale, Buffer source, Buffer target) {
        launches.of(Kernel.ADD, quads(target)).real(scale).pointer(own(source)).pointer(own(target)).integer(length(target)).run();
    }

    void copyColumns(int rows, int columns, int repeats, Buffer source, int sourceWidth, int sourceColumn,
            Buffer target, int targetWidth, int targetColumn, boolean accumulate) {
        launches.of(Kernel.COPY_COLUMNS, elements(rows, columns))
                .integer(rows).integer(columns).integer(repeats).pointer(own(source)).integer(sourceWidth).integer(sourceColumn)
                .pointer(own(target)).integer(targetWidth).integer(targetColumn).integer(flag(accumulate)).run();
    }

    void sumRepeats(int rows, int columns, int repeats, Buffer source, Buffer target, boolean accumulate) {
        launches.of(Kernel.SUM_REPEATS, elements(rows, columns))
                .integer(rows).integer(columns).integer(repeats).pointer(own(source)).pointer(own(target)).integer(flag(accumulate)).run();
    }

    void accumulate(int count, Buffer values, Buffer upstream, float weight, Buffer metrics, int slot, int lossSlot) {
        launches.of(Kernel.ACCUMULATE).block(count > Launches.THREADS ? SUMMING_THREADS : Launches.THREADS)
                .integer(count).pointer(own(values)).pointer(own(upstream)).real(weight).pointer(own(metrics)).integer(slot)
                .integer(lossSlot).run();
    }

    private static long quads(Buffer buffer) {
        return ceilDiv(buffer.length(), 4L);
    }
}
