package dev.hourglass.backend.cuda;

import static dev.hourglass.backend.cuda.Launches.ceilDiv;
import static dev.hourglass.backend.cuda.Launches.elements;
import static dev.hourglass.backend.cuda.Launches.flag;
import static dev.hourglass.backend.cuda.Launches.length;
import static dev.hourglass.backend.cuda.Launches.own;

import dev.hourglass.backend.Binarization;
import dev.hourglass.backend.Buffer;
import dev.hourglass.backend.ElementType;
import dev.hourglass.backend.Noise;
import dev.hourglass.backend.RandomStream;

/** Batches and random signs: kernels/batch.cu. */
final class CudaBatches {
    private final Launches launches;

    CudaBatches(Launches launches) {
        this.launches = launches;
    }

    void gather(int rows, int columns, Buffer data, Buffer order, Buffer state, Buffer shift, Buffer scale,
            Binarization binarization, Noise noise, Buffer clean, Buffer corrupted) {
        Kernel kernel = data.type() == ElementType.UINT8 ? Kernel.GATHER_BYTES : Kernel.GATHER_FLOATS;
        launches.of(kernel, groups(elements(rows, columns)))
                .integer(rows).integer(columns).pointer(own(data)).pointer(own(order)).pointer(own(state))
                .pointer(own(shift)).integer(flag(shift.length() > 1)).pointer(own(scale)).integer(flag(scale.length() > 1))
                .integer(binarization.ordinal()).integer(noise.kind().ordinal()).real(noise.amount())
                .pointer(own(clean)).pointer(own(corrupted)).run();
    }

    void gatherOneHot(int rows, int classes, Buffer labels, Buffer order, Buffer state, Buffer target) {
        launches.of(Kernel.GATHER_ONE_HOT, elements(rows, classes))
                .integer(rows).integer(classes).pointer(own(labels)).pointer(own(order)).pointer(own(state)).pointer(own(target)).run();
    }

    void corrupt(int rows, int columns, Noise noise, Buffer state, RandomStream stream, Buffer source, Buffer target) {
        int count = elements(rows, columns);
        launches.of(Kernel.CORRUPT, groups(count))
                .integer(count).integer(noise.kind().ordinal()).real(noise.amount()).pointer(own(state)).integer(stream.ordinal())
                .pointer(own(source)).pointer(own(target)).run();
    }

    void signs(Buffer state, Buffer target) {
        launches.of(Kernel.SIGNS, groups(length(target))).pointer(own(state)).pointer(own(target)).integer(length(target)).run();
    }

    /** Threads draw for four elements at a time. */
    private static int groups(int elements) {
        return ceilDiv(elements, 4);
    }
}
